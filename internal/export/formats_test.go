package export_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/xuri/excelize/v2"

	"magicbutton/internal/cx"
	"magicbutton/internal/export"
)

// Every format is read back by what others wrote to read it, into the texts of the
// CSV's cells: rows by the names of their columns.
type textRow = map[string]string

// readers read a file of a format. What the CSV has as an empty cell is "".
var readers = map[export.Format]func(testing.TB, []byte) []textRow{
	export.CSV: readCSV, export.JSON: readJSON, export.NDJSON: readNDJSON,
	export.Markdown: readMarkdown, export.XLSX: readXLSX, export.Parquet: readParquet,
}

func readCSV(t testing.TB, file []byte) (rows []textRow) {
	t.Helper()
	records, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, record := range records[1:] {
		row := make(textRow)
		for i, name := range records[0] {
			row[unguarded(name)] = unguarded(record[i])
		}
		rows = append(rows, row)
	}
	return rows
}

// unguarded takes off the ' that keeps a spreadsheet from running a text.
func unguarded(s string) string {
	if len(s) > 1 && s[0] == '\'' && strings.ContainsRune("=+-@'\t\r", rune(s[1])) {
		return s[1:]
	}
	return s
}

func readNDJSON(t testing.TB, file []byte) (rows []textRow) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(file))
	dec.UseNumber()
	for {
		var object map[string]any
		if err := dec.Decode(&object); err == io.EOF {
			return rows
		} else if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, objectRow(object))
	}
}

func readJSON(t testing.TB, file []byte) (rows []textRow) {
	t.Helper()
	var whole struct{ Events, Rows []map[string]any }
	dec := json.NewDecoder(bytes.NewReader(file))
	dec.UseNumber()
	if err := dec.Decode(&whole); err != nil {
		t.Fatal(err)
	}
	for _, object := range append(whole.Events, whole.Rows...) {
		rows = append(rows, objectRow(object))
	}
	return rows
}

func objectRow(object map[string]any) textRow {
	row := make(textRow)
	for name, v := range object {
		if v == nil {
			v = ""
		}
		row[name] = fmt.Sprint(v)
	}
	return row
}

// readMarkdown reads a table as GitHub does: a bar with a \ before it ends no cell.
func readMarkdown(t testing.TB, file []byte) (rows []textRow) {
	t.Helper()
	var names []string
	for i, line := range strings.Split(strings.TrimSuffix(string(file), "\n"), "\n") {
		var cells []string
		var cell strings.Builder
		for j := 1; j < len(line); j++ {
			switch {
			case line[j] == '\\':
				j++
				cell.WriteByte(line[j])
			case line[j] == '|':
				cells = append(cells, strings.TrimSpace(cell.String()))
				cell.Reset()
			default:
				cell.WriteByte(line[j])
			}
		}
		switch {
		case i == 0:
			names = cells
		case i > 1:
			row := make(textRow)
			for k, name := range names {
				row[name] = cells[k]
			}
			rows = append(rows, row)
		}
	}
	return rows
}

func readParquet(t testing.TB, file []byte) (rows []textRow) {
	t.Helper()
	f, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	fields := f.Schema().Fields()
	for _, group := range f.RowGroups() {
		in := group.Rows()
		page := make([]parquet.Row, 100)
		for {
			n, err := in.ReadRows(page)
			for _, cells := range page[:n] {
				row := make(textRow)
				for i, v := range cells {
					row[fields[i].Name()] = parquetText(fields[i], v)
				}
				rows = append(rows, row)
			}
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := in.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if f.NumRows() != int64(len(rows)) {
		t.Errorf("the footer says %d rows, there are %d", f.NumRows(), len(rows))
	}
	return rows
}

func parquetText(field parquet.Field, v parquet.Value) string {
	logical := fmt.Sprint(field.Type())
	switch {
	case v.IsNull():
		return ""
	case strings.HasPrefix(logical, "TIMESTAMP"):
		return time.UnixMilli(v.Int64()).UTC().Format("2006-01-02T15:04:05.000Z")
	case logical == "DATE":
		return time.Unix(int64(v.Int32())*24*60*60, 0).UTC().Format(time.DateOnly)
	case v.Kind() == parquet.Boolean:
		return strconv.FormatBool(v.Boolean())
	case v.Kind() == parquet.Int64 && field.Name() == "hour":
		return fmt.Sprintf("%02d", v.Int64())
	case v.Kind() == parquet.Int64:
		return strconv.FormatInt(v.Int64(), 10)
	}
	return string(v.ByteArray())
}

func openXLSX(t testing.TB, file []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func readXLSX(t testing.TB, file []byte) (rows []textRow) {
	t.Helper()
	f := openXLSX(t, file)
	for _, sheet := range f.GetSheetList() {
		if sheet == "about" {
			continue
		}
		records, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		for i, record := range records[1:] {
			row := make(textRow)
			for k, name := range records[0] {
				cell := ""
				if k < len(record) {
					cell = record[k]
				}
				row[strings.TrimSuffix(strings.Split(name, " (")[0], "_utc")] = xlsxText(t, f, sheet, name, k, i, cell)
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// xlsxText turns a cell of row i into the text of the CSV.
func xlsxText(t testing.TB, f *excelize.File, sheet, name string, k, i int, cell string) string {
	t.Helper()
	at, _ := excelize.CoordinatesToCellName(k+1, i+2)
	kind, err := f.GetCellType(sheet, at)
	if err != nil {
		t.Fatal(err)
	}
	switch kind {
	case excelize.CellTypeInlineString:
		return unguarded(cell)
	case excelize.CellTypeBool:
		return map[string]string{"0": "false", "1": "true"}[cell]
	}
	if cell == "" {
		return ""
	}
	n, err := strconv.ParseFloat(cell, 64)
	if err != nil {
		t.Fatalf("%s of %s is no number: %q", at, sheet, cell)
	}
	instant := time.UnixMilli(int64(math.Round((n - 25569) * 24 * 60 * 60 * 1000))).UTC()
	switch base := strings.Split(name, " (")[0]; base {
	case "at", "at_utc", "recorded_at":
		return instant.Format("2006-01-02T15:04:05.000Z")
	case "day":
		return instant.Format(time.DateOnly)
	case "hour":
		return fmt.Sprintf("%02d", int(n))
	}
	return cell
}

// csvRows is what the other formats are held against.
func csvRows(t testing.TB, write func(export.Format) []byte) []textRow {
	return readCSV(t, write(export.CSV))
}

func tallyFile(t testing.TB, f export.Format, tally cx.Tally, o export.TallyOptions) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := export.WriteTally(&out, f, tally, o); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
