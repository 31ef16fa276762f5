package cx

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestMask(t *testing.T) {
	at := time.Date(2026, 11, 16, 9, 44, 59, 999e6, time.UTC)
	quarter := time.Date(2026, 11, 16, 9, 30, 0, 0, time.UTC)
	origin := Origin{1, 2, 3, 4, 5}
	first := Event{
		ID: MakeID(at, origin, 7), RecordedAt: at.Add(time.Second), Desk: "north", Site: "Bonn", Tag: "praise",
		Note: "kind", Source: SourceDevice, Device: "04d9:1203", Key: "F13", Rev: 2,
	}
	first.Conversation = first.ID
	second := first
	second.ID, second.Conversation = MakeID(at, origin, 8), first.ID

	m := NewMask()
	a, b := m.Event(first), m.Event(second)
	want := first
	want.Desk, want.Device, want.Key = "", "", ""
	want.ID, want.Conversation = a.ID, a.ID
	want.RecordedAt = quarter.Add(Quarter) // a second later is the next quarter hour
	if diff := cmp.Diff(want, a); diff != "" {
		t.Errorf("masked (-want +got):\n%s", diff)
	}
	if !a.At().Equal(quarter) {
		t.Errorf("at %s, want %s", a.At(), quarter)
	}
	if b.Conversation != a.ID || b.ID == a.ID {
		t.Errorf("of one conversation: ids %s and %s, conversation %s", a.ID, b.ID, b.Conversation)
	}
	if bytes.Contains(a.ID[:], origin[:]) || a.ID.Seq() == 7 {
		t.Errorf("id %s of %s still has its origin or its number", a.ID, first.ID)
	}
	if again := NewMask().Event(first); again.ID == a.ID {
		t.Error("two masks make the same id: exports can be laid side by side")
	}
	if back, err := ParseID(a.ID.String()); back != a.ID || err != nil {
		t.Errorf("the masked id is read back as %s, %v", back, err)
	}
	if !a.ID.Masked() || first.ID.Masked() || MakeID(quarter, origin, 1).Masked() || (ID{}).Masked() {
		t.Error("masked ids are not told from others")
	}
	none := m.Event(Event{ID: first.ID})
	if !none.RecordedAt.IsZero() || !none.Conversation.IsZero() {
		t.Errorf("what is not known became %s, %s", none.RecordedAt, none.Conversation)
	}
}

// In a quarter hour with as many events as a large import has, each keeps an id of
// its own.
func TestMaskKeepsEventsApart(t *testing.T) {
	m := NewMask()
	at := time.Date(2026, 11, 16, 9, 30, 0, 0, time.UTC)
	seen := make(map[ID]bool)
	for n := range uint64(100_000) {
		id := m.ID(MakeID(at.Add(time.Duration(n)*time.Millisecond), Origin{9}, n+1))
		if seen[id] {
			t.Fatalf("id %s twice", id)
		}
		seen[id] = true
	}
}
