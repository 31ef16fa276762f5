package store

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
)

// TestMergeLeavesOut: a file that cannot be read does not keep the others out, and
// nothing of it is in the result.
func TestMergeLeavesOut(t *testing.T) {
	files := threeDesks(t)
	dir := t.TempDir()
	truncated := copyFile(t, files[2], filepath.Join(dir, "truncated.db"))
	if err := os.Truncate(truncated, 8192); err != nil {
		t.Fatal(err)
	}
	inUse := copyFile(t, files[2], filepath.Join(dir, "in-use.db"))
	openStore(t, inUse, Options{})
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, []byte("Dear database,"), 0o600); err != nil {
		t.Fatal(err)
	}
	flipped := copyFile(t, files[2], filepath.Join(dir, "flipped.db"))
	flipEvent(t, flipped)
	newer := deskFile(t, dir, "newer.db", func(s *Store) {
		if err := s.update(func(w *writer) error { return metaTable.put(w.tx, formatKey, []byte{99}) }); err != nil {
			t.Fatal(err)
		}
	})
	to := filepath.Join(dir, "all.db")
	report, err := Merge(t.Context(), to, sourcesOf(truncated, files[0], inUse, filepath.Join(dir, "none.db"), text, flipped, newer), MergeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []error{ErrTruncated, nil, ErrLocked, os.ErrNotExist, ErrNotDatabase, ErrDamaged, ErrNewer} {
		if got := report.Files[i].Err; !errors.Is(got, want) {
			t.Errorf("%s: %v, want %v", report.Files[i].Path, got, want)
		}
	}
	got := mergedContent(t, to)
	merge(t, filepath.Join(dir, "one.db"), files[0])
	if diff := cmp.Diff(mergedContent(t, filepath.Join(dir, "one.db")), got); diff != "" {
		t.Errorf("with bad files beside (-without +with):\n%s", diff)
	}
	wantFiles(t, dir, "all.db", "all.db.lock", "flipped.db", "flipped.db.lock", "in-use.db", "in-use.db.lock", "newer.db", "newer.db.lock", "one.db", "one.db.lock", "text.db", "truncated.db")

	before, _ := os.ReadFile(to)
	_, err = Merge(t.Context(), to, sourcesOf(truncated, text), MergeOptions{})
	if !errors.Is(err, ErrNoSource) {
		t.Errorf("Merge of bad files alone = %v", err)
	}
	if after, _ := os.ReadFile(to); !slices.Equal(before, after) {
		t.Error("the file before was changed")
	}
}

// flipEvent damages the record of an event in a file.
func flipEvent(t testing.TB, path string) {
	t.Helper()
	s, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	last := all(t, s, cx.EventQuery{Newest: true, Limit: 1, Voided: true})[0].ID
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; ; {
		i := strings.Index(string(b[at:]), string(last[:]))
		if i < 0 {
			break
		}
		at += i + len(last)
		b[at] ^= 4
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func wantFiles(t testing.TB, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// TestMergeRefuses: what Merge did not make it does not replace.
func TestMergeRefuses(t *testing.T) {
	files := threeDesks(t)
	_, err := Merge(t.Context(), files[0], sourcesOf(files[1:]...), MergeOptions{})
	if !errors.Is(err, ErrNotMerged) {
		t.Errorf("Merge over a desk's database = %v, want ErrNotMerged", err)
	}
	if err := os.WriteFile(files[0], []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err = Merge(t.Context(), files[0], sourcesOf(files[1:]...), MergeOptions{}); !errors.Is(err, ErrNotDatabase) {
		t.Errorf("Merge over a text = %v, want ErrNotDatabase", err)
	}
}

// TestMergeFormat1: a file of an older version of the program is merged as it is.
func TestMergeFormat1(t *testing.T) {
	old := oldFile(t, "format1.db.gz")
	before, err := os.ReadFile(old)
	if err != nil {
		t.Fatal(err)
	}
	want := mergedContent(t, old)
	to := filepath.Join(t.TempDir(), "all.db")
	report := merge(t, to, old)
	if diff := cmp.Diff(want, mergedContent(t, to)); diff != "" || report.Events != 61 {
		t.Errorf("%d events (-want +got):\n%s", report.Events, diff)
	}
	if after, _ := os.ReadFile(old); !slices.Equal(before, after) {
		t.Error("the file was changed")
	}
}

// TestMergeMode: who could read the file before still can.
func TestMergeMode(t *testing.T) {
	files := threeDesks(t)
	to := filepath.Join(t.TempDir(), "all.db")
	for _, want := range []os.FileMode{fileMode, 0o640, 0o640} {
		merge(t, to, files...)
		info, err := os.Stat(to)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("mode %v, want %v", got, want)
		}
		if err := os.Chmod(to, 0o640); err != nil {
			t.Fatal(err)
		}
	}
}
