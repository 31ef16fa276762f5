package report

import (
	"time"

	"magicbutton/internal/cx"
)

// Week is the report of one week: everything that any format prints, as plain data.
// No format computes a number of its own, so that the same question has the same
// answer in each of them.
//
// A pointer that is nil, like a list that is empty, says that there is nothing to
// say; 0 is a number. Shares and other parts of a whole are 0 to 1.
type Week struct {
	Header Header `json:"header"`
	// Summary is one to three sentences, the most important first.
	Summary []string `json:"summary"`
	Total   Total    `json:"total"`
	// Columns are the weeks of every series in the report, the oldest first and the
	// one that is reported last: at most [SeriesWeeks].
	Columns []Column `json:"columns"`
	// Tags are those with an event in the week, the most counted first, then those
	// that have gone quiet. Read with Cumulative it is the Pareto table.
	Tags []Tag `json:"tags"`

	Stages   *Stages  `json:"stages,omitempty"`
	Domains  []Part   `json:"domains,omitempty"`
	Drivers  []Part   `json:"drivers,omitempty"`
	Kinds    []Part   `json:"kinds,omitempty"`
	Channels []Part   `json:"channels,omitempty"`
	Switches []Switch `json:"switches,omitempty"`
	Clock    *Clock   `json:"clock,omitempty"`

	// Actions are the open ones, and those closed in the last [ActionWeeks], the
	// newest first.
	Actions []Action `json:"actions,omitempty"`
	Score   Score    `json:"score"`
	Health  *Health  `json:"health,omitempty"`

	// Tests are all tests that were done, so that each q can be worked out again; nil where
	// nothing was compared, or the report is brief.
	Tests *Tests `json:"tests,omitempty"`

	// Method says in plain words how the verdicts were reached, Limits what the
	// tally cannot show.
	Method []string `json:"method"`
	Limits []string `json:"limits"`
}

// The bounds of what a report shows.
const (
	// SeriesWeeks is how many weeks a series has at most: the one that is reported
	// and half a year before it.
	SeriesWeeks = 27
	// SparkWeeks is how many of them, the last ones, a sparkline shows.
	SparkWeeks = 12
	// NotesPerTag is how many customers' own words a tag shows at most.
	NotesPerTag = 3
	// ActionWeeks is how long a closed action is still shown.
	ActionWeeks = 12
)

// State says how much of a week is known.
type State string

// The states of a week.
const (
	Complete State = "complete"
	SoFar    State = "so far"  // it is not over
	NotYet   State = "not yet" // it has not begun
)

// Header says what the report is about.
type Header struct {
	Week cx.Week `json:"week"`
	// First and Last are its Monday and its Sunday.
	First cx.Date `json:"first"`
	Last  cx.Date `json:"last"`
	Zone  string  `json:"zone"`
	State State   `json:"state"`
	// Sites are the sites that the report was narrowed to; none is all.
	Sites []string `json:"sites,omitempty"`
	// Filter says in words what else it was narrowed to, "" for nothing.
	Filter string `json:"filter,omitempty"`
	// Version is the program's.
	Version string    `json:"version,omitempty"`
	MadeAt  time.Time `json:"made_at"`
	// Currency is what Money is in, "" where no cost is configured.
	Currency string `json:"currency,omitempty"`
	// MinChange is the least change that a verdict speaks of: 0.15 is 15 %.
	MinChange float64 `json:"min_change"`
	// Frozen is what the week was once written as, nil where it never was, or where the
	// report was narrowed to a part of it.
	Frozen *Frozen `json:"frozen,omitempty"`
}

// Column is one week of all series.
type Column struct {
	Week cx.Week `json:"week"`
	// Count is its events of all tags.
	Count int `json:"count"`
	// Contacts is as in Total.
	Contacts *int `json:"contacts,omitempty"`
	// Known says that desks were at work for the whole week: false for the weeks
	// before the first event, the one in which it came, weeks without any event
	// where there should be some, and a week that is not over.
	Known bool `json:"known"`
	// Baseline says that the reported week's total is compared with this one's; what a
	// tag leaves out beside that is in its own Baseline.
	Baseline bool `json:"baseline,omitempty"`
}

// Total is the week's events of all tags.
type Total struct {
	Count int `json:"count"`
	// Conversations is how many conversations they were, nil where the report was
	// narrowed to some tags or stages.
	Conversations *int `json:"conversations,omitempty"`
	// Contacts is how many conversations were handled, nil where nobody said, or not of
	// just the sites and channels that the events are of.
	Contacts *int `json:"contacts,omitempty"`
	// ContactsTold is what somebody said that they are, whether or not it can be used; nil
	// where nobody did, or not of what the report was narrowed to.
	ContactsTold *int `json:"contacts_told,omitempty"`
	// NoRate says in words, without a full stop, why contacts that are known of the week
	// are not those of its events; else "".
	NoRate string `json:"no_rate,omitempty"`
	// ContactsNote says in words, without a full stop, what is to be known of the contacts
	// that there are, "" for nothing.
	ContactsNote string `json:"contacts_note,omitempty"`
	// Tagged is the share of contacts that was tagged.
	Tagged *float64 `json:"tagged,omitempty"`
	// Rate is events per 100 contacts.
	Rate *float64 `json:"rate,omitempty"`
	// Last is last week's count; nil where that is not known, or this week not over.
	Last     *int      `json:"last,omitempty"`
	Baseline *Baseline `json:"baseline,omitempty"`
	Change   *Change   `json:"change,omitempty"`
	Verdict  Verdict   `json:"verdict"`
	// Everywhere says that Verdict holds too without the tags that moved by themselves:
	// everybody presses more, or less, and counts alone mislead.
	Everywhere bool `json:"everywhere,omitempty"`
	// Hours and Money are those of the tags with minutes; see Tag.
	Hours *float64 `json:"hours,omitempty"`
	Money *float64 `json:"money,omitempty"`
	// PreventableHours and PreventableMoney are the parts of preventable tags.
	PreventableHours *float64 `json:"preventable_hours,omitempty"`
	PreventableMoney *float64 `json:"preventable_money,omitempty"`
}

// Tag is one tag's week.
type Tag struct {
	Code string `json:"code"`
	// Name is the label, or the code.
	Name     string    `json:"name"`
	Unlisted bool      `json:"unlisted,omitempty"`
	Stage    cx.Stage  `json:"stage,omitempty"`
	Domain   cx.Domain `json:"domain,omitempty"`
	Driver   cx.Driver `json:"driver,omitempty"`
	Kind     cx.Kind   `json:"kind,omitempty"`
	// Preventable is nil where the configuration does not say.
	Preventable *bool `json:"preventable,omitempty"`

	Count int `json:"count"`
	// Interval holds what the count may be by chance alone, 95 % (Garwood).
	Interval Interval `json:"interval"`
	// Share is the tag's part of all events, Cumulative that of it and all tags
	// before it.
	Share      float64 `json:"share"`
	Cumulative float64 `json:"cumulative"`
	// Rate is events per 100 contacts, nil where contacts are not known.
	Rate         *float64  `json:"rate,omitempty"`
	RateInterval *Interval `json:"rate_interval,omitempty"`
	// Last is last week's count, nil as in Total.
	Last *int `json:"last,omitempty"`
	// Baseline is what the week is compared with, nil where there is too little.
	Baseline *Baseline `json:"baseline,omitempty"`
	// Counts are events in the weeks of Columns.
	Counts []int `json:"counts"`
	// Change is nil where nothing was compared.
	Change *Change `json:"change,omitempty"`
	// ShareChange is how the tag's share of all events changed, nil as Change.
	ShareChange *Change `json:"share_change,omitempty"`
	Verdict     Verdict `json:"verdict"`
	// Hours is Count times the tag's minutes, nil where it has none; Money is their
	// cost, nil where none is configured.
	Hours *float64 `json:"hours,omitempty"`
	Money *float64 `json:"money,omitempty"`
	// Chart is the control chart, nil where fewer than 12 complete weeks are known.
	Chart *Chart `json:"chart,omitempty"`
	// Notes are up to [NotesPerTag] of the week's notes, scrubbed as they were stored.
	Notes []string `json:"notes,omitempty"`
}

// Interval is a range from Low to High.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Baseline is the weeks before, pooled.
type Baseline struct {
	// Weeks is how many there are, 2 to 8.
	Weeks int `json:"weeks"`
	// Count is all their events, Mean is that a week.
	Count int     `json:"count"`
	Mean  float64 `json:"mean"`
	// Rate is events per 100 contacts, nil where contacts are not known.
	Rate *float64 `json:"rate,omitempty"`
	// Without are the weeks among them that are left out, because the tag was more or
	// less than usual in them.
	Without []cx.Week `json:"without,omitempty"`
	// WithoutContacts are those that are left out because their contacts are not known,
	// or not of the events: Total.ContactsNote says why.
	WithoutContacts []cx.Week `json:"without_contacts,omitempty"`
	// Expected is how many events this week would have at the baseline's rate.
	Expected float64 `json:"expected"`
}

// Change compares the week with its baseline.
type Change struct {
	// Ratio is this week's rate over the baseline's, nil where the baseline has no
	// event: there is no ratio to nothing. Low and High are its 95 % interval; High is
	// nil where it has no bound.
	Ratio *float64 `json:"ratio,omitempty"`
	Low   float64  `json:"low"`
	High  *float64 `json:"high,omitempty"`
	// P is how probable a difference like this is if nothing changed; Q is that among
	// all that was tested (Benjamini and Hochberg).
	P float64 `json:"p"`
	Q float64 `json:"q"`
	// Vague says that the interval contains 1 and is open, or wider than tenfold: the
	// counts are too few to tell, and Ratio says nothing.
	Vague bool `json:"vague,omitempty"`
	// Dispersion is by how much the variance from week to week is greater than that of
	// counts which vary by chance alone (Poisson): 1 is not at all, 4 is ups and downs twice
	// as high. The interval is wider and P greater accordingly. Of a share it has the
	// variance of all others in it.
	Dispersion float64 `json:"dispersion"`
	// Weeks is how many weeks are compared: 1, or 2 where the last two together show
	// what this one alone does not; for an action all since.
	Weeks int `json:"weeks"`
}

// Chart is a control chart: the limits within which a series that does not change
// stays.
type Chart struct {
	// Kind is "c" (counts a week) or "u" (per 100 contacts); "c'" and "u'" are the same
	// for a tag that varies more than by chance, with limits as much wider (Laney).
	Kind string `json:"kind"`
	// Center is the mean of the weeks before this one, in the units of Kind.
	Center float64 `json:"center"`
	// Values, Lower and Upper are one for each of the weeks of Columns; nil where it
	// is not known.
	Values []*float64 `json:"values"`
	Lower  []*float64 `json:"lower"`
	Upper  []*float64 `json:"upper"`
	// Outside says that this week's value is beyond a limit.
	Outside bool `json:"outside"`
}

// Stages is how tags and stages go together.
type Stages struct {
	Stages []cx.Stage `json:"stages"` // "" is not said
	Rows   []StageRow `json:"rows"`
}

// StageRow is one tag's events by stage.
type StageRow struct {
	Code  string      `json:"code"`
	Name  string      `json:"name"`
	Cells []StageCell `json:"cells"` // one for each of Stages
}

// StageCell is the events of one tag at one stage.
type StageCell struct {
	Count int `json:"count"`
	// Expected is the count if tag and stage had nothing to do with each other.
	Expected float64 `json:"expected"`
	// Mark is 1 where Count is clearly above Expected, -1 where it is clearly below,
	// else 0. Where fewer than 5 are expected nothing is marked.
	Mark int `json:"mark"`
	// Residual is the adjusted residual that Mark follows from, nil where fewer than
	// 5 are expected.
	Residual *float64 `json:"residual,omitempty"`
}

// Part is one word's part of the week's events.
type Part struct {
	// Word is a domain, driver, kind or channel, "" for not said.
	Word  string  `json:"word"`
	Count int     `json:"count"`
	Share float64 `json:"share"`
	// Hours and Money are those of its tags with minutes.
	Hours *float64 `json:"hours,omitempty"`
	Money *float64 `json:"money,omitempty"`
}

// Switch is conversations in which the customer had tried another channel before.
type Switch struct {
	Tried   cx.Channel `json:"tried"`
	Channel cx.Channel `json:"channel"`
	Smooth  int        `json:"smooth"`
	Forced  int        `json:"forced"`
}

// Clock is when in the week the events were, by the zone's clocks.
type Clock struct {
	// Counts has a row a weekday, from Monday, and a column an hour.
	Counts [7][24]int `json:"counts"`
	// Most is the greatest of them.
	Most int `json:"most"`
}

// Health says how well the week was captured. People and their desks are counts
// only.
type Health struct {
	Events int `json:"events"`
	// Undone is the events of the week that were taken back, Refused the presses that
	// came too soon after the same key, of all keys and desks whatever the report was
	// narrowed to, Suspect the events that are kept out because
	// the desk's clock was doubted.
	Undone  int `json:"undone"`
	Refused int `json:"refused"`
	Suspect int `json:"suspect"`
	// Desks and Devices are how many sent an event; LastDesks is that of the week
	// before.
	Desks     int  `json:"desks"`
	LastDesks *int `json:"last_desks,omitempty"`
	Devices   int  `json:"devices"`
	Sites     int  `json:"sites"`
	// Notes is how many events have a note.
	Notes int `json:"notes"`
	// SilentDays are the days of the week that are over and have no event of any tag,
	// stage or channel at the report's sites and desks. Weekends are days too.
	SilentDays []cx.Date `json:"silent_days,omitempty"`
	// Other is the share of events whose kind is other, or whose tag is unlisted.
	Other float64 `json:"other"`
}
