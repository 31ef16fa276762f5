package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	bolt "go.etcd.io/bbolt"
)

// Search says what a search of a database file for erased bytes found.
type Search struct {
	// Bytes is how long the file is, SHA256 its sum, and Needles how many texts and
	// numbers were looked for.
	Bytes   int64
	SHA256  [32]byte
	Needles int
	// Elsewhere counts the notes and names that were erased and stand, word for
	// word, in what was not: in a note or name, as a part of one too, or in what
	// every database file has.
	Elsewhere int
}

// errNotGone says that erased bytes are still in the file: a fault of this program.
var errNotGone = errors.New("what was erased is still in the file")

// needle is something to look for in a file.
type needle struct {
	bytes []byte
	// what it is, in an error.
	what string
	// words may be in the file for another reason.
	words bool
	found bool
}

// needles are all that must not be in the file any more: the ids, the notes with
// their checksums, which tell them from the same words elsewhere, and the words.
func (e *eraser) needles() (all []*needle) {
	add := func(b []byte, what string, words bool) {
		if len(b) >= prefixBytes { // fewer are everywhere
			all = append(all, &needle{bytes: b, what: what, words: words})
		}
	}
	for _, id := range e.ids {
		if e.as[id] == id {
			continue // at the very start of a quarter hour it tells no more than its tombstone
		}
		add(bytes.Clone(id[:]), "the id of event "+id.String(), false)
	}
	for _, n := range e.notes {
		add(notesTable.seal(n.key, []byte(n.text)), fmt.Sprintf("note %x", n.key), false)
		add([]byte(n.text), fmt.Sprintf("the words of note %x", n.key), true)
	}
	for _, name := range e.words {
		add([]byte(name), "a device or key", true)
	}
	for _, a := range e.actions {
		add(a.sealed, "action "+a.id, false)
		add([]byte(a.what), "the words of action "+a.id, true)
		add([]byte(a.owner), "the owner of action "+a.id, true)
	}
	return all
}

// search looks for what was erased in every byte of the file.
func (s *Store) search(ctx context.Context, e *eraser) (Search, error) {
	needles := e.needles()
	f, err := os.Open(s.path)
	if err != nil {
		return Search{}, err
	}
	defer f.Close()
	out := Search{Needles: len(needles)}
	sum := sha256.New()
	if out.Bytes, err = find(io.TeeReader(f, sum), needles); err != nil {
		return out, err
	}
	out.SHA256 = [32]byte(sum.Sum(nil))
	for _, n := range needles {
		if !n.found {
			continue
		}
		known := false
		if n.words {
			if known, err = s.elsewhere(ctx, string(n.bytes)); err != nil {
				return out, err
			}
		}
		if !known {
			return out, fmt.Errorf("%w: %s", errNotGone, n.what)
		}
		out.Elsewhere++
	}
	return out, nil
}

// elsewhere reports whether a note has some words, or a text of the dictionary, or
// what every file has: the names of buckets and the keys in the first of them.
func (s *Store) elsewhere(ctx context.Context, text string) (found bool, err error) {
	for _, t := range tablesOf(len(formatTables)) {
		found = found || strings.Contains(string(t.name), text)
	}
	err = s.view(ctx, func(tx *bolt.Tx, w words) error {
		for _, other := range w.texts {
			found = found || strings.Contains(other, text)
		}
		for _, t := range []table{metaTable, notesTable, catalogueTable, refusalsTable, refsTable, contactsTable, actionsTable, frozenTable} {
			for key, value := range t.pairs(tx, nil) {
				if found = found || bytes.Contains(key, []byte(text)) || bytes.Contains(value, []byte(text)); found {
					return nil
				}
			}
		}
		return nil
	})
	return found, err
}

// prefixBytes is how many bytes of a needle are looked at first.
const prefixBytes = 4

// find reads to the end, marks the needles that it meets, and returns how many
// bytes there were.
func find(r io.Reader, needles []*needle) (total int64, err error) {
	longest := prefixBytes // of what is looked for, or of a prefix where nothing is
	byPrefix := make(map[uint32][]*needle)
	var may [1 << 16]bool // whether a prefix may be one, by a hash of it
	hash := func(prefix uint32) uint32 { return prefix * 2654435761 >> 16 }
	for _, n := range needles {
		prefix := binary.BigEndian.Uint32(n.bytes)
		byPrefix[prefix] = append(byPrefix[prefix], n)
		may[hash(prefix)] = true
		longest = max(longest, len(n.bytes))
	}
	const chunk = 1 << 20
	buf := make([]byte, 0, chunk+longest)
	for {
		kept := len(buf)
		n, err := io.ReadFull(r, buf[kept:kept+chunk])
		buf = buf[:kept+n]
		total += int64(n)
		last := err != nil
		if last && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return total, err
		}
		end := len(buf) - longest // a needle that begins behind it may be cut off
		if last {
			end = len(buf) - prefixBytes + 1
		}
		at := 0
		for ; at < end; at++ {
			prefix := binary.BigEndian.Uint32(buf[at:])
			if !may[hash(prefix)] {
				continue
			}
			for _, n := range byPrefix[prefix] {
				n.found = n.found || bytes.HasPrefix(buf[at:], n.bytes)
			}
		}
		if last {
			return total, nil //nolint:nilerr // the end of the file
		}
		buf = buf[:copy(buf, buf[at:])]
	}
}
