package store

import (
	"errors"
	"strings"
	"testing"
	"time"

	"magicbutton/internal/cx"
)

// bigDays makes days of events with a note.
func bigDays(t *testing.T, s *Store, days, perDay int, note string) (first uint32) {
	t.Helper()
	begin := dayStart(utcDay(epoch.AddDate(0, 0, -100)))
	origin := cx.NewOrigin()
	for i := 0; i < days*perDay; i += perDay {
		b := ImportBatch{First: i, Done: i+perDay >= days*perDay}
		for j := range perDay {
			n := press(begin.AddDate(0, 0, i/perDay).Add(time.Duration(j)*time.Second), "praise")
			n.Event.ID = cx.MakeID(n.At, origin, uint64(i+j+1))
			n.Event.Conversation, n.Event.Note = n.Event.ID, note
			b.Rows = append(b.Rows, n)
		}
		if _, err := s.Import(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	return utcDay(begin)
}

// To purge one day after the other from a file's start, and the last one that is
// left, takes no longer than those between others: the ends are not looked for past
// all pages that were emptied. It had been seven times as long for so many events,
// and more for more; up to four times may be the machine's other work.
func TestPurgeOfBigDays(t *testing.T) {
	const perDay = 6000
	s := newStore(t, &clock{epoch})
	first := bigDays(t, s, 3, perDay, strings.Repeat("the words of a customer, ", 60)) // of many pages
	purge := func(days ...uint32) time.Duration {
		t.Helper()
		start := time.Now()
		rollBack := errors.New("roll back")
		_, err := s.write(t.Context(), func(w *writer) error {
			for _, day := range days {
				if n, more, err := w.purgeDay(day, perDay); err != nil || more || n != perDay {
					t.Errorf("purged %d events, %v; want %d", n, err, perDay)
				}
			}
			return rollBack
		})
		if !errors.Is(err, rollBack) {
			t.Fatal(err)
		}
		return time.Since(start)
	}
	between := purge(first + 1)
	if all := purge(first, first+1, first+2); all > 4*3*between {
		t.Errorf("purging three days took %v, and one between others %v", all, between)
	}
	if got, err := s.Purge(t.Context(), Purging{EventsBefore: epoch}, nil); err != nil || got.Events != 3*perDay {
		t.Errorf("Purge = %+v, %v", got, err)
	}
	checkClean(t, s)
}
