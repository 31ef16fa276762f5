package agent

import (
	"errors"
	"testing"
	"time"

	"magicbutton/internal/cx"
	"magicbutton/store"
)

// What a search finds after an erasure does not take away what is known of it.
func TestErasedAndStillThere(t *testing.T) {
	id := cx.MakeID(time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC), cx.Origin{1}, 1)
	found := errors.New("the words are still in the file")
	got, err := erased(store.Erased{IDs: []cx.ID{id}, Search: &store.Search{Bytes: 7}}, found)
	if err != nil || len(got.IDs) != 1 || got.Search == nil || got.Search.Fault != found.Error() || got.Search.Bytes != 7 {
		t.Errorf("erased = %+v, search %+v, %v; want the event, and what was found", got, got.Search, err)
	}
	if _, err := erased(store.Erased{}, found); err == nil {
		t.Error("an erasure that failed is none that was done")
	}
}
