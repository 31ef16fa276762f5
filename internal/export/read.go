package export

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"magicbutton/internal/cx"
)

// Row is one event read from a file.
type Row struct {
	// Line is where the row begins in the file, from 1.
	Line int
	// At is the event's instant, in UTC to the millisecond.
	At time.Time
	// Event is the event, checked and its note scrubbed. Its ID, RecordedAt and,
	// unless the row names one, Conversation are zero where the row has no id:
	// such a row is a new event, for the store to name.
	Event cx.Event
}

// LineError says what is wrong with one line of a file.
type LineError struct {
	// Line is where the bad row begins, from 1; 1 also for a file as a whole.
	Line int
	// Err joins every problem of the line.
	Err error
}

func (e *LineError) Error() string {
	return fmt.Sprintf("line %d: %s", e.Line, strings.ReplaceAll(e.Err.Error(), "\n", "; "))
}

// Unwrap returns what is wrong.
func (e *LineError) Unwrap() error { return e.Err }

// ReadEvents reads the CSV that [WriteEvents] writes, or one made by hand with
// at least the columns at and tag, in any order. It holds one row at a time.
// Every error is a *[LineError], and reading goes on after it, so that a caller
// can report every bad line; only a file without a usable header ends there, and
// one that cannot be read on. A header alone is a file without events and no
// error.
//
// A row with an id is an event that was stored before: at must be the instant in
// the id, whatever the clock said, and its note is taken as it stands. A row
// without one is a new event: its instant lies in the years 2000 to 2100, its
// note loses the white space around it, and what only a stored event can have is
// an error: a recorded_at, a revision above 0, voided, or a source that is live
// (see [cx.Source.Live]). An empty source is import; an empty conversation is
// the event's own.
func ReadEvents(r io.Reader) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		in := NewReader(r)
		for {
			var row Row
			err := in.Next(&row)
			if errors.Is(err, io.EOF) || !yield(row, err) {
				return
			}
		}
	}
}

// Reader is what [ReadEvents] reads with, for many rows.
type Reader struct {
	records *records
	header  header
	begun   bool
	known   knownCells
}

// NewReader returns a Reader of a file.
func NewReader(r io.Reader) *Reader { return &Reader{records: newRecords(r)} }

// Next reads the next row, or returns io.EOF after the last one. After a
// *[LineError], which row.Line names too, there may be more.
func (r *Reader) Next(row *Row) error {
	*row = Row{}
	if !r.begun {
		r.begun = true
		var err *LineError
		if r.header, err = readHeader(r.records); err != nil {
			r.records.err = io.EOF
			row.Line = err.Line
			return err
		}
	}
	cells, line, err := r.records.next()
	row.Line = line
	if err != nil {
		return err
	}
	if len(cells) == r.header.cells && r.known.row(&r.header, cells, row) {
		return nil
	}
	*row, err = r.header.row(texts(cells), line)
	if err == nil {
		r.known.learn(&r.header, cells, row)
	}
	return err
}

// KeepRaw makes [Reader.Raw] return what it says.
func (r *Reader) KeepRaw() { r.records.keep = true }

// Raw returns the lines of the row that was read last, with the empty ones before
// it, good until the next. With [Reader.Header] before them, rows make a file.
func (r *Reader) Raw() []byte { return r.records.raw }

// Header returns one line with the names of the columns, in their order.
func (r *Reader) Header() []byte {
	names := make([]string, r.header.cells)
	for c, i := range r.header.index {
		if i >= 0 {
			names[i] = columnNames[c]
		}
	}
	return []byte(strings.Join(names, ",") + "\n")
}

func texts(cells [][]byte) []string {
	record := make([]string, len(cells))
	for i, c := range cells {
		record[i] = string(c)
	}
	return record
}

func readHeader(rs *records) (header, *LineError) {
	begin, err := rs.src.Peek(512)
	if len(begin) == 0 {
		if !errors.Is(err, io.EOF) {
			return header{}, &LineError{1, fmt.Errorf("reading the file: %w", err)}
		}
		return header{}, &LineError{1, errors.New("the file is empty: want a header with at least the columns at and tag")}
	}
	if what := foreign(begin); what != "" {
		return header{}, &LineError{1, fmt.Errorf("the file is no CSV, it looks like %s", what)}
	}
	if strings.HasPrefix(string(begin), byteOrderMark) {
		_, _ = rs.src.Discard(len(byteOrderMark)) // it was peeked, so it is there
	}
	record, line, err := rs.next()
	var bad *LineError
	switch {
	case errors.As(err, &bad):
		return header{}, &LineError{bad.Line, fmt.Errorf("reading the header: %w", bad.Err)}
	case err != nil:
		return header{}, &LineError{1, errors.New("the file has only empty lines: want a header with at least the columns at and tag")}
	}
	h, err := parseHeader(texts(record))
	if err != nil {
		return header{}, &LineError{line, err}
	}
	return h, nil
}
