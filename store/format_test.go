package store

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
)

// oldFile unpacks a database that a program of an older format wrote. That of format
// 1 has 61 events of four days, three of them taken back, two amended, one imported.
func oldFile(t *testing.T, name string) string {
	t.Helper()
	packed, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	z, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "events.db")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A file of format 1 answers as it is, and opening it for writing changes its
// format and none of its answers.
func TestFormat1(t *testing.T) {
	path := oldFile(t, "format1.db.gz")
	answers := func(s *Store) (events []cx.Event, tally cx.Tally) {
		t.Helper()
		events = all(t, s, cx.EventQuery{Voided: true})
		tally, err := s.Tally(t.Context(), cx.Query{By: []cx.Dimension{cx.ByTag, cx.ByDesk, cx.ByDay}})
		if err != nil {
			t.Fatal(err)
		}
		return events, tally
	}
	format := func(s *Store) int {
		t.Helper()
		info, err := s.Info(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return info.Format
	}

	reader, err := Open(path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := format(reader); got != 1 {
		t.Errorf("a reader finds format %d, want 1", got)
	}
	events, tally := answers(reader)
	if len(events) != 61 {
		t.Errorf("%d events, want 61", len(events))
	}
	checkClean(t, reader)
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}

	s := openStore(t, path, Options{})
	if got := format(s); got != len(migrations) {
		t.Errorf("a writer leaves format %d, want %d", got, len(migrations))
	}
	eventsNow, tallyNow := answers(s)
	if diff := cmp.Diff(events, eventsNow); diff != "" {
		t.Errorf("events (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(tally, tallyNow); diff != "" {
		t.Errorf("tally (-before +after):\n%s", diff)
	}
	add(t, s, press(epoch, "praise"))
}
