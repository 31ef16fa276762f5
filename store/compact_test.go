package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// lived makes a database that has seen everything: corrections, notes, refs,
// refusals, conversations, an import, tags.
func lived(t testing.TB, c *clock, n int) *Store {
	t.Helper()
	s := newStore(t, c)
	catalogue, err := cx.NewCatalogue([]cx.Tag{{Code: "praise", Kind: cx.KindPraise}, {Code: "bill"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetCatalogue(t.Context(), catalogue); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	var rows []New
	for i := range n {
		e := press(epoch.Add(-time.Duration(random.Int64N(40*24*3600_000))*time.Millisecond), []string{"praise", "bill", "idea"}[i%3])
		e.Event.Device, e.Ref = fmt.Sprintf("pad %d", i%5), fmt.Sprintf("call %d", i)
		if i%4 == 0 {
			e.Event.Note = fmt.Sprintf("the words of customer %d, and no more", i)
		}
		rows = append(rows, e)
	}
	got, err := s.Append(t.Context(), rows...)
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range got {
		switch i % 10 {
		case 1:
			void(t, s, a.Event)
		case 2:
			note := "an amended note " + a.Event.ID.String()
			if _, err := s.Amend(t.Context(), a.Event.ID, cx.Amendment{Note: &note}); err != nil {
				t.Fatal(err)
			}
		case 3:
			follow(t, s, 7*time.Second, a.Event, "other")
		}
	}
	if err := s.Refuse(t.Context(), epoch, "pad 1", "F13"); err != nil {
		t.Fatal(err)
	}
	writeDown(t, s)
	return s
}

// content is all that the records of a file say, and the numbers that its buckets
// gave out.
func content(t testing.TB, path string) map[string]string {
	t.Helper()
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true, PreLoadFreelist: true, Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	out := make(map[string]string)
	err = db.View(func(tx *bolt.Tx) error {
		recordsOf(tx, out)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func recordsOf(tx *bolt.Tx, out map[string]string) {
	for _, table := range tablesOf(len(formatTables)) {
		out[string(table.name)] = fmt.Sprint(table.in(tx).Sequence())
		for key, value := range table.pairs(tx, nil) {
			out[fmt.Sprintf("%s %x", table.name, key)] = fmt.Sprintf("%x", value)
		}
	}
}

// closed closes a store, so that its file can be looked at.
func closed(t testing.TB, s *Store) string {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return s.Path()
}

// onlyDatabase fails the test where work left something beside the database.
func onlyDatabase(t testing.TB, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if name := e.Name(); name != filepath.Base(path) && name != filepath.Base(path)+".lock" {
			t.Errorf("%s was left behind", name)
		}
	}
}

// A compacted file says what the old one said, has nothing in its free pages, and
// the store goes on with it.
func TestCompact(t *testing.T) {
	c := &clock{epoch}
	s := lived(t, c, 500)
	path := closed(t, s)
	want := content(t, path)
	s = openStore(t, path, Options{Now: c.Now})
	var last, total int
	got, err := s.Compact(t.Context(), func(done, of int) {
		if done < last || done > of {
			t.Errorf("progress went from %d to %d of %d", last, done, of)
		}
		last, total = done, of
	})
	if err != nil {
		t.Fatal(err)
	}
	if last != total || total == 0 {
		t.Errorf("progress ended at %d of %d", last, total)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got.After != info.Size() || got.After >= got.Before || got.Events != 550 {
		t.Errorf("Compact = %+v; the file has %d bytes", got, info.Size())
	}
	checkClean(t, s)
	onlyDatabase(t, path)
	closed(t, s)
	if diff := cmp.Diff(want, content(t, path)); diff != "" {
		t.Errorf("records (-before +after):\n%s", diff)
	}
	freeIsEmpty(t, path)

	s = openStore(t, path, Options{Now: c.Now})
	if e := add(t, s, press(epoch, "praise")); e.ID.Seq() != 551 {
		t.Errorf("the next event has number %d, want 551", e.ID.Seq())
	}
}

// freeIsEmpty fails the test where a page that no record is on holds anything.
func freeIsEmpty(t testing.TB, path string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true, PreLoadFreelist: true, Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.View(func(tx *bolt.Tx) error {
		size := db.Info().PageSize
		for id := 0; ; id++ {
			p, err := tx.Page(id)
			if p == nil || err != nil {
				return err
			}
			if p.Type != "free" {
				id += p.OverflowCount
				continue
			}
			b := make([]byte, size)
			if _, err := f.ReadAt(b, int64(id)*int64(size)); err != nil {
				return err
			}
			if !bytes.Equal(b, make([]byte, size)) {
				t.Errorf("free page %d is not empty", id)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What is stored and corrected while the file is written anew is in the new one.
func TestCompactWhileWriting(t *testing.T) {
	c := &clock{epoch}
	s := lived(t, c, 300)
	var kept []cx.Event
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			n := press(epoch.Add(-time.Duration(i)*time.Minute), fmt.Sprintf("new-%d", i%30))
			n.Event.Note = "words"
			got, err := s.Append(t.Context(), n)
			if err != nil {
				t.Error(err)
				return
			}
			e := got[0].Event
			if i%3 == 0 {
				if e, err = s.Void(t.Context(), e.ID); err != nil {
					t.Error(err)
				}
			}
			kept = append(kept, e)
		}
	})
	before := all(t, s, cx.EventQuery{Voided: true})
	for range 2 {
		if _, err := s.Compact(t.Context(), nil); err != nil {
			t.Error(err)
		}
		// As it is done to a large file; this one may have to be mapped anew meanwhile.
		if _, err := s.attempt(t.Context(), nil, false, nil); err != nil && !errors.Is(err, errInTheWay) {
			t.Error(err)
		}
	}
	close(stop)
	wg.Wait()
	if len(kept) == 0 {
		t.Fatal("nothing was written meanwhile")
	}
	for _, e := range kept {
		if diff := cmp.Diff(e, get(t, s, e.ID)); diff != "" {
			t.Fatalf("an event that was written meanwhile (-want +got):\n%s", diff)
		}
	}
	for _, e := range before {
		if got := get(t, s, e.ID); got.Rev == e.Rev && got != e {
			t.Errorf("an event from before is %+v, want %+v", got, e)
		}
	}
}

// contentOf is content of a file that a store has open.
func contentOf(t testing.TB, s *Store) map[string]string {
	t.Helper()
	out := make(map[string]string)
	err := s.view(context.WithoutCancel(t.Context()), func(tx *bolt.Tx, _ words) error {
		recordsOf(tx, out)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A compaction that is called off leaves the old file, and nothing else.
func TestCompactCanceled(t *testing.T) {
	s := lived(t, &clock{epoch}, 500)
	want := contentOf(t, s)
	for at := range 1 {
		ctx, cancel := context.WithCancel(t.Context())
		steps := 0
		_, err := s.attempt(ctx, nil, false, func(int, int) {
			if steps++; steps > at {
				cancel()
			}
		})
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Compact that is canceled at step %d: %v", at, err)
		}
		onlyDatabase(t, s.Path())
	}
	if diff := cmp.Diff(want, contentOf(t, s)); diff != "" {
		t.Errorf("records (-before +after):\n%s", diff)
	}
}

// What a killed compaction left is removed by the next who writes, and nothing
// that only looks like it.
func TestStraysRemoved(t *testing.T) {
	path := closed(t, lived(t, &clock{epoch}, 10))
	stray, other := temporary(path, compactMark), path+".compact-mine"
	for _, name := range []string{stray, other} {
		if err := os.WriteFile(name, []byte("words"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	openStore(t, path, Options{})
	if _, err := os.Stat(stray); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the stray file is still there: %v", err)
	}
	if _, err := os.Stat(other); err != nil {
		t.Errorf("another file is gone: %v", err)
	}
}
