package html

import (
	"html/template"

	"magicbutton/internal/report"
)

// presence is the tags that are new, back or gone.
type presence struct {
	Lists []presenceList
	// Nothing says why there are none.
	Nothing string
}

type presenceList struct {
	Title string
	Tags  []presentTag
}

type presentTag struct {
	report.Tag
	Drawing template.HTML
}

func pickPresence(w report.Week) any {
	var p presence
	for _, l := range []struct {
		code  report.Code
		title string
	}{{report.FirstSeen, "First seen"}, {report.Returned, "Back"}, {report.Quiet, "Gone quiet"}} {
		list := presenceList{Title: l.title}
		for _, t := range w.Tags {
			if t.Verdict.Code == l.code {
				list.Tags = append(list.Tags, presentTag{t, sparkline(w.Columns, t.Counts)})
			}
		}
		if list.Tags != nil {
			p.Lists = append(p.Lists, list)
		}
	}
	switch {
	case p.Lists != nil:
	case w.Total.Baseline == nil: // the table of changes says why
		return nil
	default:
		p.Nothing = "No tag is new, back after four weeks, or gone quiet."
	}
	return p
}
