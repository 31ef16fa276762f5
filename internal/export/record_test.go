package export

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// FuzzRecords holds the reading of records, their lines and their errors against
// encoding/csv reading the whole file, which is right while nothing is too long.
func FuzzRecords(f *testing.F) {
	f.Add("a,b\n\"c\nd\",e\n\r\n\n\"\"\"\",f\r\n")
	f.Add("a\"b\n\"c\"d\n\r\r\n\"e\n\n\r")
	f.Add(strings.Repeat("a,", 5000) + "\n\"" + strings.Repeat("\n", 5000))
	f.Fuzz(func(t *testing.T, file string) {
		if len(file) > maxRecordBytes {
			t.Skip("encoding/csv has no bound")
		}
		oracle := csv.NewReader(strings.NewReader(file))
		oracle.FieldsPerRecord = -1
		rs := newRecords(strings.NewReader(file))
		for {
			want, wantErr := oracle.Read()
			got, line, err := rs.next()
			if errors.Is(wantErr, io.EOF) || errors.Is(err, io.EOF) {
				if !errors.Is(wantErr, io.EOF) || !errors.Is(err, io.EOF) {
					t.Fatalf("%q, %v at the end, want %q, %v", got, err, want, wantErr)
				}
				return
			}
			var wantLine int
			if syntax, ok := errors.AsType[*csv.ParseError](wantErr); ok {
				wantLine = syntax.StartLine
			} else {
				wantLine, _ = oracle.FieldPos(0)
			}
			if (err == nil) != (wantErr == nil) || line != wantLine || err == nil && !slices.Equal(texts(got), want) {
				t.Fatalf("line %d: %q, %v, want line %d: %q, %v", line, got, err, wantLine, want, wantErr)
			}
		}
	})
}

// A row of the longest allowed length is read, one byte more is not, and the
// rows around it are, wherever it is cut.
func TestRecordBound(t *testing.T) {
	for _, end := range []string{"\n", "\r\n", `"` + "\n", `""",x` + "\n", ""} {
		for _, over := range []int{-1, 0, 1, 4096, maxRecordBytes} {
			begin := ""
			if strings.Contains(end, `"`) {
				begin = "\"a\n"
			}
			long := begin + strings.Repeat("b", maxRecordBytes+over-len(begin)-len(end)) + end
			rs := newRecords(strings.NewReader("1\n" + long + "2\n"))
			if end == "" {
				rs = newRecords(strings.NewReader("1\n" + long))
			}
			var cells []string
			bad := 0
			for {
				record, line, err := rs.next()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					bad++
					if line != 2 {
						t.Errorf("end %q, %d over: error in line %d, want 2", end, over, line)
					}
					continue
				}
				cells = append(cells, string(record[0][:1]))
			}
			want := "1 b 2"
			if begin != "" {
				want = "1 a 2"
			}
			if over > 0 {
				want = "1 2"
			}
			if end == "" {
				want = strings.TrimSuffix(want, " 2")
			}
			if got := strings.Join(cells, " "); got != want || (bad > 0) != (over > 0) {
				t.Errorf("end %q, %d over: records %q and %d errors, want %q", end, over, got, bad, want)
			}
		}
	}
}
