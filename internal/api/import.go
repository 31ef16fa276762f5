package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"magicbutton/internal/cx"
)

// Bounds of an [ImportBatch], which is one transaction: presses wait for the end
// of one.
const (
	MaxBatch      = 8192    // rows
	MaxBatchBytes = 8 << 20 // of their lines, but for one row that is longer
)

// ImportBatch is a part of a file to import. The client sends the batches of a
// file in order, each after the one before was answered. On the wire the rows are
// the CSV that they came from.
type ImportBatch struct {
	// File is the SHA-256 of the whole file, in hex.
	File string
	// First is how many rows of the file were sent before this batch.
	First int
	// Header is the line with the names of the columns.
	Header []byte
	Rows   []ImportRow
	// Done says that this is the last batch.
	Done bool
	// Again lets a file in that was imported before.
	Again bool
}

// ImportRow is one event to import. An event without an id gets one made from At.
type ImportRow struct {
	// Line is where the row begins in the file, from 1.
	Line  int
	At    time.Time
	Event cx.Event
	// Raw are the lines of the row, each with a line feed, and the empty ones
	// before it. Only what crosses the wire needs it.
	Raw []byte
}

// Imported says what became of a batch.
type Imported struct {
	// New, Changed and Unchanged count rows: stored, stored as a higher
	// revision, and known already.
	New       int `json:"new"`
	Changed   int `json:"changed"`
	Unchanged int `json:"unchanged"`
	// Gone counts rows whose events were erased or purged here: they are left out.
	Gone int `json:"gone,omitempty"`
}

// Add adds up what became of batches.
func (i *Imported) Add(more Imported) {
	i.New += more.New
	i.Changed += more.Changed
	i.Unchanged += more.Unchanged
	i.Gone += more.Gone
}

// Import stores one batch of a file.
func (c *Client) Import(ctx context.Context, b ImportBatch) (Imported, error) {
	body := append(csvBody(nil), b.Header...)
	line := 0
	for i, r := range b.Rows {
		if i == 0 {
			line = r.Line - countEmpty(r.Raw)
		}
		body = append(body, r.Raw...)
	}
	v := url.Values{"file": {b.File}, "first": {strconv.Itoa(b.First)}, "line": {strconv.Itoa(line)}}
	for name, set := range map[string]bool{"done": b.Done, "again": b.Again} {
		if set {
			v.Set(name, "true")
		}
	}
	return call[Imported](ctx, c, http.MethodPost, PathImport+"?"+v.Encode(), body)
}

// countEmpty counts the empty lines before a row.
func countEmpty(raw []byte) (n int) {
	for n < len(raw) && raw[n] == '\n' {
		n++
	}
	return n
}

// csvBody is the body of a request, as it is.
type csvBody []byte

// ParseImport takes what a batch is out of a URL, without its rows, and in which
// line of the file they begin.
func ParseImport(v url.Values) (b ImportBatch, line int, err error) {
	p := params{v: v}
	p.only("file", "first", "line", "done", "again")
	b = ImportBatch{File: v.Get("file"), First: p.count("first"), Done: p.boolean("done"), Again: p.boolean("again")}
	line = p.count("line")
	return b, line, Bad(errors.Join(p.errs...))
}
