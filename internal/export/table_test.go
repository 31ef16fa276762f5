package export

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"github.com/xuri/excelize/v2"
)

// A workbook goes on in the next sheet where one is full, each with its header.
func TestXLSXGoesOnInTheNextSheet(t *testing.T) {
	var out bytes.Buffer
	x := newXLSX(&out, nil)
	x.most = 4
	x.begin("events", []column{{name: "n", kind: kindNumber}})
	for n := range int64(7) {
		if err := x.row([]value{{n: n}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.end(); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got := make(map[string]string)
	for _, sheet := range f.GetSheetList() {
		columns, err := f.GetCols(sheet)
		if err != nil {
			t.Fatal(err)
		}
		got[sheet] = strings.Join(columns[0], " ")
	}
	if diff := cmp.Diff(map[string]string{"events": "n 0 1 2", "events 2": "n 3 4 5", "events 3": "n 6"}, got); diff != "" {
		t.Errorf("sheets (-want +got):\n%s", diff)
	}
	if n := len(f.GetDefinedName()); n != 3 {
		t.Errorf("%d filters, want one a sheet", n)
	}
}

// Every row comes back from row groups of any size, and their bounds are true.
func TestParquetRowGroups(t *testing.T) {
	columns := []column{
		{name: "word"},
		{name: "text", kind: kindText},
		{name: "number", kind: kindNumber, optional: true},
		{name: "bool", kind: kindBool, optional: true},
		{name: "day", kind: kindDay},
		{name: "at", kind: kindInstant},
	}
	for _, most := range []int{1, 7, 8, 100, 1000} {
		var out bytes.Buffer
		p := newParquet(&out, columns, "zone", "UTC", "from", "")
		p.most = most
		var want []string
		for n := range int64(500) {
			// Runs, and numbers that differ; nulls alone and in a row.
			cells := []value{
				{text: fmt.Sprint(n / 40 * (n % 3))},
				{text: strings.Repeat("x", int(n%7))},
				{n: n - 250, null: n%5 == 0},
				{n: n / 20 % 2, null: n > 100 && n < 300},
				{n: n - 10},
				{n: -n * 1e10},
			}
			if err := p.row(cells); err != nil {
				t.Fatal(err)
			}
			var line strings.Builder
			for i, v := range cells {
				switch {
				case v.null:
					line.WriteString(" null")
				case columns[i].kind == kindBool:
					line.WriteString(fmt.Sprint(" ", v.n == 1))
				case columns[i].kind == kindWord || columns[i].kind == kindText:
					line.WriteString(" " + v.text)
				default:
					line.WriteString(fmt.Sprint(" ", v.n))
				}
			}
			want = append(want, line.String())
		}
		if err := p.end(); err != nil {
			t.Fatal(err)
		}
		f, err := parquet.OpenFile(bytes.NewReader(out.Bytes()), int64(out.Len()))
		if err != nil {
			t.Fatal(err)
		}
		if zone, ok := f.Lookup("zone"); zone != "UTC" || !ok {
			t.Errorf("zone %q, want UTC", zone)
		}
		if _, ok := f.Lookup("from"); ok {
			t.Error("what is not known is in the metadata")
		}
		if groups := len(f.RowGroups()); groups != (500+most-1)/most {
			t.Errorf("%d row groups of up to %d", groups, most)
		}
		if diff := cmp.Diff(want, parquetLines(t, f)); diff != "" {
			t.Errorf("groups of %d (-written +read):\n%s", most, diff)
		}
	}
}

// parquetLines returns the rows of a file as text, and checks the bounds of each
// column chunk.
func parquetLines(t *testing.T, f *parquet.File) (lines []string) {
	t.Helper()
	for g, group := range f.RowGroups() {
		rows := group.Rows()
		page := make([]parquet.Row, group.NumRows()+1)
		n, _ := rows.ReadRows(page) // with io.EOF
		for _, cells := range page[:n] {
			var line strings.Builder
			for i, v := range cells {
				stats := f.Metadata().RowGroups[g].Columns[i].MetaData.Statistics
				if v.IsNull() {
					line.WriteString(" null")
					continue
				}
				if v.Kind() == parquet.Int64 {
					least, most := parquet.Int64.Value(stats.MinValue), parquet.Int64.Value(stats.MaxValue)
					if v.Int64() < least.Int64() || v.Int64() > most.Int64() {
						t.Errorf("%d is not within %d and %d", v.Int64(), least.Int64(), most.Int64())
					}
				}
				line.WriteString(" " + v.String())
			}
			lines = append(lines, line.String())
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return lines
}

// A row group ends where notes get long, whatever the number of rows.
func TestParquetBoundsItsMemory(t *testing.T) {
	var out bytes.Buffer
	p := newParquet(&out, []column{{name: "note", kind: kindText}})
	note := strings.Repeat("x", 8000)
	for range groupBytes / 8000 * 3 {
		if err := p.row([]value{{text: note}}); err != nil {
			t.Fatal(err)
		}
		if held := len(p.columns[0].plain); held > groupBytes+len(note) {
			t.Fatalf("%d bytes in memory", held)
		}
	}
	if err := p.end(); err != nil {
		t.Fatal(err)
	}
	if len(p.groups) < 3 {
		t.Errorf("%d row groups, want 3 or 4", len(p.groups))
	}
}

// FuzzRuns packs numbers as Parquet does and unpacks them.
func FuzzRuns(f *testing.F) {
	f.Add([]byte{1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3}, uint8(1))
	f.Add([]byte("aaaaaaaabcdefghhhhhhhhhhhhhhhhhi"), uint8(16))
	f.Fuzz(func(t *testing.T, numbers []byte, bits uint8) {
		width := int(bits)%17 + 1
		want := make([]uint32, len(numbers))
		for i, b := range numbers {
			want[i] = uint32(b) << (b % 9) & (1<<width - 1)
		}
		got := unpack(t, appendRuns(nil, want, width), width)
		if len(got) < len(want) || len(got) >= len(want)+8 {
			t.Fatalf("%d numbers became %d", len(want), len(got))
		}
		if diff := cmp.Diff(want, got[:len(want)]); diff != "" {
			t.Errorf("numbers of %d bits (-written +read):\n%s", width, diff)
		}
	})
}

// unpack reads the hybrid of runs and packed bits.
func unpack(t *testing.T, b []byte, width int) []uint32 {
	t.Helper()
	out := []uint32{}
	for len(b) > 0 {
		header, n := uint64(0), 0
		for shift := 0; ; shift += 7 {
			header |= uint64(b[n]&127) << shift
			if n++; b[n-1] < 128 {
				break
			}
		}
		b = b[n:]
		if header&1 == 0 {
			v := uint32(0)
			for i := range (width + 7) / 8 {
				v |= uint32(b[i]) << (8 * i)
			}
			for range header >> 1 {
				out = append(out, v)
			}
			b = b[(width+7)/8:]
			continue
		}
		for i := range int(header>>1) * 8 {
			v := uint32(0)
			for bit := range width {
				at := i*width + bit
				v |= uint32(b[at/8]>>(at%8)&1) << bit
			}
			out = append(out, v)
		}
		b = b[int(header>>1)*width:]
	}
	return out
}
