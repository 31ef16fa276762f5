package export

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzKnownCells holds the quick way to read a row against the one that says what
// is wrong with it: what the quick one accepts, the other reads alike.
func FuzzKnownCells(f *testing.F) {
	const id = "01M7HV29E00410610500000001"
	const other = "01M7HV29E10410610500000002"
	head := "id,at,recorded_at,desk,tag,tried,forced,conversation,note,source,key,clock,rev,voided\n"
	row := id + ",2026-11-16T09:30:00.000Z,2026-11-16T09:30:00Z,'-1,praise,,," + id + ",,device,F13,,0,false\n"
	f.Add(head + row + row)
	f.Add(head + row + other + ",2026-11-16T09:30:00.001Z,,'-1,praise,,," + id + ",\"'=a 4111 1111 1111 1111\",device,F13,,7,true\n")
	for _, bad := range []string{"T24:30", "T09:60", "T9:30:", "-30T09", "T09:30:60", "T09:30:0x"} {
		f.Add(head + row + strings.Replace(row, "T09:30:00", bad, 1))
	}
	f.Add("at,tag,source,rev,recorded_at\n" + strings.Repeat("2026-11-16T09:30:00Z,praise,,,\n", 3) + "2026-11-16T09:30:00Z,praise,,1,\n")
	f.Add("at,tag,note,voided\n" + strings.Repeat("2026-11-16T09:30:00Z,praise, a ,false\n", 3) + "1999-11-16T09:30:00Z,praise,\xff,true\n")
	f.Add("at,tag,tried,forced\n" + strings.Repeat("2026-11-16T09:30:00Z,praise,chat,true\n", 2) + "2026-11-16T09:30:00Z,praise,,true\n")
	f.Fuzz(func(t *testing.T, file string) {
		rs := newRecords(strings.NewReader(file))
		h, bad := readHeader(rs)
		if bad != nil {
			return
		}
		var known knownCells
		for {
			cells, line, err := rs.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil || len(cells) != h.cells {
				continue
			}
			want, wantErr := h.row(texts(cells), line)
			got := Row{Line: line}
			switch {
			case !known.row(&h, cells, &got):
				if got != (Row{Line: line}) {
					t.Errorf("line %d: left behind %+v", line, got)
				}
			case wantErr != nil:
				t.Errorf("line %d: accepted, want %v", line, wantErr)
			default:
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("line %d (-want +got):\n%s", line, diff)
				}
			}
			if wantErr == nil {
				known.learn(&h, cells, &want)
			}
		}
	})
}

// The quick way is the one that an export's rows take.
func TestKnownCellsAreUsed(t *testing.T) {
	row := "01M7HV29E00410610500000001,2026-11-16T09:30:00.000Z,2026-11-17T09:30:00.000Z,desk,praise,\n"
	rs := newRecords(strings.NewReader("id,at,recorded_at,desk,tag,note\n" + row + row + row))
	h, bad := readHeader(rs)
	if bad != nil {
		t.Fatal(bad)
	}
	var known knownCells
	for i := range 3 {
		cells, line, err := rs.next()
		if err != nil {
			t.Fatal(err)
		}
		row := Row{Line: line}
		if ok := known.row(&h, cells, &row); ok != (i > 0) {
			t.Errorf("row %d: known %v", i, ok)
		}
		if row, err = h.row(texts(cells), line); err != nil {
			t.Fatal(err)
		}
		known.learn(&h, cells, &row)
	}
}
