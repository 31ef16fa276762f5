package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"magicbutton/internal/cx"
)

// importFile gives a file to Import as a command does, two rows at a time, and
// stops after the given number of batches, as if it were killed; 0 is the end.
func importFile(t *testing.T, s *Store, rows []New, again bool, batches int) (total ImportResult, err error) {
	t.Helper()
	const size = 2
	for first, n := 0, 1; ; first, n = first+size, n+1 {
		end := min(first+size, len(rows))
		got, err := s.Import(t.Context(), ImportBatch{
			File: [32]byte{9}, First: first, Rows: rows[first:end], Done: end == len(rows), Again: again && first == 0,
		})
		total.Added += got.Added
		total.Replaced += got.Replaced
		total.Unchanged += got.Unchanged
		total.Skipped += got.Skipped
		if err != nil || end == len(rows) || n == batches {
			return total, err
		}
	}
}

func TestImportAgain(t *testing.T) {
	origin := cx.Origin{1, 2, 3, 4, 5}
	var plain, named, mixed []New
	for i := range 5 {
		at := epoch.Add(time.Duration(i) * time.Minute)
		e := cx.Event{Tag: fmt.Sprint("t", i)}
		plain = append(plain, New{At: at, Event: e})
		e.ID = cx.MakeID(at, origin, uint64(i+1))
		named = append(named, New{Event: e})
	}
	mixed = append(append(mixed, named[:3]...), plain[3:]...)

	type run struct {
		again   bool
		batches int // 0 is to the end
		want    ImportResult
		refused bool
	}
	for _, test := range []struct {
		name string
		rows []New
		runs []run
	}{
		{"without ids", plain, []run{{want: ImportResult{Added: 5}}, {refused: true}, {again: true, want: ImportResult{Added: 5}}}},
		{"without ids, interrupted", plain, []run{{batches: 1, want: ImportResult{Added: 2}}, {want: ImportResult{Skipped: 2, Added: 3}}, {refused: true}}},
		{
			"without ids, interrupted, then again", plain,
			[]run{{batches: 2, want: ImportResult{Added: 4}}, {again: true, want: ImportResult{Skipped: 4, Added: 1}}, {refused: true}},
		},
		{
			"without ids, again, interrupted", plain,
			[]run{{want: ImportResult{Added: 5}}, {again: true, batches: 1, want: ImportResult{Added: 2}}, {want: ImportResult{Skipped: 2, Added: 3}}, {refused: true}},
		},
		{"with ids", named, []run{{want: ImportResult{Added: 5}}, {want: ImportResult{Unchanged: 5}}, {again: true, want: ImportResult{Unchanged: 5}}}},
		{"with ids, interrupted", named, []run{{batches: 2, want: ImportResult{Added: 4}}, {want: ImportResult{Skipped: 4, Added: 1}}, {want: ImportResult{Unchanged: 5}}}},
		{"with some ids", mixed, []run{{want: ImportResult{Added: 5}}, {want: ImportResult{Unchanged: 2}, refused: true}, {again: true, want: ImportResult{Unchanged: 3, Added: 2}}}},
		{"without rows", nil, []run{{}, {}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newStore(t, &clock{now: epoch})
			for i, r := range test.runs {
				got, err := importFile(t, s, test.rows, r.again, r.batches)
				if got != r.want || errors.Is(err, ErrImported) != r.refused || err != nil && !r.refused {
					t.Errorf("run %d = %+v, %v; want %+v, refused %v", i+1, got, err, r.want, r.refused)
				}
			}
		})
	}
}

// TestImportAfterCorrection: a file with ids knows an event as it was, and what was
// corrected since stays so.
func TestImportAfterCorrection(t *testing.T) {
	s := newStore(t, &clock{now: epoch})
	rows := []New{{Event: cx.Event{ID: cx.MakeID(epoch, cx.Origin{1}, 1), Tag: "praise"}}}
	if _, err := importFile(t, s, rows, false, 0); err != nil {
		t.Fatal(err)
	}
	void(t, s, get(t, s, rows[0].Event.ID))
	if got, err := importFile(t, s, rows, false, 0); err != nil || got.Unchanged != 1 {
		t.Errorf("import of an event that was taken back since = %+v, %v, want unchanged", got, err)
	}
	if !get(t, s, rows[0].Event.ID).Voided {
		t.Error("the event counts again")
	}
}
