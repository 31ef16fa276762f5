package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"magicbutton/internal/cx"
)

// lastLeaf returns the page to which the next event goes.
func lastLeaf(t *testing.T, path string) (id uint64) {
	t.Helper()
	s, err := Open(path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.transact(t.Context(), func(tx *bolt.Tx) error {
		tree, err := eventsTable.treeOf(tx)
		if err != nil {
			return err
		}
		_, err = tree.last()
		id = tree.leaf().id
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// A page that a new event would be written on is looked at first: what bbolt took it
// for would be written back, and what it did not see would be gone.
func TestAppendLooksFirst(t *testing.T) {
	good, native := sampleFile(t), binary.NativeEndian
	path := filepath.Join(t.TempDir(), "events.db")
	if err := os.WriteFile(path, good, 0o600); err != nil {
		t.Fatal(err)
	}
	at := int(lastLeaf(t, path)) * os.Getpagesize()
	count := int(native.Uint16(good[at+pageCount:]))
	last := at + pageHeadBytes + pageElementBytes*(count-1)
	for name, damage := range map[string]func(b []byte){
		"fewer entries":         func(b []byte) { native.PutUint16(b[at+pageCount:], uint16(count-1)) },
		"no entry":              func(b []byte) { native.PutUint16(b[at+pageCount:], 0) },
		"more entries":          func(b []byte) { native.PutUint16(b[at+pageCount:], uint16(count|1<<12)) },
		"half a gigabyte":       func(b []byte) { b[last+15] ^= 0x20 },
		"more pages follow":     func(b []byte) { b[at+pageOverflow+2] ^= 2 },
		"a branch page":         func(b []byte) { native.PutUint16(b[at+pageFlags:], branchPage) },
		"a key moved":           func(b []byte) { b[at+pageHeadBytes+4] ^= 1 },
		"nothing but zeros":     func(b []byte) { clear(b[at : at+os.Getpagesize()]) },
		"another page's number": func(b []byte) { b[at+pageID] ^= 4 },
	} {
		t.Run(name, func(t *testing.T) {
			b := bytes.Clone(good)
			damage(b)
			path := filepath.Join(t.TempDir(), "events.db")
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := Open(path, Options{})
			if err == nil {
				_, err = s.Append(t.Context(), press(epoch.AddDate(1, 0, 0), "praise"))
				_ = s.Close()
			}
			if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), path) {
				t.Errorf("Append = %v, want ErrDamaged and the file's name", err)
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, b) {
				t.Errorf("the file was changed (%v)", err)
			}
		})
	}
}

// Zeroed pages, and files that are cut off, are errors for whoever opens, reads,
// checks or writes, and the end of nobody.
func TestZeroedAndCut(t *testing.T) {
	path, events := busyDesk(t)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	questions := questions(events)
	want, errs := askAll(t, path, questions)
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "wounded.db")
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	pageBytes := os.Getpagesize()
	for range faults(t, 25) {
		b := bytes.Clone(good)
		var what string
		if random.IntN(2) == 0 {
			at, size := random.IntN(len(b)), 1+random.IntN(2*pageBytes)
			clear(b[at:min(at+size, len(b))])
			what = fmt.Sprintf("%d bytes from byte %d on (page %d) zeroed", size, at, at/pageBytes)
		} else {
			b = b[:random.IntN(len(b))]
			what = fmt.Sprintf("cut to %d bytes (page %d)", len(b), len(b)/pageBytes)
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		answers, errs := askAll(t, path, questions)
		for i, err := range errs {
			if err != nil && !isDamage(err, path) {
				t.Errorf("%s: question %d: %v", what, i, err)
			}
			if err == nil {
				same(t, what, questions[i].name, want[i], answers[i])
			}
		}
		if err := use(t, path, true); err != nil && !isDamage(err, path) {
			t.Errorf("%s: reading: %v", what, err)
		}
		if err := use(t, path, false); err != nil && !isDamage(err, path) {
			t.Errorf("%s: writing: %v", what, err)
		}
	}
}

// Nobody may take bbolt's word past the walker: a bucket's end is where its sequence
// says.
func TestRootsThatLeadBelow(t *testing.T) {
	good, native := sampleFile(t), binary.NativeEndian
	events := []byte("events")
	tried := 0
	for at := 0; at+len(events)+bucketHeadBytes < len(good); at++ {
		if !bytes.Equal(good[at:at+len(events)], events) {
			continue
		}
		root := native.Uint64(good[at+len(events):])
		page := int(root) * os.Getpagesize()
		if root == 0 || page+pageHeadBytes > len(good) || native.Uint16(good[page+pageFlags:]) != branchPage {
			continue
		}
		for i := range int(native.Uint16(good[page+pageCount:])) {
			b := bytes.Clone(good)
			copy(b[at+len(events):], good[page+pageHeadBytes+pageElementBytes*i+8:][:8])
			path := filepath.Join(t.TempDir(), "events.db")
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := Open(path, Options{ReadOnly: true})
			if err != nil {
				continue
			}
			for _, q := range []struct {
				query cx.EventQuery
				want  int
			}{
				{cx.EventQuery{}, 2000},
				{cx.EventQuery{Newest: true, Limit: 5}, 5},
				{cx.EventQuery{From: epoch.Add(1990 * time.Minute)}, 10},
				{cx.EventQuery{To: epoch.Add(10 * time.Minute)}, 10},
			} {
				all, err := listed(q.query)(t, s)
				list, _ := all.([]cx.Event)
				if err == nil && (len(list) != q.want || q.query.Newest && list[0].ID.Seq() != 2000) {
					t.Errorf("child %d as the root: %+v: %d events without an error", i, q.query, len(list))
				}
			}
			tried++
			if err := s.Close(); err != nil && !errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
				t.Error(err)
			}
		}
	}
	if tried < 10 {
		t.Errorf("%d roots were tried, want 10 or more", tried)
	}
}

// A branch page whose pointers lead to other pages than they should: another of its
// own, or any of the file.
func TestBranchesThatLeadAstray(t *testing.T) {
	path, events := busyDesk(t)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	questions := questions(events)
	want, errs := askAll(t, path, questions)
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	native, pageBytes := binary.NativeEndian, os.Getpagesize()
	var branches []int
	for id := 2; id < len(good)/pageBytes; id++ {
		if native.Uint16(good[id*pageBytes+pageFlags:]) == branchPage {
			branches = append(branches, id)
		}
	}
	path = filepath.Join(t.TempDir(), "astray.db")
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	for range faults(t, 40) {
		b := bytes.Clone(good)
		branch := b[branches[random.IntN(len(branches))]*pageBytes:]
		pointer := func() []byte {
			return branch[pageHeadBytes+pageElementBytes*random.IntN(int(native.Uint16(branch[pageCount:])))+8:][:8]
		}
		at, to := pointer(), pointer()
		if random.IntN(2) == 0 {
			to = native.AppendUint64(nil, uint64(2+random.IntN(len(good)/pageBytes-2)))
		}
		what := fmt.Sprintf("page %d leads to %d instead of %d", native.Uint64(branch[pageID:]), native.Uint64(to), native.Uint64(at))
		copy(at, to)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		answers, errs := askAll(t, path, questions)
		for i, err := range errs {
			switch {
			case err != nil && !isDamage(err, path):
				t.Errorf("%s: question %d: %v", what, i, err)
			case err == nil:
				same(t, what, questions[i].name, want[i], answers[i])
			}
		}
	}
}

// The place where the ring of recent events begins has no checksum: an undo that
// believed it would take back an event of long ago.
func TestRingThatBeginsElsewhere(t *testing.T) {
	path, events := busyDesk(t)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	questions := slices.DeleteFunc(questions(events), func(q question) bool { return q.name != "last live" })
	want, errs := askAll(t, path, questions)
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	for bit := range 20 {
		b := inside(t, good, func(tx *bolt.Tx) error {
			ring := recentTable.in(tx)
			return ring.SetSequence(ring.Sequence() ^ 1<<bit)
		})
		path := filepath.Join(t.TempDir(), "ring.db")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		answers, errs := askAll(t, path, questions)
		if errs[0] == nil {
			same(t, fmt.Sprintf("bit %d", bit), "last live", want[0], answers[0])
		} else if !isDamage(errs[0], path) {
			t.Error(errs[0])
		}
	}
}
