package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"

	"magicbutton/internal/cx"
	"magicbutton/internal/export"
)

// importFile is a file whose lines were checked.
type importFile struct {
	sum  string // SHA-256, which names it from then on
	rows int
	// unchanged reports whether nobody has written to it since.
	unchanged func() bool
}

// checkImport reads the whole file, and says what is wrong with each bad line.
func checkImport(ctx context.Context, p place, f io.ReadSeeker, path string, size int64) (importFile, error) {
	show, done := progressLine(p.env, "checking")
	defer done()
	c := importCheck{place: p, path: path, size: size, show: seldom(show), done: done, unlisted: make(map[string]int)}
	sum := newHasher()
	err := c.lines(ctx, io.TeeReader(f, sum))
	if err == nil {
		_, err = io.Copy(sum, f) // what is behind a header that is bad
	}
	file := importFile{sum: sum.end(), rows: c.rows}
	if err == nil && c.bad == 0 && !c.ordered {
		err = c.twice(ctx, f)
	}
	if err != nil {
		return importFile{}, fmt.Errorf("importing %s: %w", path, err)
	}
	if c.bad > 0 {
		return importFile{}, hinted{
			fmt.Errorf("importing %s: %s; nothing was stored", path, plural(c.bad, "bad line")),
			"magicbutton import --help names the columns",
		}
	}
	c.tellUnlisted()
	return file, nil
}

// importCheck is the check of one file.
type importCheck struct {
	place place
	path  string
	size  int64
	show  func(done, total int)
	done  func() // takes the line of the progress away

	rows, bad int
	ordered   bool // each id is greater than all before it, so that none is there twice
	unlisted  map[string]int
}

// refuse says what is wrong with a line.
func (c *importCheck) refuse(err error) {
	c.done()
	say(c.place.env.Stderr, "%s: %v", c.path, err)
	c.bad++
}

// lines reads each line for itself.
func (c *importCheck) lines(ctx context.Context, f io.Reader) error {
	var last cx.ID
	var listed string // the tag that was found last
	c.ordered = true
	return c.each(ctx, f, func(row *export.Row, err error) error {
		if err != nil {
			c.refuse(err)
			return nil
		}
		c.rows++
		if id := row.Event.ID; !id.IsZero() {
			c.ordered = c.ordered && string(last[:]) < string(id[:])
			last = id
		}
		if tag := row.Event.Tag; tag != listed {
			if _, ok := c.place.config.Catalogue.Tag(tag); ok {
				listed = tag
			} else {
				c.unlisted[tag]++
			}
		}
		return nil
	})
}

// twice looks for ids that are there twice with contents that cannot both be
// stored.
func (c *importCheck) twice(ctx context.Context, f io.ReadSeeker) (err error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	seen := export.NewTwice()
	defer closing(seen.Close, &err)
	err = c.each(ctx, f, func(row *export.Row, err error) error {
		return errors.Join(err, seen.Add(row))
	})
	if err != nil {
		return err
	}
	return seen.Find(func(d *export.Disagreement) {
		c.refuse(&export.LineError{Line: d.Line, Err: d})
	})
}

// each calls fn with each row of a file, or what is wrong with it.
func (c *importCheck) each(ctx context.Context, f io.Reader, fn func(row *export.Row, err error) error) error {
	read := &countingReader{r: f}
	in := export.NewReader(read)
	var row export.Row
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		for range 1000 {
			err := in.Next(&row)
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err := fn(&row, err); err != nil {
				return err
			}
		}
		c.show(int(read.n), int(c.size))
	}
}

// tellUnlisted tells of tags that may be misspelt.
func (c *importCheck) tellUnlisted() {
	for _, tag := range slices.Sorted(maps.Keys(c.unlisted)) {
		say(c.place.env.Stderr, "note: %s with the tag %q, which the configuration does not have", plural(c.unlisted[tag], "event"), tag)
	}
}

// countingReader counts what is read.
type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// hasher sums a file up beside the work on it.
type hasher struct {
	full, empty chan []byte
	sum         chan string
}

// hasherBuffers is how many pieces of the file may wait for their sum.
const hasherBuffers = 4

func newHasher() *hasher {
	h := &hasher{make(chan []byte, hasherBuffers), make(chan []byte, hasherBuffers), make(chan string)}
	for range hasherBuffers {
		h.empty <- nil
	}
	go func() { // ends with end
		var sum hash.Hash = sha256.New()
		for b := range h.full {
			sum.Write(b)
			h.empty <- b
		}
		h.sum <- hex.EncodeToString(sum.Sum(nil))
	}()
	return h
}

// Write adds to the sum.
func (h *hasher) Write(p []byte) (int, error) {
	h.full <- append((<-h.empty)[:0], p...)
	return len(p), nil
}

// end returns the sum.
func (h *hasher) end() string {
	close(h.full)
	return <-h.sum
}
