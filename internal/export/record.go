package export

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// maxRecordBytes bounds one row of a file. The longest event there can be has
// under 20 KiB: a note of 2000 characters of 4 bytes or as many doubled quotes,
// five names of 80.
const maxRecordBytes = 1 << 16

// readBytes is how much of a file is read at once.
const readBytes = 4 * maxRecordBytes

// records reads CSV record by record in bounded memory, as encoding/csv does but
// for three things: a record has a bound, its cells are not copied where they
// stand in the file as they are, and this type knows in which line it is.
type records struct {
	src   *bufio.Reader
	lines int   // lines begun so far
	err   error // the source's, at its end

	start int      // the line in which the record began
	size  int      // bytes of it so far
	odd   bool     // an odd number of quotes so far: one is open, if they are where they belong
	open  bool     // a cell in quotes goes on in the next line
	cells [][]byte // of the record; in the buffer of src, or in text
	text  []byte   // the cells of a record with quotes, one behind the other
	ends  []int    // where each ends

	keep bool   // whether raw is wanted
	raw  []byte // all lines since the record before, each with a line feed
}

func newRecords(r io.Reader) *records {
	return &records{src: bufio.NewReaderSize(r, readBytes)}
}

// next returns the next record, good until the one after, and the line in which it
// begins; io.EOF after the last one. After a *LineError there may be more.
func (rs *records) next() (record [][]byte, line int, err error) {
	rs.start, rs.size, rs.odd, rs.open, rs.raw = 0, 0, false, false, rs.raw[:0]
	for {
		b, whole, err := rs.readLine()
		if err != nil {
			return nil, max(rs.lines, 1), err // the LineError has the same
		}
		if rs.start = rs.lines; whole && (len(b) == 0 || b[0] == '\n') {
			rs.size = 0 // an empty line between records
			continue
		}
		if whole && rs.size <= maxRecordBytes && bytes.IndexByte(b, '"') < 0 {
			rs.split(b)
			return rs.cells, rs.start, nil
		}
		err = rs.parse(b, whole)
		return rs.cells, rs.start, err
	}
}

// readLine returns the next line with a line feed at its end, or without for the
// last one; of one that is too long in any case the beginning.
func (rs *records) readLine() (line []byte, whole bool, err error) {
	if rs.err != nil {
		return nil, false, rs.err
	}
	rs.lines++
	line, err = rs.src.ReadSlice('\n')
	rs.size += len(line)
	if errors.Is(err, bufio.ErrBufferFull) {
		return line, false, nil
	}
	if err != nil {
		rs.err = io.EOF // said once; there is nothing after it
		switch {
		case !errors.Is(err, io.EOF):
			return nil, false, &LineError{max(rs.lines, 1), fmt.Errorf("reading the file: %w", err)}
		case len(line) == 0:
			rs.lines--
			return nil, false, io.EOF
		}
		line = bytes.TrimSuffix(line, []byte("\r"))
	} else if n := len(line); n > 1 && line[n-2] == '\r' {
		line[n-2] = '\n'
		line = line[:n-1]
	}
	if rs.keep && rs.size <= maxRecordBytes {
		rs.raw = append(rs.raw, line...)
		if err != nil {
			rs.raw = append(rs.raw, '\n')
		}
	}
	return line, true, nil
}

// split cuts a line without quotes at its commas.
func (rs *records) split(line []byte) {
	if n := len(line); line[n-1] == '\n' {
		line = line[:n-1]
	}
	rs.cells = rs.cells[:0]
	for {
		i := bytes.IndexByte(line, ',')
		if i < 0 {
			rs.cells = append(rs.cells, line)
			return
		}
		rs.cells = append(rs.cells, line[:i])
		line = line[i+1:]
	}
}

var (
	errBareQuote  = errors.New(`a " inside a cell that does not begin with one: put the cell in quotes and double the " in it`)
	errQuote      = errors.New(`a quoted cell does not end with a " before the next comma or the end of the line: double each " inside it`)
	errNeverEnds  = errors.New(`a quoted cell begins here and never ends: a " is missing`)
	errLongRecord = fmt.Errorf("the row is longer than the %d bytes that are allowed", maxRecordBytes)
)

// parse reads a record with quotes, of which the first line was read, or one that
// is too long.
func (rs *records) parse(line []byte, whole bool) error {
	rs.text, rs.ends = rs.text[:0], rs.ends[:0]
	for {
		rs.countQuotes(line)
		err := rs.parseLine(line)
		switch {
		case !whole || rs.size > maxRecordBytes:
			return &LineError{rs.start, rs.skip(whole, err)}
		case err != nil:
			return &LineError{rs.start, err}
		case !rs.open:
			rs.cells = rs.cells[:0]
			from := 0
			for _, end := range rs.ends {
				rs.cells = append(rs.cells, rs.text[from:end:end])
				from = end
			}
			return nil
		}
		line, whole, err = rs.readLine()
		if errors.Is(err, io.EOF) {
			return &LineError{rs.start, errQuote}
		}
		if err != nil {
			return &LineError{rs.start, errors.Unwrap(err)}
		}
	}
}

// parseLine reads the cells of one line of a record.
func (rs *records) parseLine(line []byte) error {
	for {
		if !rs.open && (len(line) == 0 || line[0] != '"') {
			cell, rest, more := bytes.Cut(line, []byte{','})
			if !more {
				cell = bytes.TrimSuffix(cell, []byte("\n"))
			}
			if bytes.IndexByte(cell, '"') >= 0 {
				return errBareQuote
			}
			if rs.endCell(cell); !more {
				return nil
			}
			line = rest
			continue
		}
		if !rs.open {
			rs.open, line = true, line[1:]
		}
		text, rest, found := bytes.Cut(line, []byte{'"'})
		switch {
		case !found:
			rs.text = append(rs.text, text...)
			return nil
		case len(rest) > 0 && rest[0] == '"':
			rs.text = append(append(rs.text, text...), '"')
			line = rest[1:]
		case len(rest) > 0 && rest[0] == ',':
			rs.endCell(text)
			line = rest[1:]
		case len(rest) == 0 || rest[0] == '\n':
			rs.endCell(text)
			return nil
		default:
			return errQuote
		}
	}
}

// endCell ends a cell with a text.
func (rs *records) endCell(text []byte) {
	rs.text = append(rs.text, text...)
	rs.ends = append(rs.ends, len(rs.text))
	rs.open = false
}

func (rs *records) countQuotes(b []byte) {
	if bytes.Count(b, []byte{'"'})%2 == 1 {
		rs.odd = !rs.odd
	}
}

// skip reads on to the end of a record that is too long and returns the error for
// it; broken is what is wrong with its beginning.
func (rs *records) skip(whole bool, broken error) error {
	for !whole || rs.odd && broken == nil {
		var line []byte
		var err error
		if !whole {
			rs.lines-- // it goes on
		}
		if line, whole, err = rs.readLine(); err != nil {
			break
		}
		rs.countQuotes(line)
	}
	switch {
	case broken != nil:
		return broken
	case rs.odd:
		return errNeverEnds
	}
	return errLongRecord
}
