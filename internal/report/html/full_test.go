package html

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
)

// weeksTo returns columns that end with a week.
func weeksTo(last cx.Week, n int) []report.Column {
	columns := make([]report.Column, n)
	for i := range columns {
		columns[i] = report.Column{Week: last.Add(i - n + 1), Known: true}
	}
	return columns
}

// numbers returns pointers to values; NaN is nil.
func numbers(values ...float64) []*float64 {
	out := make([]*float64, len(values))
	for i, v := range values {
		if !math.IsNaN(v) {
			out[i] = &v
		}
	}
	return out
}

func TestScale(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		most float64
		want []float64
	}{
		{0, []float64{0, 0.2, 0.4, 0.6, 0.8, 1}},
		{0.7, []float64{0, 0.2, 0.4, 0.6, 0.8}},
		{3, []float64{0, 1, 2, 3}},
		{5.76, []float64{0, 2, 4, 6}},
		{157, []float64{0, 50, 100, 150, 200}},
		{3001, []float64{0, 1000, 2000, 3000, 4000}},
	} {
		t.Run(fmt.Sprint(tt.most), func(t *testing.T) {
			s := newScale(tt.most, 100, 0)
			for i, v := range s.ticks {
				s.ticks[i] = math.Round(v*1e9) / 1e9
			}
			if diff := cmp.Diff(tt.want, s.ticks); diff != "" {
				t.Errorf("ticks (-want +got):\n%s", diff)
			}
			if got := s.y(0); got != 100 {
				t.Errorf("0 is at %v, want the bottom", got)
			}
			if got := s.y(tt.most); got < 0 || got > 100 {
				t.Errorf("%v is at %v, outside of the drawing", tt.most, got)
			}
			if got := s.y(10 * s.top); got != 0 {
				t.Errorf("what is beyond the scale is at %v, want its end", got)
			}
		})
	}
}

func TestPareto(t *testing.T) {
	t.Parallel()
	tags := []report.Tag{
		{Name: "a", Count: 60, Share: 0.6, Cumulative: 0.6},
		{Name: "b", Count: 25, Share: 0.25, Cumulative: 0.85},
		{Name: "c", Count: 10, Share: 0.1, Cumulative: 0.95},
		{Name: "d", Count: 5, Share: 0.05, Cumulative: 1},
		{Name: "quiet"},
	}
	p := pickPareto(report.Week{Tags: tags}).(pareto)
	if want := "2 of 4 tags make 85% of the week."; p.Few != want {
		t.Errorf("said %q, want %q", p.Few, want)
	}
	if len(p.Rows) != 4 {
		t.Errorf("%d rows, want those of the week's four tags", len(p.Rows))
	}
	if got := strings.Count(string(p.Drawing), "<rect"); got != 4 {
		t.Errorf("%d bars, want 4", got)
	}
	if pickPareto(report.Week{Tags: tags[4:]}) != nil {
		t.Error("a week without an event has a Pareto table")
	}
}

func TestRatio(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change report.Change
		want   string
	}{
		{"more", report.Change{Ratio: new(1.828), Low: 1.387, High: new(2.379)}, "×1.83 (1.39–2.38)"},
		{"from none to one", report.Change{Low: 0.03}, "none before"},
		{"no upper bound", report.Change{Ratio: new(12.4), Low: 3.1}, "×12.40 (3.10 or more)"},
		{"to none", report.Change{Ratio: new(0.0), High: new(0.4)}, "×0.00 (0.00–0.40)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := ratio(&tt.change); got != tt.want {
				t.Errorf("ratio = %q, want %q", got, tt.want)
			}
		})
	}
	if chance(0.0004) != "<0.001" || chance(0.0512) != "0.051" {
		t.Errorf("chance writes %s and %s, want <0.001 and 0.051", chance(0.0004), chance(0.0512))
	}
	for _, ratio := range []float64{0, 0.01, 1, 99, math.Inf(1)} {
		if x := forestX(ratio); !(x > 0 && x < forestWidth) {
			t.Errorf("ratio %v is drawn at %v, outside of 0 to %v", ratio, x, forestWidth)
		}
	}
	if d := (forestX(2) - forestX(1)) - (forestX(1) - forestX(0.5)); math.Abs(d) > 1e-9 {
		t.Errorf("double and half are not as far from 1: %v", d)
	}
}

func TestUncompared(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		verdict report.Verdict
		want    string
	}{
		{report.Verdict{Code: report.Open, Words: "so far"}, "A week that is not over is compared with nothing."},
		{report.Verdict{Code: report.Silent, Words: "no press at all"}, "Nothing was pressed, and nothing is compared."},
		{
			report.Verdict{Code: report.Early, Words: "too early to say: 1 of 2 weeks"},
			"Nothing is compared: too early to say: 1 of 2 weeks.",
		},
	} {
		t.Run(string(tt.verdict.Code), func(t *testing.T) {
			w := report.Week{Total: report.Total{Verdict: tt.verdict}}
			if got := pickChanges(w).(changes); got.Reason != tt.want || got.Rows != nil {
				t.Errorf("changes = %+v, want only %q", got, tt.want)
			}
			if got := pickPresence(w); got != nil {
				t.Errorf("presence = %+v, want none: it would say the same again", got)
			}
		})
	}
}

func TestCharts(t *testing.T) {
	t.Parallel()
	week := cx.Week{Year: 2026, Number: 46}
	columns := weeksTo(week, 6)
	nan := math.NaN()
	tag := report.Tag{Name: "Bill", Count: 9, Chart: &report.Chart{
		Kind: "u'", Center: 3, Outside: true,
		Values: numbers(3, 8, nan, 0.5, 3, 9), Lower: numbers(1, 1, nan, 1, 1, 1), Upper: numbers(5, 5, nan, 5, 5, 5),
	}}
	got := pickCharts(report.Week{Columns: columns, Tags: []report.Tag{tag}}).(charts)
	if got.Reason != "" || len(got.Charts) != 1 || got.Unit != "events per 100 contacts" {
		t.Fatalf("charts = %+v, want one per 100 contacts", got)
	}
	drawing := string(got.Charts[0].Drawing)
	for what, want := range map[string]int{
		`class="moved"`: 3, `class="band"`: 2, ">W44<": 1, ">W42<": 2, ">W46<": 2, // the axis names two of them too
		"This week 9.0, outside its limits of 1.0 to 5.0.": 1, "Outside before: 2026-W42, 2026-W44.": 1, `role="img"`: 1,
	} {
		if n := strings.Count(drawing, what); n != want {
			t.Errorf("%d times %s in the drawing, want %d:\n%s", n, what, want, drawing)
		}
	}
	tag.Chart = nil
	got = pickCharts(report.Week{Columns: weeksTo(week, 10), Tags: []report.Tag{tag}}).(charts)
	if want := "Limits need 12 complete weeks before this one, and there are 9: no charts yet."; got.Reason != want {
		t.Errorf("reason = %q, want %q", got.Reason, want)
	}
}

func TestHeat(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		n, most int
		want    string
	}{{0, 0, "h0"}, {0, 9, "h0"}, {1, 1000, "h1"}, {1, 1, "h6"}, {250, 1000, "h3"}, {1000, 1000, "h6"}} {
		if got := heat(tt.n, tt.most); got != tt.want {
			t.Errorf("heat(%d, %d) = %s, want %s", tt.n, tt.most, got, tt.want)
		}
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	c := &report.Clock{Most: 4}
	c.Counts[0][9], c.Counts[6][11] = 4, 1
	got := pickClock(report.Week{Clock: c}).(clock)
	if diff := cmp.Diff([]string{"09", "10", "11"}, got.Hours); diff != "" {
		t.Errorf("hours (-want +got):\n%s", diff)
	}
	if got.Days[0].Name != "Mon" || got.Days[0].Cells[0].Count != 4 || got.Days[6].Name != "Sun" || got.Days[6].Cells[2].Count != 1 {
		t.Errorf("days = %+v, want 4 on Monday at 9 and 1 on Sunday at 11", got.Days)
	}
	if pickClock(report.Week{Clock: &report.Clock{}}) != nil {
		t.Error("a week without an event has a clock")
	}
}

func TestShortened(t *testing.T) {
	t.Parallel()
	if got := shortened("short, and whole", noteRunes); got != "short, and whole" {
		t.Errorf("shortened = %q, want it as it was", got)
	}
	got := shortened(strings.Repeat("währung ", 100), noteRunes)
	if n := len([]rune(got)); n > noteRunes+2 || !strings.HasSuffix(got, "währung …") {
		t.Errorf("shortened to %d characters: %q, want whole words and an ellipsis", n, got)
	}
	if got := shortened(strings.Repeat("ä", 400), noteRunes); len([]rune(got)) != noteRunes+2 {
		t.Errorf("a text without spaces is shortened to %d characters", len([]rune(got)))
	}
}

// Each title of tags that did not move takes its room.
func TestFittingTitles(t *testing.T) {
	t.Parallel()
	tags := []report.Tag{{Verdict: report.Verdict{Code: report.Usual, WithAll: true}}, {Verdict: report.Verdict{Code: report.Usual}}, {Verdict: report.Verdict{Code: report.Early}}}
	of := topView{Compared: true}
	space := room{lines: titleLines + 3.1*usualLines}
	if got := of.fitting(&space, tags, false); len(got) != 2 {
		t.Errorf("%d tags below a title each, want 2", len(got))
	}
	space = room{lines: titleLines + 3.1*usualLines}
	if got := of.fitting(&space, []report.Tag{tags[1], tags[1], tags[1]}, false); len(got) != 3 {
		t.Errorf("%d tags below one title, want 3", len(got))
	}
}
