package html

import (
	"strings"

	"magicbutton/internal/report"
)

// fact is a number, and what it is of.
type fact struct{ Value, Of string }

// captureView says how far the week's numbers can be trusted.
type captureView struct{ Facts []fact }

func pickCapture(w report.Week) any {
	h := w.Health
	if h == nil {
		return nil
	}
	desks := plural(h.Desks, "desk", "desks") + " at work"
	if h.Sites > 1 {
		desks += ", at " + count(h.Sites) + " sites"
	}
	if h.LastDesks != nil && *h.LastDesks != h.Desks {
		desks += " (" + count(*h.LastDesks) + " the week before)"
	}
	v := captureView{[]fact{
		{count(h.Desks), desks},
		{count(len(h.SilentDays)), silent(h)},
		{count(h.Notes), "with a note"},
		{count(h.Undone), "taken back by reps"},
		{count(h.Refused), "refused: too soon after the same key"},
		{report.Percent(h.Other), "tell little: “other”, or an unlisted tag"},
	}}
	if h.Suspect > 0 {
		v.Facts = append(v.Facts, fact{count(h.Suspect), "kept out: the desk's clock was doubted"})
	}
	return v
}

// silent names the days of the week without a press.
func silent(h *report.Health) string {
	var names []string
	for _, d := range h.SilentDays {
		names = append(names, d.Weekday().String()[:3])
	}
	words := plural(len(names), "day", "days") + " without a press"
	if len(names) > 0 {
		words += ": " + strings.Join(names, ", ")
	}
	return words
}
