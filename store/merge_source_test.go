package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"testing"
	"time"

	"magicbutton/internal/cx"
)

// A fault in the map of a source is told as damage, and leaves the new file usable.
func TestMergeSourceFault(t *testing.T) {
	s := newStore(t, &clock{epoch})
	fault := fmt.Errorf("%w: %w: page 3", ErrDamaged, errFault)
	err := s.update(func(*writer) error { return &sourceError{&mergeSource{}, fault} })
	if !errors.Is(err, ErrDamaged) {
		t.Errorf("update = %v, want ErrDamaged", err)
	}
	if err := s.faulted(); err != nil {
		t.Errorf("the new file takes the fault for its own: %v", err)
	}
}

// A merge that is ended says so, whatever it had opened.
func TestMergeEnded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "desk.db")
	changeFile(t, path, func(s *Store) { add(t, s, press(epoch, "praise")) })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Merge(ctx, filepath.Join(t.TempDir(), "all.db"), sourcesOf(path), MergeOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Merge = %v, want context.Canceled", err)
	}
}

// The progress of a merge is never over its total, though nobody knows how many
// events an export has.
func TestMergeProgressOfExport(t *testing.T) {
	path := filepath.Join(t.TempDir(), "export.ndjson")
	changeFile(t, path, func(*Store) {}) // any file: its events come from elsewhere
	var events iter.Seq2[[]cx.Event, error] = func(yield func([]cx.Event, error) bool) {
		for i := range mergeBatch + 1 {
			at := epoch.Add(time.Duration(i) * time.Second)
			e := cx.Event{ID: cx.MakeID(at, cx.Origin{1}, uint64(i+1)), RecordedAt: at, Tag: "a", Source: cx.SourceCLI}
			e.Conversation = e.ID
			if !yield([]cx.Event{e}, nil) {
				return
			}
		}
	}
	told := 0
	_, err := Merge(t.Context(), filepath.Join(t.TempDir(), "all.db"), []MergeSource{{Path: path, Events: func() iter.Seq2[[]cx.Event, error] { return events }}}, MergeOptions{
		Progress: func(done, total int) {
			if told++; done > total {
				t.Errorf("%d of %d events were read", done, total)
			}
		},
	})
	if err != nil || told == 0 {
		t.Errorf("Merge = %v, told of its progress %d times", err, told)
	}
}
