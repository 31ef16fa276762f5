package store

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
)

// tallies are what a lead reads of all that there was.
func tallies(t testing.TB, s *Store) (out []cx.Tally) {
	t.Helper()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []cx.Query{
		{},
		{Zone: berlin, By: []cx.Dimension{cx.ByTag, cx.ByStage, cx.ByChannel}},
		{Zone: berlin, By: []cx.Dimension{cx.ByDesk, cx.BySite, cx.ByHour, cx.ByDay}},
	} {
		got, err := s.Tally(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, got)
	}
	return out
}

// notIn fails the test where a file has any of some bytes.
func notIn(t testing.TB, path string, needles ...string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range needles {
		if bytes.Contains(b, []byte(n)) {
			t.Errorf("%s still has %q", path, n)
		}
	}
}

// Notes from before a day are gone from the file, also those that were amended
// since; younger ones stay, and so do all events.
func TestPurgeNotes(t *testing.T) {
	s := lived(t, &clock{epoch}, 300)
	before := epoch.AddDate(0, 0, -20)
	day := dayStart(utcDay(before))
	wantTallies := tallies(t, s)
	var want []cx.Event
	var gone []string
	for _, e := range all(t, s, cx.EventQuery{Voided: true}) {
		if e.At().Before(day) && e.Note != "" {
			gone = append(gone, e.Note)
			e.Note = ""
		}
		want = append(want, e)
	}
	got, err := s.Purge(t.Context(), Purging{NotesBefore: before}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.Notes < len(gone) || got.Events != 0 || got.Compacted == nil {
		t.Errorf("Purge = %+v, want at least %d notes and a new file", got, len(gone))
	}
	if diff := cmp.Diff(want, all(t, s, cx.EventQuery{Voided: true})); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wantTallies, tallies(t, s)); diff != "" {
		t.Errorf("tallies (-before +after):\n%s", diff)
	}
	checkClean(t, s)
	notIn(t, s.Path(), gone...)
	again, err := s.Purge(t.Context(), Purging{NotesBefore: before}, nil)
	if diff := cmp.Diff(Purged{}, again); diff != "" || err != nil {
		t.Errorf("a second purge (-want +got): %v\n%s", err, diff)
	}
}

// Events from before a day are gone from the file with all that hangs on them, and
// count as before; copies of them do not come back.
func TestPurgeEvents(t *testing.T) {
	c := &clock{epoch}
	s := lived(t, c, 300)
	old := press(time.Date(1970, 1, 2, 0, 0, 0, 0, time.UTC), "praise")
	old.Event.Clock = cx.ClockSuspect
	stays := add(t, s, old)
	before := epoch.AddDate(0, 0, -15)
	day := dayStart(utcDay(before))
	wantTallies := tallies(t, s)
	want := []cx.Event{stays}
	var purged []cx.Event
	var bytesOf []string
	for _, e := range all(t, s, cx.EventQuery{Voided: true, From: epoch.AddDate(-1, 0, 0)}) {
		if !e.At().Before(day) {
			want = append(want, e)
			continue
		}
		purged = append(purged, e)
		bytesOf = append(bytesOf, string(e.ID[:]))
		if e.Note != "" {
			bytesOf = append(bytesOf, e.Note)
		}
	}
	if len(purged) < 100 || len(want) < 50 {
		t.Fatalf("%d events to purge and %d to keep: too few for a test", len(purged), len(want))
	}
	got, err := s.Purge(t.Context(), Purging{EventsBefore: before}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.Events != len(purged) || got.Days < 20 || got.Compacted == nil || got.Compacted.After >= got.Compacted.Before {
		t.Errorf("Purge = %+v, want %d events", got, len(purged))
	}
	if diff := cmp.Diff(want, all(t, s, cx.EventQuery{Voided: true})); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wantTallies, tallies(t, s)); diff != "" {
		t.Errorf("tallies (-before +after):\n%s", diff)
	}
	if report := checkClean(t, s); report.Missing > 0 {
		t.Errorf("a check misses %d purged events: %q", report.Missing, report.Remarks)
	}
	pointers := bytesOf
	for _, e := range want { // of these the conversations may begin with purged events
		pointers = deleteString(pointers, string(e.Conversation[:]))
	}
	notIn(t, s.Path(), pointers...)

	importAll(t, s, ImportBatch{File: [32]byte{1}, Rows: rowsOf(purged), Done: true})
	if diff := cmp.Diff(wantTallies, tallies(t, s)); diff != "" {
		t.Errorf("tallies after the purged events were imported (-want +got):\n%s", diff)
	}
}

func deleteString(from []string, s string) (out []string) {
	for _, x := range from {
		if x != s {
			out = append(out, x)
		}
	}
	return out
}

func TestRetention(t *testing.T) {
	now := time.Date(2026, 11, 25, 23, 59, 0, 0, time.UTC)
	day := func(d int) time.Time { return time.Date(2026, 11, d, 0, 0, 0, 0, time.UTC) }
	for name, tt := range map[string]struct {
		keep Retention
		want Purging
	}{
		"for ever": {Retention{}, Purging{}},
		"notes":    {Retention{NotesDays: 1}, Purging{NotesBefore: day(24)}},
		"both":     {Retention{NotesDays: 5, EventsDays: 20}, Purging{NotesBefore: day(20), EventsBefore: day(5)}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.keep.At(now)); diff != "" {
				t.Errorf("At (-want +got):\n%s", diff)
			}
		})
	}
}

// Runs of numbers are the set of the numbers that were put in, and are read as they
// were written.
func TestSeqRanges(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	s := newStore(t, &clock{epoch})
	var r seqRanges
	in := make(map[uint64]bool)
	for range 50 {
		var some []uint64
		for range random.IntN(20) {
			n := uint64(1 + random.IntN(400))
			some = append(some, n)
			in[n] = true
		}
		r = r.with(some)
	}
	origin := cx.Origin{7}
	var read seqRanges
	err := s.update(func(w *writer) (err error) {
		if err := r.put(w.tx, origin); err != nil {
			return err
		}
		read, err = readPurged(w.tx, origin)
		return errors.Join(err, purgedTable.delete(w.tx, origin[:]))
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r, read, cmp.AllowUnexported(seqRange{})); diff != "" {
		t.Errorf("read (-put +read):\n%s", diff)
	}
	for n := range uint64(500) {
		if read.has(n) != in[n] {
			t.Errorf("has(%d) = %v, want %v", n, !in[n], in[n])
		}
	}
	if read.count() != uint64(len(in)) {
		t.Errorf("count() = %d, want %d", read.count(), len(in))
	}
	for _, bad := range []string{"\x00\x00", "\x01", "\x01\x00\x00\x00", "\xff"} {
		if got, err := parsePurged(origin[:], []byte(bad)); err == nil || !strings.Contains(err.Error(), "purged") {
			t.Errorf("parsePurged(%q) = %v, %v, want an error that names the bucket", bad, got, err)
		}
	}
}

// A bucket of several pages may lose all of them in one transaction.
func TestPurgeOfAllNotes(t *testing.T) {
	s := newStore(t, &clock{epoch})
	var presses []New
	for i := range 400 {
		n := press(epoch.Add(-100*24*time.Hour).Add(time.Duration(i)*time.Second), "praise")
		n.Event.Note = "the words of a customer, who said much"
		presses = append(presses, n)
	}
	if _, err := s.Append(t.Context(), presses...); err != nil {
		t.Fatal(err)
	}
	got, err := s.Purge(t.Context(), Purging{NotesBefore: epoch}, nil)
	if err != nil || got.Notes != len(presses) {
		t.Errorf("purged %d notes, %v; want %d", got.Notes, err, len(presses))
	}
	checkClean(t, s)
}

// So may the bucket of refs, of which a press forgets some.
func TestForgetAllRefs(t *testing.T) {
	c := &clock{epoch}
	s := newStore(t, c)
	var presses []New
	for i := range 100 {
		n := press(epoch, "praise")
		n.Ref = strings.Repeat("r", 60) + time.Duration(i).String()
		presses = append(presses, n)
	}
	if _, err := s.Append(t.Context(), presses...); err != nil {
		t.Fatal(err)
	}
	c.advance(10 * 24 * time.Hour)
	n := press(c.now, "praise")
	// Two in one transaction: the second looks at what the first left.
	if _, err := s.write(t.Context(), func(w *writer) error {
		for range 3 {
			if _, err := w.append(n); err != nil {
				return err
			}
			if err := w.forgetRefs(); err != nil {
				return err
			}
			w.lastRefDay()
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	checkClean(t, s)
}
