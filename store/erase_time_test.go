package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
)

// While an erasure looks for names that events still have, presses wait. It reads
// as a tally does, which is many times as fast as what a press reads with.
func TestEraseLooksForNames(t *testing.T) {
	s := newStore(t, &clock{epoch})
	names := map[string]string{"gone": "keypad of Ms Winter", "stays": "keypad of Mr Summer"}
	ids := make(map[string]cx.ID)
	for what, name := range names {
		n := press(epoch.Add(-time.Hour), "praise")
		n.Event.Device = name
		ids[what] = add(t, s, n).ID
	}
	bigDays(t, s, 1, 30000, "")
	erased := map[cx.ID]cx.ID{ids["gone"]: {}}
	rollBack := errors.New("roll back")
	_, err := s.write(t.Context(), func(w *writer) error {
		took, slow := time.Hour, time.Hour
		for range 3 { // the machine may have other work
			left := map[string]bool{names["gone"]: true, names["stays"]: true}
			start := time.Now()
			if err := w.deleteUsed(left, erased); err != nil {
				return err
			}
			took = min(took, time.Since(start))
			if diff := cmp.Diff(map[string]bool{names["gone"]: true}, left); diff != "" {
				t.Errorf("names that no event has any more (-want +got):\n%s", diff)
			}
			start = time.Now()
			n := 0
			for range eventsTable.pairs(w.tx, nil) {
				n++
			}
			slow = min(slow, time.Since(start))
			if n != 30000+len(names) {
				t.Errorf("%d events", n)
			}
		}
		t.Logf("looking for names took %v; to read all that a press could change takes %v", took, slow)
		if took > slow/2 {
			t.Error("looking for names takes as long as a press would")
		}
		return rollBack
	})
	if !errors.Is(err, rollBack) {
		t.Fatal(err)
	}
}
