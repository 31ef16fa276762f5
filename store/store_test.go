package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// epoch is the instant at which tests begin.
var epoch = time.Date(2026, 11, 16, 9, 30, 0, 0, time.UTC)

// clock is a clock that tests move.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time          { return c.now }
func (c *clock) advance(d time.Duration) { c.now = c.now.Add(d) }

// newStore makes a database whose check must be clean when the test ends.
func newStore(t testing.TB, c *clock) *Store {
	t.Helper()
	return openStore(t, filepath.Join(t.TempDir(), "events.db"), Options{Create: true, Now: c.Now})
}

func openStore(t testing.TB, path string, o Options) *Store {
	t.Helper()
	s, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		checkClean(t, s)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// checkClean fails the test where a check finds damage. A store that the test
// closed is opened again to read.
func checkClean(t testing.TB, s *Store) CheckReport {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	report, err := s.Check(ctx, nil)
	if errors.Is(err, ErrClosed) {
		reader, openErr := Open(s.Path(), Options{ReadOnly: true})
		if errors.Is(openErr, fs.ErrNotExist) {
			return CheckReport{}
		}
		if openErr != nil {
			t.Fatal(openErr)
		}
		defer reader.Close()
		report, err = reader.Check(ctx, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range report.Damage {
		t.Errorf("check: %s", line)
	}
	return report
}

// press is an event as a device sends it.
func press(at time.Time, tag string) New {
	return New{At: at, Event: cx.Event{
		Tag: tag, Desk: "desk 1", Site: "north", Stage: cx.StageUse, Channel: cx.ChannelPhone,
		Source: cx.SourceDevice, Device: "pad", Key: "F13",
	}}
}

// add stores one event.
func add(t testing.TB, s *Store, n New) cx.Event {
	t.Helper()
	got, err := s.Append(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return got[0].Event
}

func get(t testing.TB, s *Store, id cx.ID) cx.Event {
	t.Helper()
	e, err := s.Event(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// all returns what a query finds.
func all(t testing.TB, s *Store, q cx.EventQuery) []cx.Event {
	t.Helper()
	var out []cx.Event
	for e, err := range s.Events(t.Context(), q) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

// transactions returns how many write transactions the file has seen.
func transactions(t testing.TB, s *Store) (n int) {
	t.Helper()
	err := s.db.View(func(tx *bolt.Tx) error {
		n = tx.ID()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAppend(t *testing.T) {
	c := &clock{epoch}
	s := newStore(t, c)
	if !s.Created() {
		t.Error("Created() = false for a new database")
	}
	n := press(epoch.Add(-time.Second), "bill-unclear")
	n.Event.Note = "  card 4111 1111 1111 1111\r\nangry "
	n.Event.Tried, n.Event.Forced = cx.ChannelChat, true
	n.Event.Clock = cx.ClockSuspect
	n.Event.Rev, n.Event.Voided = 7, true // the store's to say
	got := add(t, s, n)

	want := n.Event
	want.ID = cx.MakeID(epoch.Add(-time.Second), s.Origin(), 1)
	want.Conversation = want.ID
	want.RecordedAt = epoch
	want.Note = "card [card …1111]\nangry"
	want.Rev, want.Voided = 0, false
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Append (-want +got):\n%s", diff)
	}
	path := s.Path()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := openStore(t, path, Options{ReadOnly: true})
	if diff := cmp.Diff(want, get(t, again, want.ID)); diff != "" {
		t.Errorf("Event after opening again (-want +got):\n%s", diff)
	}
	if again.Created() {
		t.Error("Created() = true for an old database")
	}
}

func TestAppendRefused(t *testing.T) {
	s := newStore(t, &clock{epoch})
	bad := press(epoch, "Bad Tag")
	if got, err := s.Append(t.Context(), press(epoch, "praise"), bad); err == nil {
		t.Errorf("Append with a bad tag = %v, want an error", got)
	}
	if _, err := s.Append(t.Context(), New{At: epoch, Ref: "line\nfeed", Event: cx.Event{Tag: "praise"}}); err == nil {
		t.Error("Append with a bad ref: no error")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Append(ctx, press(epoch, "praise")); !errors.Is(err, context.Canceled) {
		t.Errorf("Append after cancel: %v", err)
	}
	if got := all(t, s, cx.EventQuery{}); len(got) != 0 {
		t.Errorf("%d events are stored, want none: %v", len(got), got)
	}
	if e := add(t, s, press(epoch, "praise")); e.ID.Seq() != 1 {
		t.Errorf("the first event has number %d, want 1: failures must leave no hole", e.ID.Seq())
	}
}

func TestRefs(t *testing.T) {
	c := &clock{epoch}
	s := newStore(t, c)
	n := press(epoch, "praise")
	n.Ref = "call-17"
	first := add(t, s, n)
	for _, after := range []time.Duration{0, time.Minute, 20 * time.Hour} {
		c.now = epoch.Add(after)
		got, err := s.Append(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		if !got[0].Duplicate || got[0].Event.ID != first.ID {
			t.Errorf("the same ref %v later = %+v, want the duplicate of %s", after, got[0], first.ID)
		}
	}
	c.now = epoch.Add(48 * time.Hour)
	if e := add(t, s, n); e.ID == first.ID {
		t.Error("the same ref two days later is still a duplicate")
	}
	other := press(c.now, "idea")
	other.Ref = "twice"
	got, err := s.Append(t.Context(), other, other)
	if err != nil {
		t.Fatal(err)
	}
	if got[0].Duplicate || !got[1].Duplicate || got[0].Event != got[1].Event {
		t.Errorf("one ref twice in a call = %+v", got)
	}
	// What is older than yesterday is forgotten.
	err = s.db.View(func(tx *bolt.Tx) error {
		if n := refsTable.in(tx).Stats().KeyN; n != 2 {
			t.Errorf("%d refs are kept, want 2", n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestInfo(t *testing.T) {
	c := &clock{epoch}
	s := newStore(t, c)
	add(t, s, press(epoch.Add(time.Hour), "praise"))
	add(t, s, press(epoch.Add(-time.Hour), "praise"))
	got, err := s.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stat, err := os.Stat(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	want := Info{
		Path: s.Path(), Format: len(migrations), SizeBytes: stat.Size(), CreatedAt: epoch, Origin: s.Origin(), LastSeq: 2,
		First: epoch.Add(-time.Hour), Last: epoch.Add(time.Hour),
		Origins: []OriginInfo{{s.Origin(), 2, epoch}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Info (-want +got):\n%s", diff)
	}
}
