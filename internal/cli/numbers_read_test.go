package cli_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/xuri/excelize/v2"
	"golang.org/x/net/html"
)

// A grid is a table as texts; the first row names the columns.
type grid = [][]string

// exportTables read a file of each format with what others wrote to read it.
var exportTables = map[string]func(*testing.T, string) grid{
	"csv": csvTable, "json": jsonTable, "ndjson": ndjsonTable, "md": markdownTable, "xlsx": xlsxTable, "parquet": parquetTable,
}

// countsOf takes the counts out of a table by its dimensions.
func countsOf(t *testing.T, g grid, by string) counts {
	t.Helper()
	out := make(counts)
	for _, row := range g[1:] {
		values := make(map[string]string)
		for i, name := range g[0] {
			if i < len(row) {
				values[name] = row[i]
			}
		}
		var key []string
		for dimension := range strings.SplitSeq(by, ",") {
			key = append(key, values[dimension])
		}
		n, err := strconv.Atoi(values["count"])
		if _, twice := out[strings.Join(key, "|")]; err != nil || twice {
			t.Fatalf("row %q: %v, twice %v", row, err, twice)
		}
		out[strings.Join(key, "|")] = n
	}
	return out
}

func csvTable(t *testing.T, file string) grid {
	t.Helper()
	g, err := csv.NewReader(strings.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func jsonTable(t *testing.T, file string) grid {
	t.Helper()
	var whole struct{ Rows []map[string]any }
	if err := json.Unmarshal([]byte(file), &whole); err != nil {
		t.Fatal(err)
	}
	return objects(whole.Rows)
}

func ndjsonTable(t *testing.T, file string) grid {
	t.Helper()
	var rows []map[string]any
	for line := range strings.Lines(file) {
		var row map[string]any
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return objects(rows)
}

// objects makes a table of objects that all have the same names.
func objects(rows []map[string]any) grid {
	var names []string
	for name := range rows[0] {
		names = append(names, name)
	}
	g := grid{names}
	for _, row := range rows {
		var cells []string
		for _, name := range names {
			cells = append(cells, fmt.Sprint(row[name]))
		}
		g = append(g, cells)
	}
	return g
}

func markdownTable(_ *testing.T, file string) (g grid) {
	for i, line := range strings.Split(strings.TrimSpace(file), "\n") {
		if i == 1 {
			continue // the line between the head and the rows
		}
		var cells []string
		for cell := range strings.SplitSeq(strings.Trim(line, "|"), "|") {
			cells = append(cells, strings.TrimSpace(cell))
		}
		g = append(g, cells)
	}
	return g
}

func xlsxTable(t *testing.T, file string) (g grid) {
	t.Helper()
	f, err := excelize.OpenReader(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	g, err = f.GetRows(f.GetSheetList()[0], excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func parquetTable(t *testing.T, file string) grid {
	t.Helper()
	f, err := parquet.OpenFile(strings.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, field := range f.Schema().Fields() {
		names = append(names, field.Name())
	}
	g := grid{names}
	r := parquet.NewReader(f)
	defer r.Close()
	for {
		rows := make([]parquet.Row, 50)
		n, err := r.ReadRows(rows)
		for _, row := range rows[:n] {
			cells := make([]string, len(names))
			for _, v := range row {
				if !v.IsNull() {
					cells[v.Column()] = v.String()
				}
			}
			g = append(g, cells)
		}
		if errors.Is(err, io.EOF) {
			return g
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

var between = regexp.MustCompile(`\s{2,}`)

// terminalTable reads the one table of a week without its head and its sum.
func terminalTable(t *testing.T, text string) (g grid) {
	t.Helper()
	for _, line := range strings.Split(strings.TrimSpace(text), "\n")[1:] {
		if strings.HasPrefix(line, "total ") {
			break
		}
		cells := between.Split(strings.TrimSpace(line), -1)
		for i, cell := range cells {
			if cell == "(not said)" {
				cells[i] = ""
			}
		}
		g = append(g, cells)
	}
	return g
}

var number = regexp.MustCompile(`\d[\d,]*`)

// firstNumber returns the first whole number of a text.
func firstNumber(text string) (int, bool) {
	n, err := strconv.Atoi(strings.ReplaceAll(number.FindString(text), ",", ""))
	return n, err == nil
}

// page is a report as a browser reads it.
type page struct{ root *html.Node }

func parsePage(t *testing.T, text string) page {
	t.Helper()
	root, err := html.Parse(bytes.NewReader([]byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	return page{root}
}

// tables returns the tables of a section.
func (p page) tables(t *testing.T, section string) (out []grid) {
	t.Helper()
	for n := range p.root.Descendants() {
		if n.Data != "section" || attribute(n, "id") != section {
			continue
		}
		for table := range n.Descendants() {
			if table.Type == html.ElementNode && table.Data == "table" {
				out = append(out, rowsOf(table))
			}
		}
	}
	if len(out) == 0 {
		t.Fatalf("the page has no table in section %s", section)
	}
	return out
}

func rowsOf(table *html.Node) (g grid) {
	for row := range table.Descendants() {
		if row.Type != html.ElementNode || row.Data != "tr" {
			continue
		}
		var cells []string
		for cell := range row.ChildNodes() {
			if cell.Type == html.ElementNode {
				cells = append(cells, textOf(cell))
			}
		}
		g = append(g, cells)
	}
	return g
}

// counts takes the events out of a section's tables: those of the column Events by the
// row's name, or else each cell by its row and column.
func (p page) counts(t *testing.T, section string) counts {
	t.Helper()
	out := make(counts)
	said := func(word string) string { return strings.TrimPrefix(word, "not said") }
	for _, g := range p.tables(t, section) {
		name, events := 0, -1
		for i, head := range g[0] {
			switch head {
			case "Events":
				events = i
			case "Tag":
				name = i
			}
		}
		for _, row := range g[1:] {
			for i, cell := range row {
				n, _ := firstNumber(cell)
				switch {
				case i == events:
					out[said(row[name])] += n
				case events < 0 && i != name && section == "stages":
					out[row[name]+"|"+said(g[0][i])] = n
				}
			}
		}
	}
	return out
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// textOf returns what an element says.
func textOf(n *html.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			out.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(out.String()), " ")
}
