package cli_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/hid/hidtest"
	"magicbutton/internal/cli"
	"magicbutton/internal/cx"
	"magicbutton/internal/demo"
	"magicbutton/internal/report"
)

// The same question has the same number in every format: the terminal, each export,
// the report as JSON and as a page. The week is one of the demo's; the CSV, which
// holds what the store counted and nothing else, is what the others are held against.
func TestOneSetOfNumbers(t *testing.T) {
	week := cx.Week{Year: 2026, Number: 46}
	dir := filepath.Join(t.TempDir(), "demo")
	made, err := demo.Make(t.Context(), dir, demo.Options{Seed: 7, Last: week, Now: func() time.Time { return numbersNow }})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(t *testing.T, args ...string) string {
		t.Helper()
		return command(t, append(args, "--config", made.Config, "--week", week.String())...)
	}
	byCSV := func(t *testing.T, by string) counts {
		t.Helper()
		return countsOf(t, csvTable(t, ask(t, "export", "--by", by)), by)
	}
	for _, by := range []string{"", "tag", "stage", "channel", "domain", "driver", "kind", "weekday", "site", "tag,stage", "tag,stage,channel", "stage,weekday"} {
		t.Run("by "+by, func(t *testing.T) {
			want := byCSV(t, by)
			if sum := want.sum(); sum != byCSV(t, "").sum() || sum < 500 {
				t.Errorf("by %q: the CSV has %d events, the week %d", by, sum, byCSV(t, "").sum())
			}
			want.same(t, "the terminal", countsOf(t, terminalTable(t, ask(t, "tally", "--by", by)), by))
			for format, read := range exportTables {
				file := filepath.Join(dir, "out."+format)
				ask(t, "export", "--by", by, "-o", file)
				b, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				want.same(t, format, countsOf(t, read(t, string(b)), by))
			}
		})
	}
	file := filepath.Join(dir, "week.json")
	ask(t, "report", "-o", file)
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var model report.Week
	if err := json.Unmarshal(b, &model); err != nil {
		t.Fatal(err)
	}
	checkModel(t, model, byCSV)
	checkTerminalWeek(t, model, ask(t, "tally"))
	checkMarkdown(t, model, ask(t, "report", "--format", "md", "-o", "-"))
	checkPage(t, model, ask(t, "report", "--full", "-o", "-"))
}

// numbersNow is in the week after the one that is asked for.
var numbersNow = time.Date(2026, 11, 18, 9, 0, 0, 0, time.UTC)

// command runs a command line in this process and returns what it printed.
func command(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	env := cli.System()
	env.Stdin, env.Stdout, env.Stderr = strings.NewReader(""), &out, &errs
	env.Now, env.Bus = func() time.Time { return numbersNow }, hidtest.NewBus()
	if code := cli.Main(t.Context(), env, args); code != 0 {
		t.Fatalf("%q: exit code %d: %s", args, code, errs.String())
	}
	return out.String()
}

// counts are numbers of events by the values of the dimensions, with bars between.
type counts map[string]int

func (c counts) sum() (n int) {
	for v := range maps.Values(c) {
		n += v
	}
	return n
}

// same compares what another format says.
func (c counts) same(t *testing.T, format string, got counts) {
	t.Helper()
	if diff := cmp.Diff(c, got); diff != "" {
		t.Errorf("%s beside the CSV (-CSV +%s):\n%s", format, format, diff)
	}
}

// checkModel holds the report's model against the exports.
func checkModel(t *testing.T, w report.Week, byCSV func(*testing.T, string) counts) {
	t.Helper()
	of := func(parts []report.Part) counts {
		out := make(counts)
		for _, p := range parts {
			out[p.Word] = p.Count
		}
		return out
	}
	tags, cells, days := make(counts), make(counts), make(counts)
	for _, tag := range w.Tags {
		if tag.Count > 0 {
			tags[tag.Code] = tag.Count
		}
	}
	for _, row := range w.Stages.Rows {
		for i, c := range row.Cells {
			if c.Count > 0 {
				cells[row.Code+"|"+string(w.Stages.Stages[i])] = c.Count
			}
		}
	}
	for i, day := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		for _, n := range w.Clock.Counts[i] {
			days[day] += n
		}
		if days[day] == 0 {
			delete(days, day)
		}
	}
	for by, got := range map[string]counts{
		"": {"": w.Total.Count}, "tag": tags, "tag,stage": cells, "weekday": days,
		"channel": of(w.Channels), "domain": of(w.Domains), "driver": of(w.Drivers), "kind": of(w.Kinds),
	} {
		byCSV(t, by).same(t, "the report by "+by, got)
	}
	if last := w.Columns[len(w.Columns)-1]; last.Count != w.Total.Count {
		t.Errorf("the last column has %d events, the week %d", last.Count, w.Total.Count)
	}
}

// checkTerminalWeek holds the terminal's week against the model: names are cut there,
// so that rows are told by their order.
func checkTerminalWeek(t *testing.T, w report.Week, text string) {
	t.Helper()
	_, table, found := strings.Cut(text, "\ntag ")
	if !found {
		t.Fatalf("no table of tags:\n%s", text)
	}
	lines := strings.Split(table, "\n")[1:]
	names := append(w.Tags, report.Tag{Name: "total", Count: w.Total.Count})
	for i, tag := range names {
		name, _, _ := strings.Cut(lines[i], "…")
		got, ok := firstNumber(strings.TrimPrefix(lines[i], name))
		if !ok {
			got, ok = firstNumber(strings.TrimPrefix(lines[i], tag.Name))
		}
		if !ok || got != tag.Count || !strings.HasPrefix(tag.Name, strings.TrimSpace(strings.Fields(name)[0])) {
			t.Errorf("line %q: want %s with %d", lines[i], tag.Name, tag.Count)
		}
	}
}

// checkMarkdown holds the report as Markdown, which has not all tags, against the model.
func checkMarkdown(t *testing.T, w report.Week, text string) {
	t.Helper()
	_, table, _ := strings.Cut(text, "\n| tag |")
	table, _, _ = strings.Cut("| tag |"+table, "\n\n")
	want := make(counts)
	for _, tag := range w.Tags {
		want[tag.Name] = tag.Count
	}
	rows := markdownTable(t, table)[1:]
	if len(rows) < 5 {
		t.Errorf("the Markdown has %d tags:\n%s", len(rows), text)
	}
	for _, row := range rows {
		if n, _ := firstNumber(row[1]); n != want[row[0]] {
			t.Errorf("the Markdown has %q, want %d", row, want[row[0]])
		}
	}
}

// checkPage holds the tables of the page against the model.
func checkPage(t *testing.T, w report.Week, page string) {
	t.Helper()
	doc := parsePage(t, page)
	tags, cells := make(counts), make(counts)
	for _, tag := range w.Tags {
		if tag.Count > 0 {
			tags[tag.Name] = tag.Count
		}
	}
	for _, row := range w.Stages.Rows {
		for i, c := range row.Cells {
			cells[row.Name+"|"+string(w.Stages.Stages[i])] = c.Count
		}
	}
	of := func(lists ...[]report.Part) counts {
		out := make(counts)
		for _, parts := range lists {
			for _, p := range parts {
				out[p.Word] += p.Count
			}
		}
		return out
	}
	for section, want := range map[string]counts{
		"pareto": tags, "stages": cells, "channels": of(w.Channels),
		"domains": of(w.Domains, w.Kinds), "drivers": of(w.Drivers),
	} {
		if diff := cmp.Diff(want, doc.counts(t, section)); diff != "" {
			t.Errorf("section %s (-model +page):\n%s", section, diff)
		}
	}
	hours := 0
	for _, row := range doc.tables(t, "clock")[0][1:] {
		for _, cell := range row[1:] {
			n, _ := firstNumber(cell)
			hours += n
		}
	}
	if hours != w.Total.Count {
		t.Errorf("the page's hours have %d events, the week %d", hours, w.Total.Count)
	}
}
