package cli

import (
	"context"
	"errors"
	"io"
	"time"

	"magicbutton/internal/api"
	"magicbutton/internal/export"
)

var errFileChanged = errors.New("the file changed while it was imported")

// Batches are as long as they may be without holding up a press: the next is
// longer where one took less than half of that, and shorter where it took more. A
// disk that is slow to flush is no quicker with small ones.
const (
	firstBatch = 2048 // rows
	leastBatch = 512
	batchTime  = 150 * time.Millisecond
)

// sendImport stores the file in batches, from where an import that was
// interrupted stopped. The next rows are read while others are stored.
func sendImport(ctx context.Context, t *turns, f io.Reader, file importFile, again bool, show func(done, total int)) (total api.Imported, err error) {
	ctx, cancel := context.WithCancel(ctx)
	rows, free := make(chan importRows), make(chan importRows, 1) // 1: what was stored until it is read into
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		readImport(ctx, f, rows, free)
	}()
	defer func() {
		cancel()
		<-ended
	}()
	s := importSender{turns: t, file: file, again: again, size: firstBatch, show: show}
	for {
		var next importRows
		select {
		case next = <-rows:
		case <-ctx.Done():
			return s.total, ctx.Err()
		}
		if next.err != nil || next.last && !file.unchanged() {
			return s.total, errors.Join(errFileChanged, next.err)
		}
		if err := s.send(ctx, next); err != nil || next.last {
			return s.total, err
		}
		select {
		case free <- next:
		default:
		}
	}
}

// importSender stores the batches of a file.
type importSender struct {
	turns *turns
	file  importFile
	again bool
	show  func(done, total int)

	first int // rows that were sent
	size  int // rows of the next batch
	took  time.Duration
	total api.Imported
}

// send stores rows, in as many batches as they need.
func (s *importSender) send(ctx context.Context, next importRows) error {
	for left := next.rows; len(left) > 0 || next.last; {
		n := min(s.size, len(left))
		d, err := s.turns.desk(ctx, s.took)
		if err != nil {
			return err
		}
		start := time.Now()
		got, err := d.Import(ctx, api.ImportBatch{
			File: s.file.sum, First: s.first, Header: next.header, Rows: left[:n],
			Done: next.last && n == len(left), Again: s.again && s.first == 0,
		})
		if err != nil {
			return err
		}
		s.took = time.Since(start)
		s.total.Add(got)
		s.first += n
		s.show(s.first, s.file.rows)
		left = left[n:]
		if next.last && len(left) == 0 {
			return nil
		}
		switch {
		case s.took < batchTime/2 && n == s.size:
			s.size = min(2*s.size, api.MaxBatch)
		case s.took > batchTime:
			s.size = max(s.size/2, leastBatch)
		}
	}
	return nil
}

// importRows are some rows of a file, and the memory of their lines.
type importRows struct {
	header []byte
	rows   []api.ImportRow
	lines  []byte
	last   bool // of the file
	err    error
}

// keep copies a line.
func (r *importRows) keep(line []byte) []byte {
	if cap(r.lines)-len(r.lines) < len(line) { // the lines before stay where they are
		r.lines = make([]byte, 0, max(2*cap(r.lines), 4*len(line)))
	}
	from := len(r.lines)
	r.lines = append(r.lines, line...)
	return r.lines[from:len(r.lines):len(r.lines)]
}

// readImport reads a file that was checked, into memory that was used before where
// there is some.
func readImport(ctx context.Context, f io.Reader, out chan<- importRows, free <-chan importRows) {
	in := export.NewReader(f)
	in.KeepRaw()
	var row export.Row
	for {
		var next importRows
		select {
		case old := <-free:
			next.rows, next.lines = old.rows[:0], old.lines[:0]
		default:
		}
		for size := 0; len(next.rows) < api.MaxBatch && size < api.MaxBatchBytes; {
			err := in.Next(&row)
			if next.last = errors.Is(err, io.EOF); next.last {
				break
			}
			if err != nil { // it was checked: somebody is writing to the file
				next.err = err
				break
			}
			raw := next.keep(in.Raw())
			size += len(raw)
			next.rows = append(next.rows, api.ImportRow{Line: row.Line, At: row.At, Event: row.Event, Raw: raw})
		}
		next.header = in.Header()
		select {
		case out <- next:
		case <-ctx.Done():
			return
		}
		if next.last || next.err != nil {
			return
		}
	}
}
