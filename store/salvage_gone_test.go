package store

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"magicbutton/internal/cx"
)

// ruined damages each record of some buckets, and both headers, so that nothing but
// what names a record tells that it was there.
func ruined(t *testing.T, path string, buckets ...string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, k := range keptIn(b) {
		for _, bucket := range buckets {
			if k.bucket != bucket {
				continue
			}
			good := []byte(k.key + k.value)
			bad := bytes.Clone(good)
			bad[len(bad)-1] ^= 0xff
			b = bytes.ReplaceAll(b, good, bad)
			n++
		}
	}
	if n == 0 {
		t.Fatalf("there is nothing in %q", buckets)
	}
	clear(b[:2*os.Getpagesize()])
	path = filepath.Join(t.TempDir(), "damaged.db")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Texts, series and senders that only sealed days and tombstones name may be lost:
// what is left of purged and erased events is saved, and counts.
func TestSalvageWordsOfTheGone(t *testing.T) {
	c := &clock{epoch}
	s := newStore(t, c)
	of := func(age time.Duration, desk, tag string) New {
		n := press(epoch.Add(-age), tag)
		n.Event.Desk = desk
		return n
	}
	const day = 24 * time.Hour
	add(t, s, of(time.Hour, "front", "praise"))
	gone := add(t, s, of(2*time.Hour, "back", "bill"))
	add(t, s, of(40*day, "attic", "idea"))
	if _, err := s.Purge(t.Context(), Purging{EventsBefore: epoch.Add(-30 * day)}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Erase(t.Context(), []cx.ID{gone.ID}, nil); err != nil {
		t.Fatal(err)
	}
	path := closed(t, s)
	for _, lost := range []string{"series", "senders", "dictionary", "series senders dictionary"} {
		t.Run(lost, func(t *testing.T) {
			to := filepath.Join(t.TempDir(), "saved.db")
			report, err := Salvage(t.Context(), ruined(t, path, strings.Fields(lost)...), to, Options{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if report.Events != 1 || report.Days != 1 || report.Erased != 1 || report.Unnamed == 0 {
				t.Errorf("Salvage = %+v, want an event, a day and an erased event, and lost names", report)
			}
			saved := openStore(t, to, Options{})
			got, err := saved.Tally(t.Context(), cx.Query{By: []cx.Dimension{cx.ByTag, cx.ByDesk}})
			n := 0
			for _, row := range got.Rows {
				n += row.Count
			}
			if err != nil || n != 3 {
				t.Errorf("Tally = %+v, %v; want 3 events", got, err)
			}
		})
	}
}

// unchecked makes a database that need not be sound in the end.
func unchecked(t *testing.T) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "events.db"), Options{Create: true, Now: (&clock{epoch}).Now, MachineIDFile: "none"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// A sealed day that cannot be read costs nothing but itself.
func TestSalvageUnreadableSeal(t *testing.T) {
	s := unchecked(t)
	add(t, s, press(epoch.Add(-time.Hour), "praise"))
	_, err := s.write(t.Context(), func(w *writer) error {
		return daysTable.put(w.tx, sealKey(1, s.Origin()), []byte{0})
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	report, err := Salvage(t.Context(), s.Path(), filepath.Join(t.TempDir(), "saved.db"), Options{}, nil)
	if err != nil || report.Events != 1 || report.Days != 0 || !strings.Contains(strings.Join(report.Remarks, "\n"), "is left out") {
		t.Errorf("Salvage = %+v, %v; want an event, and a remark about the day", report, err)
	}
}

// A check tells of an erased event that no tally can count.
func TestCheckTombstoneWithoutSender(t *testing.T) {
	s := unchecked(t)
	e := add(t, s, press(epoch, "praise"))
	_, err := s.write(t.Context(), func(w *writer) error {
		desk, err := w.textNumber("a desk without a sender")
		if err != nil {
			return err
		}
		series, err := w.seriesNumber(series{tag: "praise"})
		if err != nil {
			return err
		}
		if err := w.deleteEvent(e.ID); err != nil {
			return err
		}
		return tombstone{quarter: quarterOf(e.At()), series: series, desk: desk, counts: true}.put(w.tx, tombstoneKey(e.ID))
	})
	if err != nil {
		t.Fatal(err)
	}
	report, err := s.Check(t.Context(), nil)
	if err != nil || len(report.Damage) != 1 || !strings.Contains(report.Damage[0], "no sender has its desk") {
		t.Errorf("Check = %+v, %v; want the erased event told", report, err)
	}
}

// Where the new file cannot be, the error says why.
func TestSalvageToNoFolder(t *testing.T) {
	path := closed(t, newStore(t, &clock{epoch}))
	for to, there := range map[string]bool{path: true, filepath.Join(path, "saved.db"): false} {
		_, err := Salvage(t.Context(), path, to, Options{}, nil)
		if err == nil || strings.Contains(err.Error(), "is there already") != there {
			t.Errorf("Salvage to %s: %v", to, err)
		}
	}
}

// A bucket that is missing is told in plain words.
func TestCheckMissingBucket(t *testing.T) {
	s := unchecked(t)
	_, err := s.write(t.Context(), func(w *writer) error { return w.tx.DeleteBucket(recentTable.name) })
	if err != nil {
		t.Fatal(err)
	}
	report, err := s.Check(t.Context(), nil)
	if err != nil || len(report.Damage) == 0 || report.Damage[0] != "damaged: bucket recent is missing" {
		t.Errorf("Check = %+v, %v", report, err)
	}
}
