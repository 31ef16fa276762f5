package cli

import (
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
)

// Colours change how a week looks and nothing of what it says.
func TestTallyWeekColours(t *testing.T) {
	five := 5
	week := report.Week{
		Header:  report.Header{State: report.Complete},
		Summary: []string{"More than usual: A (9, usually 5)."},
		Total:   report.Total{Count: 12, Last: &five, Baseline: &report.Baseline{Weeks: 8, Expected: 10}},
		Columns: []report.Column{{Week: cx.Week{Year: 2026, Number: 46}, Count: 5, Known: true}, {Count: 12, Known: true}},
		Tags: []report.Tag{
			{Name: "A", Count: 9, Last: &five, Baseline: &report.Baseline{Expected: 5}, Counts: []int{5, 9}, Verdict: report.Verdict{Code: report.More, Words: "more than usual"}},
			{Name: "B", Count: 3, Last: &five, Baseline: &report.Baseline{Expected: 5}, Counts: []int{5, 3}, Verdict: report.Verdict{Code: report.Usual, Words: "within usual variation"}},
		},
	}
	var plain, coloured strings.Builder
	for out, s := range map[*strings.Builder]style{&plain: {}, &coloured: {colour: true}} {
		if err := printTallyWeek(out, week, "2026-W47", s); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(plain.String(), "\x1b") {
		t.Errorf("codes without colour: %q", plain.String())
	}
	bare := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(coloured.String(), "")
	if bare != plain.String() {
		t.Errorf("without its codes:\n%s\nwant\n%s", bare, plain.String())
	}
	for _, want := range []string{"\x1b[1;33mmore than usual\x1b[0m", "\x1b[2mwithin usual variation\x1b[0m"} {
		if !strings.Contains(coloured.String(), want) {
			t.Errorf("no %q in %q", want, coloured.String())
		}
	}
}

// A pipe is plain, and as wide as every terminal.
func TestStyleOfPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	s := styleOf(Env{Stdout: &checkedWriter{w: w}, Getenv: func(string) string { return "" }})
	if s.colour || s.width() != lineWidth {
		t.Errorf("style = %+v, %d columns; want plain, %d", s, s.width(), lineWidth)
	}
}

func TestWantsColour(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no colours there")
	}
	for name, test := range map[string]struct {
		env  map[string]string
		want bool
	}{
		"a terminal":       {map[string]string{"TERM": "xterm-256color"}, true},
		"without a word":   {nil, true},
		"none wanted":      {map[string]string{"TERM": "xterm", "NO_COLOR": "1"}, false},
		"NO_COLOR is \"\"": {map[string]string{"TERM": "xterm", "NO_COLOR": ""}, true}, // no-color.org: "when present and not an empty string"
		"dumb":             {map[string]string{"TERM": "dumb"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := wantsColour(func(k string) string { return test.env[k] }); got != test.want {
				t.Errorf("wantsColour(%v) = %t, want %t", test.env, got, test.want)
			}
		})
	}
}

func TestCut(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		most int
		want string
	}{
		"fits":           {"bill", 4, "bill"},
		"letters":        {"delivery", 5, "deli…"},
		"wide":           {"配送が遅い", 6, "配送…"},
		"combining":      {"re\u0301sume\u0301s", 5, "re\u0301su…"},
		"family emoji":   {"👨‍👩‍👧 late", 4, "👨‍👩‍👧 …"},
		"nothing fits":   {"wide", 1, "…"},
		"wide in an odd": {"配送", 3, "配…"},
	} {
		t.Run(name, func(t *testing.T) {
			got := cut(test.text, test.most)
			if got != test.want || width(got) > test.most {
				t.Errorf("cut(%q, %d) = %q of %d columns, want %q", test.text, test.most, got, width(got), test.want)
			}
			if p := padded(got, test.most, false); width(p) != test.most {
				t.Errorf("padded to %d columns, want %d", width(p), test.most)
			}
		})
	}
}

func TestSparkline(t *testing.T) {
	known := func(n int) []report.Column {
		out := make([]report.Column, n)
		for i := range out {
			out[i].Known = true
		}
		return out
	}
	gap := known(4)
	gap[1].Known = false
	for name, test := range map[string]struct {
		columns []report.Column
		counts  []int
		weeks   int
		want    string
	}{
		"steps":    {known(9), []int{0, 1, 2, 3, 4, 5, 6, 7, 8}, 9, "·▁▂▃▄▅▆▇█"},
		"one":      {known(3), []int{0, 0, 1}, 3, "··█"},
		"nothing":  {known(3), []int{0, 0, 0}, 3, "···"},
		"a little": {known(2), []int{1, 1000}, 2, "▁█"},
		"unknown":  {gap, []int{4, 0, 0, 2}, 4, "█ ·▄"},
		"the last": {known(4), []int{9, 1, 2, 1}, 2, "█▄"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := sparkline(test.columns, test.counts, test.weeks); got != test.want {
				t.Errorf("sparkline(%v, %d) = %q, want %q", test.counts, test.weeks, got, test.want)
			}
		})
	}
}
