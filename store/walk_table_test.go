package store

import (
	"errors"
	"testing"
)

// That a key is missing is remembered from one transaction to the next, and no
// longer than it is true: whatever a transaction does, and whether it is kept.
func TestMissingIsRemembered(t *testing.T) {
	s := newStore(t, &clock{epoch})
	key, beside := dayTotals.key(7), dayTotals.key(1)
	errUndone := errors.New("undone")
	has := func(w *writer, want bool) {
		t.Helper()
		if got, err := daysTable.has(w.tx, key); err != nil || got != want {
			t.Errorf("has = %v, %v; want %v", got, err, want)
		}
	}
	put := func(w *writer, key []byte) error { return daysTable.put(w.tx, key, make([]byte, 2000)) }
	remove := func(w *writer, key []byte) error { return daysTable.delete(w.tx, key) }
	for name, do := range map[string][]func(w *writer) error{
		"comes": {
			func(w *writer) error { has(w, false); return nil },
			func(w *writer) error { return put(w, key) },
			func(w *writer) error { has(w, true); return remove(w, key) },
		},
		"comes and goes in one": {
			func(w *writer) error {
				has(w, false)
				err := put(w, key)
				has(w, true)
				err = errors.Join(err, remove(w, key))
				has(w, false)
				err = errors.Join(err, put(w, key))
				has(w, true)
				return errors.Join(err, remove(w, key))
			},
		},
		"comes, undone": {
			func(w *writer) error { has(w, false); return errors.Join(put(w, key), errUndone) },
			func(w *writer) error { has(w, false); return nil },
		},
		"goes, undone": {
			func(w *writer) error { return put(w, key) },
			func(w *writer) error {
				err := remove(w, key)
				has(w, false)
				return errors.Join(err, errUndone)
			},
			func(w *writer) error { has(w, true); return remove(w, key) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			// Too much for a small bucket, whose page would be read anyway.
			do := append([]func(*writer) error{func(w *writer) error { return put(w, beside) }}, do...)
			do = append(do, func(w *writer) error { has(w, false); return remove(w, beside) })
			for _, step := range do {
				if _, err := s.write(t.Context(), step); err != nil && !errors.Is(err, errUndone) {
					t.Fatal(err)
				}
			}
		})
	}
}
