package html_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
	"magicbutton/internal/report/html"
	"magicbutton/internal/report/html/htmltest"
)

// sectionID finds the sections of a page.
var sectionID = regexp.MustCompile(`<section id="([a-z]+)"`)

func sectionsOf(page string) []string {
	var names []string
	for _, m := range sectionID.FindAllStringSubmatch(page, -1) {
		names = append(names, m[1])
	}
	return names
}

func TestSections(t *testing.T) {
	t.Parallel()
	week, err := htmltest.Week()
	if err != nil {
		t.Fatal(err)
	}
	cover := []string{"summary", "top", "cost", "action", "capture", "limits"}
	for _, test := range []struct {
		name    string
		options html.Options
		want    []string
	}{
		{"default", html.Options{}, cover},
		{"full", html.Options{Full: true}, html.Sections()}, // the demo has something to say everywhere
		{"picked, in the page's order", html.Options{Sections: []string{"notes", "summary"}}, []string{"summary", "notes"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := sectionsOf(written(t, week, test.options))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("sections (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseSections(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		in    []string
		want  []string
		error string // a part of it
	}{
		{"all", html.Sections(), html.Sections(), ""},
		{"none", nil, nil, ""},
		{"blanks and capitals", []string{" Top ", "COST"}, []string{"top", "cost"}, ""},
		{"a slip", []string{"top", "capure"}, nil, `unknown section "capure" (did you mean "capture"?)`},
		{"something else", []string{"xyzzy"}, nil, `unknown section "xyzzy" (known: summary, top,`},
		{"empty", []string{""}, nil, `unknown section ""`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := html.ParseSections(test.in)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("sections (-want +got):\n%s", diff)
			}
			if test.error == "" && err != nil || test.error != "" && (err == nil || !strings.Contains(err.Error(), test.error)) {
				t.Errorf("error = %v, want %q", err, test.error)
			}
		})
	}
}

// TestFirstPage reads what a lead reads.
func TestFirstPage(t *testing.T) {
	t.Parallel()
	week, err := htmltest.Week()
	if err != nil {
		t.Fatal(err)
	}
	page := words(written(t, week, html.Options{}))
	for _, want := range []string{
		"Week 46 9–15 November 2026",
		"all sites complete week, Europe/Berlin",
		week.Summary[0],
		"Delivery late or unknown ▲ more than usual receive 157 21% 5.8 3.1 ×1.8",
		"eSIM does not activate ● first seen set-up 19 2% 0.70 0 none before",
		"App: cannot log in ○ gone quiet use 0 0% 0 0.74 none now",
		"How do I use it? 141 conversations, about 19 hours, EUR 714",
		"Owner Logistics",
		"Nobody owns yet eSIM does not activate Pre-order: when does it come?",
		"1 day without a press: Sun",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q:\n%s", want, page)
		}
	}
}

var tag = regexp.MustCompile(`(?s)<style>.*?</style>|<[^>]*>`)

// words are the text of a page, with one blank between any two.
func words(page string) string {
	text := strings.NewReplacer("&#39;", "'", "&#34;", `"`, "&amp;", "&").Replace(tag.ReplaceAllString(page, " "))
	return strings.Join(strings.Fields(text), " ")
}

// TestStates shows weeks of which less is known than of the demo's.
func TestStates(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		week      report.Week
		want, not []string
	}{
		{
			"so far",
			report.Week{
				Header:  report.Header{Week: cx.Week{Year: 2026, Number: 47}, State: report.SoFar},
				Summary: []string{"The week is not over: counts so far, compared with nothing."},
				Total:   report.Total{Count: 1, Verdict: report.Verdict{Code: report.Open, Words: "so far"}},
				Columns: []report.Column{{Count: 1}},
				Tags:    []report.Tag{{Name: "Praise", Count: 1, Share: 1, Counts: []int{1}, Verdict: report.Verdict{Code: report.Open, Words: "so far"}}},
			},
			[]string{"so far", "1 press", "What was pressed most", "No action is recorded."},
			[]string{"Usually", "Change", "1 weeks", "tagged of", "hours", "What changed", "What it costs"},
		},
		{
			"first",
			report.Week{
				Header:  report.Header{Week: cx.Week{Year: 2026, Number: 46}, State: report.Complete},
				Summary: []string{"Too early to say what is usual: 0 of 2 weeks to compare with."},
				Total:   report.Total{Count: 7, Verdict: report.Verdict{Code: report.Early, Words: "too early to say: 0 of 2 weeks"}},
				Columns: []report.Column{{}, {}, {Count: 7, Known: true}},
				Tags:    []report.Tag{{Name: "Praise", Count: 7, Share: 1, Counts: []int{0, 0, 7}, Verdict: report.Verdict{Code: report.Early, Words: "too early to say: 0 of 2 weeks"}}},
			},
			[]string{"Tags of the week Tag Presses Share Praise 7 100%"},
			[]string{"3 weeks", "Usually", "What changed"},
		},
		{
			"silent",
			report.Week{
				Header:  report.Header{State: report.Complete},
				Summary: []string{"No press at all in this week: was anybody at work, and the agent running?"},
				Total:   report.Total{Verdict: report.Verdict{Code: report.Silent, Words: "no press at all"}},
			},
			[]string{"was anybody at work", "0 presses"},
			[]string{"What was pressed most", "What changed"},
		},
		{
			"nothing changed",
			report.Week{
				Header:  report.Header{State: report.Complete},
				Summary: []string{"Nothing beyond usual variation."},
				Total:   report.Total{Count: 8, Baseline: &report.Baseline{Weeks: 2, Mean: 8.5, Expected: 8.5}, Verdict: report.Verdict{Code: report.Usual, Words: "within usual variation"}},
				Columns: []report.Column{{Count: 9, Known: true}, {Count: 8, Known: true}},
				Tags: []report.Tag{{
					Name: "Praise", Count: 8, Share: 1, Counts: []int{9, 8}, Baseline: &report.Baseline{Weeks: 2, Mean: 8.5},
					Change:  &report.Change{Ratio: new(0.94), Low: 0.4, High: new(2.2)},
					Verdict: report.Verdict{Code: report.Usual, Words: "within usual variation"},
				}},
			},
			[]string{"Nothing beyond usual variation.", "All within usual variation", "Praise 8 100% 8.5 ×0.94 (0.40–2.20)", "usually 8.5"},
			[]string{"What changed", "contacts"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			page := words(written(t, test.week, html.Options{Full: true}))
			for _, want := range test.want {
				if !strings.Contains(page, want) {
					t.Errorf("the page does not say %q:\n%s", want, page)
				}
			}
			first := words(written(t, test.week, html.Options{}))
			for _, not := range test.not {
				if strings.Contains(first, not) {
					t.Errorf("the page says %q:\n%s", not, first)
				}
			}
		})
	}
}

// TestHostile writes a week all of whose texts try to leave their place.
func TestHostile(t *testing.T) {
	t.Parallel()
	week, err := htmltest.Week()
	if err != nil {
		t.Fatal(err)
	}
	sound := written(t, week, html.Options{Full: true})
	hostile := written(t, poisoned(t, week), html.Options{Full: true})
	for _, not := range []string{"<script", "<img", `"'>`, "&amp;amp;"} {
		if strings.Contains(hostile, not) {
			at := strings.Index(hostile, not)
			t.Errorf("%q got out of its place: …%s…", not, hostile[max(at-200, 0):at+50])
		}
	}
	if !strings.Contains(hostile, "&lt;script&gt;") {
		t.Error("no text of the week is on the page at all")
	}
	elements := regexp.MustCompile(`<[a-z0-9]+`)
	kinds := func(page string) []string {
		found := elements.FindAllString(page, -1)
		slices.Sort(found)
		return slices.Compact(found)
	}
	for _, kind := range kinds(hostile) {
		if !slices.Contains(kinds(sound), kind) && !slices.Contains([]string{"<br", "<rect", "<path"}, kind) {
			t.Errorf("the hostile page has %s>, the sound one has none", kind)
		}
	}
}
