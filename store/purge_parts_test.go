package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// A busy day is purged in several transactions, so that presses come in between; a
// purge that ends after one of them has left a sound file with right tallies, and is
// made whole by the next.
func TestPurgeOfADayInParts(t *testing.T) {
	s := newStore(t, &clock{epoch})
	day := bigDays(t, s, 1, 2*purgedEvents+1, "their words")
	tally := func() cx.Tally {
		t.Helper()
		out, err := s.Tally(t.Context(), cx.Query{})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	transaction := func() (id int) {
		t.Helper()
		err := s.view(t.Context(), func(tx *bolt.Tx, _ words) error {
			id = tx.ID()
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	want := tally()
	for _, summary := range []bool{false, true} {
		if summary {
			if err := s.BuildDays(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
		}
		_, err := s.write(t.Context(), func(w *writer) error {
			n, more, err := w.purgeDay(day, 100)
			if n != 100 || !more {
				t.Errorf("a part of the day = %d events, more %v; want 100 of more", n, more)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, tally()); d != "" {
			t.Errorf("the tally after a part, with summaries %v (-want +got):\n%s", summary, d)
		}
		checkClean(t, s)
	}
	before := transaction()
	n, err := s.purgeDay(t.Context(), day)
	if err != nil || n != 2*purgedEvents+1-200 {
		t.Errorf("purgeDay = %d, %v", n, err)
	}
	if n := transaction() - before; n < 2 {
		t.Errorf("the rest of the day was purged in %d transactions: presses wait meanwhile", n)
	}
	if d := cmp.Diff(want, tally()); d != "" {
		t.Errorf("the tally at the end (-want +got):\n%s", d)
	}
	checkClean(t, s)
}
