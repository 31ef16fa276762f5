package export

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"magicbutton/internal/cx"
)

// header says where in a record each column is, -1 for nowhere.
type header struct {
	index [numColumns]int
	cells int
}

const byteOrderMark = "\ufeff"

// foreign names what a file is that is not CSV, by how it begins, or "".
func foreign(begin []byte) string {
	for _, f := range []struct{ magic, name string }{
		{"PK\x03\x04", "a workbook (.xlsx, .ods) or ZIP archive: save it as CSV (UTF-8), or export the events with --format csv"},
		{"\xff\xfe", "UTF-16 text"},
		{"\xfe\xff", "UTF-16 text"},
		{"\x1f\x8b", "compressed with gzip"},
		{parquetMagic, "a Parquet file: export the events with --format csv"},
		{"SQLite format 3\x00", "an SQLite database"},
		{"{", "JSON"},
		{"[", "JSON"},
	} {
		if bytes.HasPrefix(begin, []byte(f.magic)) {
			return f.name
		}
	}
	if line, _, _ := bytes.Cut(begin, []byte("\n")); bytes.IndexByte(line, 0) >= 0 {
		return "binary data"
	}
	return ""
}

// parseHeader reads the first record, or returns every problem with it.
func parseHeader(record []string) (header, error) {
	h := header{cells: len(record)}
	for i := range h.index {
		h.index[i] = -1
	}
	if len(record) == 1 {
		switch {
		case strings.Contains(record[0], ";"):
			return h, errors.New("the columns are separated by semicolons: want commas")
		case strings.Contains(record[0], "\t"):
			return h, errors.New("the columns are separated by tabs: want commas")
		}
	}
	const most = 5 // problems that are worth reading
	var errs []error
	for i, cell := range record {
		if len(errs) == most {
			errs = append(errs, errors.New("and more"))
			return h, errors.Join(errs...)
		}
		if err := h.add(i, cellText(cell)); err != nil {
			errs = append(errs, err)
		}
	}
	for _, c := range []int{colAt, colTag} {
		if h.index[c] < 0 {
			errs = append(errs, fmt.Errorf("there is no column %q", columnNames[c]))
		}
	}
	return h, errors.Join(errs...)
}

// add places the column called name at cell i of each record.
func (h *header) add(i int, name string) error {
	for c, known := range columnNames {
		if name != known {
			continue
		}
		if first := h.index[c]; first >= 0 {
			return fmt.Errorf("column %q is there twice, as the columns %d and %d", name, first+1, i+1)
		}
		h.index[c] = i
		return nil
	}
	if name == "" {
		return fmt.Errorf("column %d has no name", i+1)
	}
	if near := cx.Nearest(name, columnNames[:]); near != "" {
		return fmt.Errorf("unknown column %q (did you mean %q?)", clip(name), near)
	}
	return fmt.Errorf("unknown column %q (known: %s)", clip(name), strings.Join(columnNames[:], ", "))
}
