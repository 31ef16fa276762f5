package html_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
	"magicbutton/internal/report/html"
	"magicbutton/internal/report/html/htmltest"
	"magicbutton/internal/weblab"
)

// checkCrowded prints pages on which all that may be long is: the first page is one page
// still, and the whole report at most six.
func checkCrowded(t *testing.T, browser *weblab.Browser, week report.Week) {
	p := browser.Open(t, "about:blank", weblab.View{Width: 688, Height: 1000, Print: true})
	for _, tt := range []struct {
		name    string
		change  func(*report.Week)
		options html.Options
		pages   int
	}{
		{"half moved", func(w *report.Week) { move(w, 6) }, html.Options{}, 1},
		{"longest", func(w *report.Week) { move(w, 6); lengthen(w) }, html.Options{}, 1},
		{"longest, whole", func(w *report.Week) { move(w, 6); lengthen(w) }, html.Options{Full: true}, 6},
	} {
		w := crowded(t, week)
		tt.change(&w)
		_, address := saved(t, written(t, w, tt.options))
		p.Do(t, chromedp.Navigate(address))
		keep(t, "crowded-"+strings.ReplaceAll(tt.name, " ", "-"), p)
		if got := weblab.Pages(p.PDF(t)); got > tt.pages {
			t.Errorf("%s: printed on %d pages, want at most %d", tt.name, got, tt.pages)
		}
	}
}

// crowded returns a week that was frozen three times, and in which nobody was short of
// words.
func crowded(t *testing.T, week report.Week) report.Week {
	week = frozenThrice(t, week)
	const long = "Delivery late, or nobody knows where it is"
	week.Summary = []string{
		"Fewer presses in all: 21.4 per 100 contacts, where 31.8 are usual, and last week too. Fewer presses are not fewer problems: a tag is named here only where its share changed too.",
		"More than usual: " + long + " (157, 5.8 per 100 contacts, usually 3.1), Bill not understood (102 after 98, usually 40), How do I use it? (141, 5.2 per 100 contacts, usually 2.2), and 4 more. Less than usual: Praise: something went well (12, usually 88).",
		"First seen: eSIM does not activate (19). Back: Pre-order: when does it come? (13, last seen in 2026-W02). Gone quiet: App: cannot log in (last seen in 2026-W42).",
	}
	for i := range min(5, len(week.Tags)) {
		week.Tags[i].Name = long
	}
	week.Actions[0].What = "The courier rings and waits, leaves no cards, and there is a call with the depot every morning; whoever waited twice gets a call back, and a voucher of ten euros where we were to blame"
	week.Limits = append(week.Limits, "How many conversations there were is not known: counts only, no rates. magicbutton contacts set tells.")
	week.Health.Suspect, week.Health.LastDesks = 12, new(9)
	return week
}

// move gives the first tags a verdict that is told first, and the others none.
func move(w *report.Week, n int) {
	for i := range w.Tags {
		w.Tags[i].Verdict = report.Verdict{Code: report.Usual, Words: "within usual variation"}
		if i < n {
			w.Tags[i].Verdict = report.Verdict{Code: report.More, Words: "more, two weeks long"}
		}
	}
}

// lengthen makes every text as long as it may be.
func lengthen(w *report.Week) {
	words := strings.Repeat("Who ordered before noon was told it comes the next day, and then it did not, again. ", 30)
	for i := range w.Tags {
		w.Tags[i].Name = fmt.Sprintf("%d %s", i, words[:cx.MaxNameRunes-3])
		w.Tags[i].Notes = nil
		if i < 5 {
			w.Tags[i].Notes = []string{words[:cx.MaxNoteRunes]}
		}
	}
	for i := range w.Actions {
		w.Actions[i].What, w.Actions[i].Owner = words[:cx.MaxNoteRunes/5], words[:cx.MaxNameRunes]
		w.Actions[i].TagName = w.Tags[i].Name
	}
	w.Header.Sites = []string{words[:cx.MaxNameRunes], words[:cx.MaxNameRunes], words[:cx.MaxNameRunes]}
	long := w.Tags[0].Name
	w.Summary[1] = strings.ReplaceAll(w.Summary[1], "Bill not understood", long)
	w.Summary[2] = fmt.Sprintf("First seen: %s (19). Back: %s (13, last seen in 2026-W02). Gone quiet: %s (last seen in 2026-W42).", long, long, long)
}

// frozenThrice returns a copy of a week that was frozen three times, and changed in many
// numbers before each time, and after.
func frozenThrice(t *testing.T, week report.Week) report.Week {
	t.Helper()
	week = htmltest.Copy(t, week)
	var all []cx.Frozen
	for revision := 1; revision <= 3; revision++ {
		was := htmltest.Copy(t, week)
		was.Total.Count -= 30 * (4 - revision)
		for i := range was.Tags {
			was.Tags[i].Count += 4 - revision
		}
		numbers := report.Numbers(was)
		all = append(all, cx.Frozen{
			Week: week.Header.Week, Zone: week.Header.Zone, Revision: revision, SHA256: cx.Sum(numbers), Numbers: numbers,
			FrozenAt: time.Date(2026, 11, 15+revision, 9, 0, 0, 0, time.UTC),
		})
	}
	week.Header.Frozen = report.FrozenAs(week, all)
	return week
}
