package agent

import (
	"testing"
	"time"

	"magicbutton/internal/cx"
	"magicbutton/internal/page"
	"magicbutton/store"
)

// A rep reads what was done about what they pressed, and in plain words what came of it;
// of what cannot be told yet, nothing.
func TestSaid(t *testing.T) {
	c := newClock()
	d := newDesk(t, c, "")
	p := &pageDesk{Desk: d}
	none, err := p.Said(t.Context())
	if err != nil || none == nil || len(none) != 0 {
		t.Fatalf("Said = %#v, %v; want an empty list", none, err)
	}
	var events []store.New
	for week := range 20 { // of the bill half as much as usual since the tenth week, of praise as ever
		bills := 40
		if week >= 10 {
			bills = 10
		}
		monday := epoch.AddDate(0, 0, 7*(week-20))
		for i := range 40 + bills {
			tag := "praise"
			if i >= 40 {
				tag = "bill-unclear"
			}
			at := monday.Add(time.Duration(i) * time.Hour)
			events = append(events, store.New{At: at, Event: cx.Event{Tag: tag, Source: cx.SourceAPI}})
		}
	}
	if _, err := d.store.Append(t.Context(), events...); err != nil {
		t.Fatal(err)
	}
	add := func(tag, what string, days int) {
		t.Helper()
		a := cx.Action{Tag: tag, Owner: "Kim", What: what, Since: cx.DateOf(epoch.AddDate(0, 0, days), time.UTC)}
		if _, err := d.AddAction(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	add("bill-unclear", "a new bill", -70)
	add("praise", "cake", -1)
	add("idea", "a box", 3)
	said, err := p.Said(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []page.Said{
		{Tag: "praise", Label: "praise", What: "cake", Owner: "Kim", Since: "2026-11-15"},
		{Tag: "bill-unclear", Label: "bill-unclear", What: "a new bill", Owner: "Kim", Since: "2026-09-07", Outcome: said[1].Outcome},
	}
	diff(t, "said", said, want)
	if got := said[1].Outcome; got != "It is a smaller part of what you press since then." {
		t.Errorf("of the bill it says %q", got)
	}

	again, err := p.Said(t.Context())
	if err != nil || &again[0] != &said[0] {
		t.Errorf("asked again at once it was looked up again, %v", err)
	}
	add("how-to", "a film", -30)
	more, err := p.Said(t.Context())
	if err != nil || len(more) != 3 || more[1].What != "a film" {
		t.Errorf("after another action: %+v, %v", more, err)
	}
	c.set(epoch.Add(saidFor))
	later, err := p.Said(t.Context())
	if err != nil || &later[0] == &more[0] {
		t.Errorf("a minute later it was not looked up again, %v", err)
	}
}
