package demo

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"magicbutton/internal/cx"
)

// Plan says which year to make.
type Plan struct {
	// Seed makes another year of the same story. Every number is as good.
	Seed uint64
	// Last is the last of the [Weeks] weeks; it must not be zero.
	Last cx.Week
	// Zone is the company's; nil is UTC.
	Zone *time.Location
}

// First returns the year's first week.
func (p Plan) First() cx.Week { return p.Last.Add(1 - Weeks) }

// Year is what happened in it.
type Year struct {
	// Events are in the order of their ids. Those that were taken back are marked.
	Events []cx.Event
	// Refused are presses that were not counted, in the order of time.
	Refused []Refused
	// Contacts are the conversations of each week and channel.
	Contacts []cx.Contacts
	// Actions are what was done, without the ids that a store makes.
	Actions []cx.Action
}

// Refused is a press that came too soon after the same key.
type Refused struct {
	At          time.Time
	Device, Key string
}

// maker makes a year.
type maker struct {
	Plan
	stages map[string]cx.Stage // of the tags
	words  phrases
	rng    *rand.Rand // of the week
	drafts []*draft   // of all weeks so far
	year   Year
}

// draft is an event that has no id yet.
type draft struct {
	event cx.Event
	at    time.Time
	desk  int
	head  *draft // the first event of its conversation; nil for itself
}

// NewYear makes a year with the tags of a catalogue. It is the same for the same
// plan. A tag of the story that the catalogue does not have is an error.
func NewYear(p Plan, catalogue cx.Catalogue) (Year, error) {
	m := maker{Plan: p, stages: make(map[string]cx.Stage), words: readPhrases(notesText)}
	if m.Zone == nil {
		m.Zone = time.UTC
	}
	for _, t := range themes {
		tag, err := catalogue.Usable(t.tag)
		if err != nil {
			return Year{}, fmt.Errorf("making the demo's year: %w", err)
		}
		m.stages[t.tag] = tag.Stage
	}
	for ago := Weeks - 1; ago >= 0; ago-- {
		m.rng = rand.New(rand.NewPCG(p.Seed, uint64(ago)))
		m.week(ago)
	}
	m.number()
	m.year.Actions = p.actions()
	return m.year, nil
}

// week makes one week.
func (m *maker) week(ago int) {
	days := m.workingDays(m.Last.Add(-ago))
	volume := m.vary(volumeCV)
	var drafts []*draft
	for _, t := range themes {
		expected := t.expected(ago) * volume * m.vary(themeCV)
		for kind, share := range t.shares {
			for range m.count(expected * share * days[kind].total) {
				drafts = append(drafts, m.draft(t, ago, placeKind(kind), days[kind]))
			}
		}
	}
	m.join(drafts)
	m.contacts(ago, volume, days)
	m.drafts = append(m.drafts, drafts...)
	m.drafts = append(m.drafts, m.slips(ago, drafts)...)
}

// workingDays are the weights of the days of one week for one kind of place. Their
// total is 1 in an ordinary week.
type workingDays struct {
	dates   []cx.Date
	weights []float64
	total   float64
}

func (m *maker) workingDays(week cx.Week) (all [placeKinds]workingDays) {
	for kind := range kinds {
		d := &all[kind]
		for i := range 6 {
			date := week.Monday().Add(i)
			if w := kinds[kind].weight(date); w > 0 {
				d.dates, d.weights, d.total = append(d.dates, date), append(d.weights, w), d.total+w
			}
		}
	}
	return all
}

// draft makes one event.
func (m *maker) draft(t theme, ago int, kind placeKind, days workingDays) *draft {
	at := m.moment(&kinds[kind], days.dates[m.pick(days.weights)])
	i := m.desk(kind)
	e := cx.Event{
		Desk: desks[i].name, Site: desks[i].site, Channel: kinds[kind].channel,
		Tag: t.tag, Stage: m.stage(t), Source: cx.SourceDevice, Device: desks[i].device, Key: t.key,
	}
	if m.chance(t.tried) {
		before := kinds[kind].before
		e.Tried, e.Forced = before[m.rng.IntN(len(before))], m.chance(forcedPart)
	}
	if m.chance(t.noted) {
		e.Note = m.words.note(m.rng, t.notes(ago))
	}
	if e.Note != "" || e.Device == "" { // typed, or a hotkey
		e.Source, e.Device, e.Key = cx.SourceCLI, "", ""
	}
	return &draft{event: e, at: at, desk: i}
}

// moment returns an instant in the opening hours of a day, clear of their ends by as
// long as what goes with a press takes.
func (m *maker) moment(k *kindOfPlace, d cx.Date) time.Time {
	opens, hours := k.day(d)
	hour := opens + m.pick(hours)
	const clear = 30_000 // ms
	ms := clear + m.rng.IntN(int(time.Hour/time.Millisecond)-2*clear)
	return time.Date(d.Year, d.Month, d.Day, hour, 0, 0, 0, m.Zone).Add(time.Duration(ms) * time.Millisecond)
}

// desk chooses one of a kind.
func (m *maker) desk(kind placeKind) int {
	var weights []float64
	for _, d := range desks {
		if d.kind != kind {
			d.share = 0
		}
		weights = append(weights, d.share)
	}
	return m.pick(weights)
}

// stage returns the stage of an event: mostly its tag's own.
func (m *maker) stage(t theme) cx.Stage {
	own, others := m.stages[t.tag], 1.0/5
	if own == "" {
		others = 2.0 / 3
	}
	if m.chance(others) {
		return t.stages[m.rng.IntN(len(t.stages))]
	}
	return own
}

// number gives every draft its id, and makes it an event. Each desk has an origin of
// its own.
func (m *maker) number() {
	slices.SortStableFunc(m.drafts, func(a, b *draft) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.desk, b.desk)) })
	rng := rand.New(rand.NewPCG(m.Seed, Weeks))
	origins, seqs := make([]cx.Origin, len(desks)), make([]uint64, len(desks))
	for i := range origins {
		var b [8]byte
		binary.BigEndian.PutUint64(b[:], rng.Uint64()|1<<63) // an origin is never zero
		copy(origins[i][:], b[:])
	}
	for _, d := range m.drafts {
		seqs[d.desk]++
		d.event.ID = cx.MakeID(d.at, origins[d.desk], seqs[d.desk])
		d.event.Conversation = d.event.ID
		if d.head != nil { // which is earlier, so has its id
			d.event.Conversation = d.head.event.ID
		}
		flush := time.Duration(3+rng.IntN(15)) * time.Millisecond
		d.event.RecordedAt = d.event.At().Add(flush)
		m.year.Events = append(m.year.Events, d.event)
	}
	slices.SortFunc(m.year.Events, func(a, b cx.Event) int { return slices.Compare(a.ID[:], b.ID[:]) })
	slices.SortStableFunc(m.year.Refused, func(a, b Refused) int { return a.At.Compare(b.At) })
}
