package store

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
)

// A reader counts with the tags that it was told, and the file stays as it is.
func TestReaderIsToldTheCatalogue(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	s, err := Open(path, Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range []string{"refund-slow", "money-back"} {
		if _, err := s.Append(t.Context(), press(epoch, tag)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := Open(path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	merged, err := cx.NewCatalogue([]cx.Tag{{Code: "refund-slow"}, {Code: "money-back", MergedInto: "refund-slow"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := reader.SetCatalogue(t.Context(), merged); err != nil {
		t.Fatalf("SetCatalogue of a reader: %v", err)
	}
	tally, err := reader.Tally(t.Context(), cx.Query{By: []cx.Dimension{cx.ByTag}})
	if err != nil {
		t.Fatal(err)
	}
	want := []cx.Row{{Week: tally.Rows[0].Week, Values: []string{"refund-slow"}, Count: 2}}
	if diff := cmp.Diff(want, tally.Rows); diff != "" {
		t.Errorf("tally with the tags that the reader was told (-want +got):\n%s", diff)
	}
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !cmp.Equal(before, after) {
		t.Error("the reader changed the file")
	}
}
