package html

import (
	"fmt"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
)

// said is the page for reps: what they pressed, and what was done about it. It
// speaks without a word of statistics.
type said struct {
	Thanks string
	Done   []saidTag
	// Heard are tags that were pressed most and of which nothing is written down.
	Heard []string
}

// saidTag is one tag about which something was done.
type saidTag struct {
	Name, Pressed string
	Done          []saidAction
}

type saidAction struct{ What, Who, Came string }

// mostHeard is how many tags without an action are named.
const mostHeard = 3

func pickSaid(w report.Week) any {
	s := said{Thanks: fmt.Sprintf("You pressed %s %s. Thank you: each press is a customer whom nobody has to ask again.", timesWords(w.Total.Count), thisWeek(w))}
	if w.Total.Count == 0 {
		s.Thanks = "Nothing was pressed " + thisWeek(w) + "."
	}
	at := make(map[string]int)
	for _, a := range w.Actions {
		i, seen := at[a.Tag]
		if !seen {
			i = len(s.Done)
			at[a.Tag] = i
			s.Done = append(s.Done, saidTag{Name: a.TagName, Pressed: pressed(w.Tags, a.Tag)})
		}
		s.Done[i].Done = append(s.Done[i].Done, newSaidAction(a))
	}
	for _, t := range w.Tags {
		if _, done := at[t.Code]; !done && t.Count > 0 && t.Kind != cx.KindPraise && t.Kind != cx.KindOther && len(s.Heard) < mostHeard {
			s.Heard = append(s.Heard, fmt.Sprintf("%s (%s)", t.Name, count(t.Count)))
		}
	}
	return s
}

func thisWeek(w report.Week) string {
	if w.Header.State == report.Complete {
		return "this week"
	}
	return "so far this week"
}

// pressed says how often a tag was pressed this week.
func pressed(tags []report.Tag, code string) string {
	for _, t := range tags {
		if t.Code == code && t.Count > 0 {
			return timesWords(t.Count) + " this week"
		}
	}
	return "not pressed this week"
}

func timesWords(n int) string {
	if n == 1 {
		return "once"
	}
	return count(n) + " times"
}

func newSaidAction(a report.Action) saidAction {
	s := saidAction{What: a.What, Who: fmt.Sprintf("%s, since %s", a.Owner, day(a.Since)), Came: came(a)}
	if a.Closed != (cx.Date{}) {
		s.Who = fmt.Sprintf("%s, %s to %s", a.Owner, day(a.Since), day(a.Closed))
	}
	return s
}

// came says in everyday words what came of an action.
func came(a report.Action) string {
	v := a.Verdict
	switch {
	case v.WithAll && closed(a):
		return "No difference of its own: all buttons went the same way."
	case v.WithAll:
		return "No difference of its own yet: all buttons went the same way."
	case v.Code == report.Early && closed(a):
		return "It was too short to tell whether it helped."
	case v.Code == report.Early:
		return "It is too early to tell whether it helps."
	case v.Code == report.Less && a.Worked && a.Before != nil && a.After != nil && a.PerContacts:
		words := fmt.Sprintf("It comes up less: before in %s of 100 conversations, since then in %s", decimal(*a.Before), decimal(*a.After))
		if a.Usual != nil {
			words += fmt.Sprintf(", where %s are usual", decimal(*a.Usual))
		}
		return words + "."
	case v.Code == report.Less:
		return "It comes up less since then, but not clearly more so than the rest."
	case v.Code == report.SmallerShare:
		return "It is a smaller part of what you press since then."
	case v.Code == report.More:
		return "It comes up more since then: not solved."
	case v.Code == report.LargerShare:
		return "It is a larger part of what you press since then: not solved."
	}
	if closed(a) {
		return "No clear difference."
	}
	return "No clear difference so far."
}
