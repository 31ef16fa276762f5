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
	s := saidAction{What: a.What, Who: fmt.Sprintf("%s, since %s", a.Owner, day(a.Since)), Came: a.Came()}
	if a.Closed != (cx.Date{}) {
		s.Who = fmt.Sprintf("%s, %s to %s", a.Owner, day(a.Since), day(a.Closed))
	}
	return s
}
