package export

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
)

// maxRecordBytes bounds one row of a file. The longest event there can be has
// under 20 KiB: a note of 2000 characters of 4 bytes or as many doubled quotes,
// five names of 80.
const maxRecordBytes = 1 << 16

var errRecordTooLong = errors.New("record too long")

// records reads CSV record by record in bounded memory. The csv.Reader in it
// would read a record of any length, so it is fed one line at a time from a
// source that counts: between two records it holds nothing, and this type knows
// where in the file, and in which line, it stands.
type records struct {
	src *bufio.Reader
	csv *csv.Reader

	lines int    // lines begun so far
	line  []byte // what of the current line the csv.Reader has not yet asked for
	err   error  // the source's, after line
	full  bool   // the current line is complete, or the last of the file

	start int  // the line in which the current record began, 0 for not begun
	size  int  // bytes of the current record so far
	odd   bool // the current record has an odd number of quotes so far: one is open
}

func newRecords(r io.Reader) *records {
	rs := &records{src: bufio.NewReaderSize(r, maxRecordBytes+1), full: true}
	rs.csv = csv.NewReader(recordSource{rs})
	rs.csv.FieldsPerRecord = -1 // counted by the caller, who can say it better
	rs.csv.ReuseRecord = true
	return rs
}

// next returns the next record and the line in which it begins, io.EOF after
// the last one. After a *LineError there may be more.
func (rs *records) next() (record []string, line int, err error) {
	rs.start, rs.size, rs.odd = 0, 0, false
	record, err = rs.csv.Read()
	line = rs.start
	if line == 0 {
		line = max(rs.lines, 1) // not one byte came
	}
	var syntax *csv.ParseError
	switch {
	case err == nil:
		return record, line, nil
	case errors.Is(err, io.EOF):
		return nil, line, io.EOF
	case rs.size > maxRecordBytes:
		err = rs.skip(err)
	case errors.As(err, &syntax):
		err = syntaxError(syntax)
	default:
		err = fmt.Errorf("reading the file: %w", err)
		rs.err = io.EOF // said once; there is nothing after it
	}
	return nil, line, &LineError{line, err}
}

// syntaxError says what a csv.ParseError means to somebody who looks at the
// file; its own line numbers are not the file's.
func syntaxError(err *csv.ParseError) error {
	if errors.Is(err.Err, csv.ErrBareQuote) {
		return errors.New(`a " inside a cell that does not begin with one: put the cell in quotes and double the " in it`)
	}
	return errors.New(`a quoted cell does not end with a " before the next comma or the end of the line: double each " inside it`)
}

// skip reads on to the end of a record that is too long and returns the error
// for it; err is what the csv.Reader made of its beginning. The csv.Reader has
// used up what it was given, so the rest of the line is what rs.line holds, and
// what the source still has of it.
func (rs *records) skip(err error) error {
	rs.countQuotes(rs.line)
	var syntax *csv.ParseError
	broken := errors.As(err, &syntax) // then quotes say nothing: the record ends with the line
	for rs.line = nil; !rs.full || rs.odd && !broken; rs.line = nil {
		if err := rs.fill(); err != nil {
			break
		}
		rs.countQuotes(rs.line)
	}
	switch {
	case broken:
		return syntaxError(syntax)
	case rs.odd:
		return errors.New(`a quoted cell begins here and never ends: a " is missing`)
	}
	return fmt.Errorf("the row is longer than the %d bytes that are allowed", maxRecordBytes)
}

func (rs *records) countQuotes(b []byte) {
	if bytes.Count(b, []byte{'"'})%2 == 1 {
		rs.odd = !rs.odd
	}
}

// fill reads the next line into rs.line, or its next piece if it is very long.
func (rs *records) fill() error {
	if rs.err != nil {
		return rs.err
	}
	if rs.full {
		rs.lines++
	}
	var err error
	rs.line, err = rs.src.ReadSlice('\n')
	rs.full = !errors.Is(err, bufio.ErrBufferFull)
	if rs.full {
		rs.err = err
	}
	if len(rs.line) == 0 {
		return rs.err
	}
	return nil
}

// recordSource is the csv.Reader's view of records.
type recordSource struct{ *records }

// Read gives at most the rest of one line.
func (rs recordSource) Read(p []byte) (int, error) {
	for len(rs.line) == 0 {
		if err := rs.fill(); err != nil {
			return 0, err
		}
		if rs.size > 0 {
			continue
		}
		switch string(rs.line) {
		case "\n", "\r\n", "\r": // an empty line between records; the csv.Reader skips it too
			rs.line = nil
			continue
		}
		rs.start = rs.lines
	}
	n := copy(p, rs.line)
	rs.size += n
	if rs.size > maxRecordBytes {
		return 0, errRecordTooLong
	}
	rs.countQuotes(rs.line[:n])
	rs.line = rs.line[n:]
	return n, nil
}
