package markdown_test

import (
	"strings"
	"testing"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
	"magicbutton/internal/report/markdown"
)

// TestTextStaysText writes names that would break out of their cell or into HTML.
func TestTextStaysText(t *testing.T) {
	t.Parallel()
	week := report.Week{
		Header:  report.Header{Week: cx.Week{Year: 2026, Number: 47}, State: report.Complete, Sites: []string{"a|b"}},
		Summary: []string{"First seen: <b>x</b> [y](http://z) (1)."},
		Tags:    []report.Tag{{Name: "a | b\n<script>", Count: 1, Share: 1}},
		Actions: []report.Action{
			{Owner: "O", What: "*W*", TagName: "T"},
			{Owner: "nobody", What: "is over", Closed: cx.Date{Year: 2026, Month: 11, Day: 1}},
		},
		Limits: []string{"# limits"},
	}
	var out strings.Builder
	if err := markdown.Write(&out, week); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`; only site a\|b` + "\n",
		`**First seen: \<b\>x\</b\> \[y\](http://z) (1).**`,
		`| a \| b \<script\> | 1 | 100% |`,
		`- O: \*W\* (T, since `,
		`> \# limits`,
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("not there: %q in\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "is over") {
		t.Errorf("an action that is closed is among the open ones:\n%s", out.String())
	}
}

// TestRoundsAsTheOthers holds numbers that a coarser rounding would falsify: a time under
// an hour, and what is usual of a tag that is seldom pressed.
func TestRoundsAsTheOthers(t *testing.T) {
	t.Parallel()
	week := report.Week{
		Header: report.Header{Week: cx.Week{Year: 2026, Number: 47}, State: report.Complete},
		Total:  report.Total{Count: 1, Hours: new(3.5), PreventableHours: new(25.0 / 60), Contacts: new(400), Tagged: new(0.0025)},
		Tags: []report.Tag{
			{Name: "A", Count: 1, Share: 0.004, Baseline: &report.Baseline{Expected: 3.5}},
			{Name: "B", Count: 2, Share: 0.2, Baseline: &report.Baseline{Expected: 5.5}},
			{Name: "C", Count: 2, Share: 0.2, Baseline: &report.Baseline{Expected: 85.9}},
		},
	}
	var out strings.Builder
	if err := markdown.Write(&out, week); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`1 press, \<1% of 400 contacts tagged, about 4 hours, about 25 minutes of that preventable` + "\n",
		`| A | 1 | \<1% | 3.5 |`, `| B | 2 | 20% | 5.5 |`, `| C | 2 | 20% | 85.9 |`,
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("not there: %q in\n%s", want, out.String())
		}
	}
}
