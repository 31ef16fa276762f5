package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
)

// TestMergeStopped: a merge that is ended leaves the file before as it was, and no
// other.
func TestMergeStopped(t *testing.T) {
	files := threeDesks(t)
	dir := t.TempDir()
	to := filepath.Join(dir, "all.db")
	merge(t, to, files[0])
	before, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	export := MergeSource{Path: files[1], Events: func() iter.Seq2[[]cx.Event, error] {
		cancel()
		return func(func([]cx.Event, error) bool) {}
	}}
	if _, err := Merge(ctx, to, append(sourcesOf(files...), export), MergeOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Merge = %v, want context.Canceled", err)
	}
	if after, _ := os.ReadFile(to); !slices.Equal(before, after) {
		t.Error("the file before was changed")
	}
	wantFiles(t, dir, "all.db", "all.db.lock")
}

// TestMergeTruncatedMeanwhile: a file that somebody cuts off while it is read is
// left out as a whole, also what was read of it by then.
func TestMergeTruncatedMeanwhile(t *testing.T) {
	dir := t.TempDir()
	long := deskFile(t, dir, "long.db", func(s *Store) {
		var batch []New
		for i := range 3 * mergePage {
			batch = append(batch, deskPress("long", epoch.Add(time.Duration(i)*time.Minute), fmt.Sprint("tag-", i%500)))
		}
		if _, err := s.Append(t.Context(), batch...); err != nil {
			t.Fatal(err)
		}
	})
	short := deskFile(t, dir, "short.db", func(s *Store) { add(t, s, deskPress("short", epoch, "a")) })
	started := 0
	export := MergeSource{Path: short, Events: func() iter.Seq2[[]cx.Event, error] {
		return func(func([]cx.Event, error) bool) {
			if started++; started > 1 {
				return
			}
			if err := os.Truncate(long, 16<<10); err != nil { // its first page of events was read
				t.Error(err)
			}
		}
	}}
	to := filepath.Join(dir, "all.db")
	report, err := Merge(t.Context(), to, append(sourcesOf(long, short), export), MergeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if report.Files[0].Err == nil || report.Files[1].Err != nil || started != 2 {
		t.Errorf("files %+v, %d attempts", report.Files, started)
	}
	if got := mergedContent(t, to); len(got.Events) != 1 || got.Events[0].Desk != "short" {
		t.Errorf("events %+v", got.Events)
	}
}

// TestMergeTags: of each tag the newest description by a desk that has it.
func TestMergeTags(t *testing.T) {
	dir := t.TempDir()
	day := 0
	desk := func(name string, catalogues ...[]cx.Tag) string {
		path := filepath.Join(dir, name)
		for _, tags := range catalogues {
			day++
			c := &clock{epoch.Add(time.Duration(day) * 24 * time.Hour)}
			s, err := Open(path, Options{Create: true, Now: c.Now})
			if err != nil {
				t.Fatal(err)
			}
			setTags(t, s, tags...)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
		return path
	}
	files := []string{
		desk("old.db", []cx.Tag{{Code: "a", Label: "old A"}, {Code: "gone", Label: "listed"}, {Code: "x", MergedInto: "y"}, {Code: "y"}}),
		desk("left.db", []cx.Tag{{Code: "gone", Label: "left since"}, {Code: "only"}}, []cx.Tag{{Code: "b"}}),
		desk("new.db", []cx.Tag{{Code: "a", Label: "new A"}, {Code: "y", MergedInto: "x"}, {Code: "x"}}),
	}
	want := []cx.Tag{
		{Code: "a", Label: "new A"},
		{Code: "y", MergedInto: "x"},
		{Code: "x"},
		{Code: "b"},
		{Code: "gone", Label: "listed"},
		{Code: "only", Unlisted: true},
	}
	for _, p := range permutations(files) {
		to := filepath.Join(t.TempDir(), "all.db")
		report := merge(t, to, p...)
		if diff := cmp.Diff(want, mergedContent(t, to).Tags); diff != "" {
			t.Errorf("%q: tags (-want +got):\n%s", p, diff)
		}
		told := strings.Join(report.Tags, "\n")
		for _, line := range []string{`tag "a": ` + files[2] + " and " + files[0] + " differ in label; ", `tag "x": `, `tag "y": `} {
			if !strings.Contains(told, line) {
				t.Errorf("%q: told\n%s\nwant %s", p, told, line)
			}
		}
		steps := filepath.Join(t.TempDir(), "all.db")
		for _, f := range p {
			merge(t, steps, f)
		}
		if diff := cmp.Diff(want, mergedContent(t, steps).Tags); diff != "" {
			t.Errorf("%q one by one: tags (-want +got):\n%s", p, diff)
		}
	}
}

// TestMergeSides: refusals, imports, and the file's own origin.
func TestMergeSides(t *testing.T) {
	dir := t.TempDir()
	sum := [32]byte{7}
	refuse := func(s *Store, times int) {
		for range times {
			if err := s.Refuse(t.Context(), epoch, "pad", "F13"); err != nil {
				t.Fatal(err)
			}
		}
	}
	desk := deskFile(t, dir, "desk.db", func(s *Store) {
		refuse(s, 2)
		importAll(t, s, ImportBatch{File: sum, Rows: []New{press(epoch, "a")}, Done: true})
	})
	old := copyFile(t, desk, filepath.Join(dir, "old.db"))
	changeFile(t, desk, func(s *Store) { refuse(s, 1) })
	to := filepath.Join(dir, "all.db")
	merge(t, to, desk, old)
	var origin cx.Origin
	changeFile(t, to, func(s *Store) {
		origin = s.Origin()
		add(t, s, press(epoch.Add(time.Hour), "by-the-lead"))
		if _, err := s.Import(t.Context(), ImportBatch{File: sum, Rows: []New{press(epoch, "a")}, Done: true}); !errors.Is(err, ErrImported) {
			t.Errorf("importing the same file into the merged one = %v, want ErrImported", err)
		}
	})
	merge(t, to, old, desk)
	s := openMerged(t, to)
	refusals, err := s.Refusals(t.Context(), time.Time{}, time.Time{})
	if err != nil || len(refusals) != 1 || refusals[0].Count != 3 {
		t.Errorf("refusals %+v, %v; want three of one key", refusals, err)
	}
	if s.Origin() != origin {
		t.Errorf("the file signs with %s, before with %s", s.Origin(), origin)
	}
	if events := all(t, s, cx.EventQuery{}); len(events) != 2 || events[1].Tag != "by-the-lead" {
		t.Errorf("events %+v", events)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	changeFile(t, to, func(s *Store) {
		if e := add(t, s, press(epoch.Add(2*time.Hour), "b")); e.ID.Seq() != 2 || e.ID.Origin() != origin {
			t.Errorf("the next event is number %d of %s, want 2 of %s", e.ID.Seq(), e.ID.Origin(), origin)
		}
	})
}

// TestMergeExports: exports without the instant of recording, with edited content,
// and out of order.
func TestMergeExports(t *testing.T) {
	dir := t.TempDir()
	var e cx.Event
	desk := deskFile(t, dir, "desk.db", func(s *Store) {
		n := deskPress("one", epoch.Add(-time.Hour), "a") // that had to wait
		n.Event.Note = "words"
		e = add(t, s, n)
		add(t, s, deskPress("one", epoch.Add(time.Hour), "a"))
	})
	want := filepath.Join(dir, "want.db")
	merge(t, want, desk)
	export := func(path string, events ...cx.Event) MergeSource {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		return MergeSource{Path: path, Events: func() iter.Seq2[[]cx.Event, error] {
			return func(yield func([]cx.Event, error) bool) {
				for _, e := range events {
					if !yield([]cx.Event{e}, nil) {
						return
					}
				}
			}
		}}
	}
	undated, edited, plain := e, e, e
	undated.RecordedAt = time.Time{}
	edited.Tag, plain.Note = "edited", ""
	for _, tt := range []struct {
		name     string
		source   MergeSource
		conflict int
		left     error
	}{
		{"undated", export(filepath.Join(dir, "undated.csv"), undated), 0, nil},
		{"edited", export(filepath.Join(dir, "edited.csv"), edited), 1, nil},
		{"without its note", export(filepath.Join(dir, "plain.csv"), plain), 0, nil},
		{"twice", export(filepath.Join(dir, "twice.csv"), e, e), 0, errOrder},
	} {
		for _, sources := range [][]MergeSource{{tt.source, {Path: desk}}, {{Path: desk}, tt.source}} {
			to := filepath.Join(t.TempDir(), "all.db")
			report, err := Merge(t.Context(), to, sources, MergeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(mergedContent(t, want), mergedContent(t, to)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.name, diff)
			}
			if report.ConflictCount != tt.conflict {
				t.Errorf("%s: conflicts %+v", tt.name, report.Conflicts)
			}
			for _, f := range report.Files {
				if f.Path == tt.source.Path && !errors.Is(f.Err, tt.left) || f.Path == desk && f.Err != nil {
					t.Errorf("%s: %s is left out for %v", tt.name, f.Path, f.Err)
				}
			}
		}
	}
}

// TestMergeHoles: what is missing is told by its numbers.
func TestMergeHoles(t *testing.T) {
	dir := t.TempDir()
	var events []cx.Event
	deskFile(t, dir, "desk.db", func(s *Store) {
		for i := range 9 {
			events = append(events, add(t, s, deskPress("one", epoch.Add(time.Duration(i)*time.Minute), "a")))
		}
	})
	kept := deskFile(t, dir, "part.db", func(s *Store) {
		rows := rowsOf([]cx.Event{events[0], events[3], events[5], events[7], events[8]})
		importAll(t, s, ImportBatch{File: [32]byte{1}, Rows: rows, Done: true})
	})
	report, err := Merge(t.Context(), filepath.Join(dir, "all.db"), sourcesOf(kept), MergeOptions{From: events[3].At(), To: events[8].At()})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(report.Origins, func(o MergedOrigin) bool { return o.Events > 0 })
	want := MergedOrigin{
		Origin: events[0].ID.Origin(), Desk: "one", Site: "north", Events: 5, InPeriod: 3,
		First: events[0].At(), Last: events[8].At(), LastSeq: 9, Missing: 4, Holes: []SeqRange{{2, 3}, {5, 5}, {7, 7}},
	}
	if diff := cmp.Diff(want, report.Origins[i]); diff != "" {
		t.Errorf("origin (-want +got):\n%s", diff)
	}
}
