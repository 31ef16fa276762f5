package html_test

import (
	"strings"
	"testing"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
	"magicbutton/internal/report/html"
	"magicbutton/internal/report/html/htmltest"
)

// comparedWeek is a complete week with a baseline, and tags that have these verdicts.
func comparedWeek(verdicts ...report.Verdict) report.Week {
	w := report.Week{
		Header:  report.Header{Week: cx.Week{Year: 2026, Number: 46}, State: report.Complete},
		Summary: []string{"Nothing beyond usual variation."},
		Total:   report.Total{Count: 90, Baseline: &report.Baseline{Weeks: 8, Mean: 88}, Verdict: report.Verdict{Code: report.Usual, Words: "within usual variation"}},
		Columns: []report.Column{{Count: 90, Known: true}},
	}
	for i, v := range verdicts {
		w.Tags = append(w.Tags, report.Tag{
			Name: "Tag " + string(rune('A'+i)), Count: 20, Counts: []int{20}, Verdict: v,
			Baseline: &report.Baseline{Weeks: 8, Mean: 22},
			Change:   &report.Change{Ratio: new(0.91), Low: 0.5, High: new(1.5), Q: 0.8},
		})
	}
	return w
}

// wordsOf are the words of one section of a week.
func wordsOf(t *testing.T, w report.Week, section string) string {
	t.Helper()
	_, text, _ := strings.Cut(written(t, w, html.Options{Sections: []string{section}}), `<section id="`+section)
	text, _, _ = strings.Cut(text, "</section>")
	return words("<" + text)
}

var (
	usual   = report.Verdict{Code: report.Usual, Words: "within usual variation"}
	asAll   = report.Verdict{Code: report.Less, Words: "less, as all tags", WithAll: true}
	early   = report.Verdict{Code: report.Early, Words: "too early to say: 1 of 2 weeks"}
	fewNew  = report.Verdict{Code: report.FirstSeen, Words: "first seen", Few: true}
	more    = report.Verdict{Code: report.More, Words: "more than usual"}
	over    = report.Verdict{Code: report.Over, Words: "back to usual", Since: cx.Week{Year: 2026, Number: 44}}
	isNew   = report.Verdict{Code: report.FirstSeen, Words: "first seen"}
	atLevel = report.Verdict{Code: report.Usual, Words: "new level, since W41", Since: cx.Week{Year: 2026, Number: 41}}
)

// TestTitlesAreTrue holds the titles of the first page's rows against what the rows say.
func TestTitlesAreTrue(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name      string
		week      report.Week
		want, not []string
	}{
		{"all usual", comparedWeek(usual, usual), []string{"All within usual variation Tag A 20"}, []string{"As all tags"}},
		{
			"as all tags", comparedWeek(asAll, usual),
			[]string{"As all tags Tag A – less, as all tags 20", "Most pressed of those within usual variation Tag B 20"},
			[]string{"All within usual variation"},
		},
		{
			"all as all tags", comparedWeek(asAll, asAll),
			[]string{"What was pressed most", "As all tags Tag A – less, as all tags 20"},
			[]string{"within usual variation"},
		},
		{
			"too new to say", comparedWeek(usual, early, fewNew),
			[]string{"Too few, or too new, to say Tag B – too early to say: 1 of 2 weeks 20", "Tag C ● first seen 20"},
			[]string{"All within usual variation"},
		},
		{"one moved", comparedWeek(usual, more), []string{"What changed", "Tag B ▲ more than usual 20", "Most pressed of those within usual variation Tag A 20"}, nil},
		{"a new level", comparedWeek(atLevel), []string{"Tag A – new level, since W41 20"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := wordsOf(t, tt.week, "top")
			for _, want := range tt.want {
				if !strings.Contains(text, want) {
					t.Errorf("the page does not say %q:\n%s", want, text)
				}
			}
			for _, not := range tt.not {
				if strings.Contains(text, not) {
					t.Errorf("the page says %q:\n%s", not, text)
				}
			}
		})
	}
}

// TestSigns holds that what is over does not look like what is new.
func TestSigns(t *testing.T) {
	t.Parallel()
	page := written(t, comparedWeek(over, isNew), html.Options{Sections: []string{"top"}})
	for _, want := range []string{
		`<span class="over"><span aria-hidden="true">≈</span> back to usual</span>`,
		`<span class="new"><span aria-hidden="true">●</span> first seen</span>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not have %s", want)
		}
	}
}

// TestChangesTellWhatIsLeftOut reads the table of changes where something is not as it
// is in all other rows.
func TestChangesTellWhatIsLeftOut(t *testing.T) {
	t.Parallel()
	w := comparedWeek(usual, usual, isNew)
	w.Tags[0].Baseline.Without = []cx.Week{{Year: 2026, Number: 40}, {Year: 2026, Number: 41}, {Year: 2026, Number: 44}}
	w.Tags[1].Change = &report.Change{Ratio: new(1.2), Low: 0.1, High: new(9.0), Vague: true, Q: 1}
	w.Total.NoRate = "Contacts are known of Berlin only, and 12 of 90 events are not of there"
	for section, wants := range map[string][]string{
		"changes": {
			"Tag A 20 22.0* ×0.91", "* Without weeks in which the tag was not as usual: Tag A 2026-W40 to 2026-W41, 2026-W44.",
			"Tag B 20 22.0 too few to tell 1.000", w.Total.NoRate + ": no rates.",
		},
		"summary": {"no rate: see Mind below"},
		"top":     {"Tag B 20 0% 22.0 too few to tell", "Tag A 20 0% 22.0 ×0.91 (0.50–1.50)"},
	} {
		text := wordsOf(t, w, section)
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("section %s does not say %q:\n%s", section, want, text)
			}
		}
	}
	if text := wordsOf(t, comparedWeek(usual), "changes"); strings.Contains(text, "*") {
		t.Errorf("nothing is left out, and there is a mark:\n%s", text)
	}
}

// TestFrozen reads what a page says of a week that was frozen three times.
func TestFrozen(t *testing.T) {
	t.Parallel()
	week, err := htmltest.Week()
	if err != nil {
		t.Fatal(err)
	}
	week = frozenThrice(t, week)
	week.Header.Frozen.Words[0] += " Is it?" // not what another revision says too
	first, last := week.Header.Frozen.Words[0], week.Header.Frozen.Words[2]
	page, full := words(written(t, week, html.Options{})), words(written(t, week, html.Options{Full: true}))
	for _, want := range []string{"Europe/Berlin frozen, revision 3, changed since", last, "The numbers have changed since revision 3: ", "The 2 revisions before it: in the full report, under Method."} {
		if !strings.Contains(page, want) {
			t.Errorf("the first page does not say %q", want)
		}
	}
	if strings.Contains(page, first) {
		t.Error("the first page tells of the first revision: it has no room for all of them")
	}
	if !strings.Contains(full, "How it was frozen "+first) {
		t.Error("the full report does not tell of the first revision")
	}
	if strings.Count(full, last) != 1 {
		t.Error("the full report does not tell of the last revision once")
	}
}

// TestRoundsAsTheOthers holds numbers that a rounding of this page's own would write
// otherwise than the terminal and Markdown do.
func TestRoundsAsTheOthers(t *testing.T) {
	t.Parallel()
	w := comparedWeek(usual)
	w.Header.Currency = "EUR"
	w.Total.Count, w.Total.Hours, w.Total.Money = 12345, new(0.995), new(1234.5)
	w.Total.PreventableHours = new(25.0 / 60)
	w.Total.Contacts, w.Total.Tagged, w.Total.Rate = new(400), new(0.0025), new(0.996)
	text := wordsOf(t, w, "summary")
	for _, want := range []string{
		"12,345 presses", report.Hours(*w.Total.Hours) + " in these conversations", report.Hours(*w.Total.PreventableHours) + " preventable",
		report.Percent(*w.Total.Tagged) + " tagged", report.Decimal(*w.Total.Rate) + " per 100",
		"1 hour in", "25 minutes preventable", "&lt;1% tagged", "1.0 per 100", "EUR 1,235",
	} {
		if !strings.Contains(text, strings.ReplaceAll(want, "<", "&lt;")) {
			t.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
}

// TestSmallerPrint holds that letters shrink only where the first page is too full.
func TestSmallerPrint(t *testing.T) {
	t.Parallel()
	week, err := htmltest.Week()
	if err != nil {
		t.Fatal(err)
	}
	full := crowded(t, week)
	move(&full, 6)
	lengthen(&full)
	for _, tt := range []struct {
		name    string
		week    report.Week
		options html.Options
		want    bool
	}{
		{"demo", week, html.Options{}, false},
		{"crowded", full, html.Options{}, true},
		{"page for the wall", full, html.Options{Sections: []string{"said"}}, false},
	} {
		if got := strings.Contains(written(t, tt.week, tt.options), "@media print { html { font-size:"); got != tt.want {
			t.Errorf("%s: smaller = %t, want %t", tt.name, got, tt.want)
		}
	}
}
