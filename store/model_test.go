package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
)

// Random changes are made to a store and to a model of it, a plain slice; then
// both must give the same answers.
func TestAgainstModel(t *testing.T) {
	for _, seed := range []uint64{1, 2, rand.Uint64()} {
		t.Run(fmt.Sprintf("seed_%d", seed), func(t *testing.T) {
			c := &clock{epoch}
			m := &model{store: newStore(t, c), clock: c, random: rand.New(rand.NewPCG(seed, 0))}
			changes := []func(*testing.T, *cx.Event){m.add, m.add, m.add, m.add, m.join, m.void, m.amend, m.split, m.receive}
			m.add(t, nil)
			for range 150 {
				c.advance(time.Duration(m.random.IntN(1_000_000)) * time.Millisecond)
				changes[m.random.IntN(len(changes))](t, &m.events[m.random.IntN(len(m.events))])
			}
			m.compare(t)
		})
	}
}

// model is what a store must be like.
type model struct {
	events []cx.Event
	gone   []cx.Event // what was sealed, as far as it is known
	store  *Store
	clock  *clock
	random *rand.Rand
}

func (m *model) pick(of ...string) string { return of[m.random.IntN(len(of))] }

func (m *model) tag() string { return m.pick("praise", "idea", "bill", "other") }

// add stores an event of its own; like the other changes it is made with, or
// to, an event of the model where there is one.
func (m *model) add(t *testing.T, _ *cx.Event) {
	n := press(m.clock.now.Add(-time.Duration(m.random.IntN(10))*24*time.Hour), m.tag())
	n.Event.Desk, n.Event.Note = m.pick("", "desk 1", "desk 2"), m.pick("", "", "words")
	n.Event.Clock = cx.Clock(m.pick("", "", string(cx.ClockSuspect)))
	m.events = append(m.events, add(t, m.store, n))
}

// join adds a second tag to a live conversation.
func (m *model) join(t *testing.T, head *cx.Event) {
	if head.Voided || head.Conversation != head.ID {
		return
	}
	e := follow(t, m.store, time.Duration(1+m.random.IntN(20_000))*time.Millisecond, *head, m.tag())
	if e.Conversation != head.ID {
		t.Fatalf("the event joined %s, want %s", e.Conversation, head.ID)
	}
	m.events = append(m.events, e)
}

func (m *model) void(t *testing.T, e *cx.Event) {
	_, err := m.store.Void(t.Context(), e.ID)
	if e.Voided != errors.Is(err, ErrVoided) || !e.Voided && err != nil {
		t.Fatalf("Void of an event with voided = %v: %v", e.Voided, err)
	}
	if e.Voided {
		return
	}
	if heir := m.rehead(e); !heir.IsZero() {
		e.Conversation = heir
	}
	e.Voided = true
	e.Rev++
}

// rehead makes another event the first of the conversation that e was the first
// of, if it was.
func (m *model) rehead(e *cx.Event) (heir cx.ID) {
	var members []*cx.Event
	for i := range m.events {
		if o := &m.events[i]; o.Conversation == e.ID && o.ID != e.ID && !o.Voided {
			members = append(members, o)
		}
	}
	slices.SortFunc(members, func(a, b *cx.Event) int { return slices.Compare(a.ID[:], b.ID[:]) })
	for _, o := range members {
		if heir.IsZero() {
			heir = o.ID
		}
		o.Conversation = heir
		o.Rev++
	}
	return heir
}

func (m *model) amend(t *testing.T, e *cx.Event) {
	tag, note := m.tag(), m.pick("", "other words")
	if e.Voided {
		return
	}
	if _, err := m.store.Amend(t.Context(), e.ID, cx.Amendment{Tag: &tag, Note: &note}); err != nil {
		t.Fatal(err)
	}
	if e.Tag != tag || e.Note != note {
		e.Tag, e.Note = tag, note
		e.Rev++
	}
}

// split gives an event a conversation of its own.
func (m *model) split(t *testing.T, e *cx.Event) {
	if e.Voided {
		return
	}
	move(t, m.store, *e, *e)
	if e.Conversation != e.ID {
		e.Conversation = e.ID
		e.Rev++
	}
}

// receive imports an event of another desk.
func (m *model) receive(t *testing.T, _ *cx.Event) {
	n := len(m.events) + len(m.gone)
	e := cx.Event{
		ID:  cx.MakeID(m.clock.now.Add(-time.Hour), cx.Origin{1}, uint64(n)),
		Tag: m.tag(), RecordedAt: m.clock.now, Source: cx.SourceImport, Desk: "far",
	}
	file := [32]byte{byte(n), byte(n >> 8)}
	importAll(t, m.store, ImportBatch{File: file, Rows: rowsOf([]cx.Event{e}), Done: true})
	e.Conversation = e.ID
	m.events = append(m.events, e)
}

func (m *model) sorted(voided bool) (out []cx.Event) {
	for _, e := range m.events {
		if voided || !e.Voided {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b cx.Event) int { return slices.Compare(a.ID[:], b.ID[:]) })
	return out
}

// compare holds the store's answers against those that the model's events give.
func (m *model) compare(t *testing.T) {
	for _, voided := range []bool{false, true} {
		if diff := cmp.Diff(m.sorted(voided), all(t, m.store, cx.EventQuery{Voided: voided})); diff != "" {
			t.Fatalf("events, voided %v (-model +store):\n%s", voided, diff)
		}
	}
	catalogue, err := cx.NewCatalogue([]cx.Tag{{Code: "praise", Kind: cx.KindPraise}, {Code: "bill", MergedInto: "praise"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.store.SetCatalogue(t.Context(), catalogue); err != nil {
		t.Fatal(err)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []cx.Query{
		{},
		{Zone: berlin, By: []cx.Dimension{cx.ByTag}},
		{Zone: berlin, By: []cx.Dimension{cx.ByKind, cx.ByDesk, cx.ByHour}},
		{By: []cx.Dimension{cx.ByDay, cx.BySite, cx.ByChannel}, From: epoch.Add(-72 * time.Hour), To: epoch},
	} {
		got, err := m.store.Tally(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		want := cx.Count(slices.Values(m.events), catalogue, q)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Tally(%+v) (-model +store):\n%s", q, diff)
		}
	}
	report := checkClean(t, m.store)
	if report.Events != len(m.events) {
		t.Errorf("a check counts %d events, the model has %d", report.Events, len(m.events))
	}
}
