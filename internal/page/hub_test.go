package page

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
)

// read returns what a page was told so far, once nothing more is under way, a line a
// message.
func read(v *viewer) (out []string) {
	synctest.Wait()
	for {
		select {
		case m, ok := <-v.messages:
			if !ok {
				return append(out, "end")
			}
			out = append(out, brief(m))
		default:
			return out
		}
	}
}

// brief writes a message in short: of a card its events, with their numbers.
func brief(m []byte) string {
	name, data, _ := strings.Cut(strings.TrimPrefix(string(m), "event: "), "\ndata: ")
	var c card
	switch name {
	case msgAll:
		var all everything
		must(json.Unmarshal([]byte(data), &all))
		var out strings.Builder
		out.WriteString(name)
		for _, c := range all.Cards {
			out.WriteString(" " + briefCard(c))
		}
		return out.String()
	case msgCard:
		must(json.Unmarshal([]byte(data), &c))
		return name + " " + briefCard(c)
	case msgGone:
		must(json.Unmarshal([]byte(data), &c))
		return name + " #" + string('0'+rune(c.ID.Seq()))
	case msgGlance:
		var g glance
		must(json.Unmarshal([]byte(data), &g))
		b, _ := json.Marshal([]any{g.Day.Name, g.Day.Count, g.Week.Count})
		return name + " " + string(b)
	}
	return name + " " + strings.TrimSpace(data)
}

func briefCard(c card) string {
	var out strings.Builder
	out.WriteString("[#" + string('0'+rune(c.ID.Seq())) + ":")
	for _, e := range c.Events {
		out.WriteString(" #" + string('0'+rune(e.Seq)) + " " + e.Tag)
		if e.Note != "" {
			out.WriteString(" “" + e.Note + "”")
		}
		if e.Late {
			out.WriteString(" late")
		}
	}
	return out.String() + "]"
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// hubTest runs f in a bubble of time, with a desk and the hub of its pages.
func hubTest(t *testing.T, f func(t *testing.T, d *memoryDesk, h *hub)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := newTestServer(t)
		f(t, s.desk, s.hub)
	})
}

// cardsOf leaves out the counts.
func cardsOf(messages []string) (out []string) {
	for _, m := range messages {
		if !strings.HasPrefix(m, msgGlance) {
			out = append(out, m)
		}
	}
	return out
}

func want(t *testing.T, got []string, wanted ...string) {
	t.Helper()
	if d := cmp.Diff(wanted, got); d != "" {
		t.Errorf("messages (-want +got):\n%s", d)
	}
}

func TestCards(t *testing.T) {
	hubTest(t, func(t *testing.T, d *memoryDesk, h *hub) {
		d.press("praise", cx.ID{})
		v := h.enter()
		want(t, read(v), "all [#1: #1 praise]")
		time.Sleep(30 * time.Second)
		second := d.press("refund-slow", cx.ID{})
		want(t, cardsOf(read(v)), "card [#2: #2 refund-slow]")
		time.Sleep(time.Second)
		d.press("praise", second.ID)
		want(t, cardsOf(read(v)), "card [#2: #2 refund-slow #3 praise]")
		want(t, read(h.enter()), "all [#2: #2 refund-slow #3 praise] [#1: #1 praise]")
		time.Sleep(UndoWindow - 30*time.Second)
		want(t, read(h.enter()), "all [#2: #2 refund-slow #3 praise]")
	})
}

// TestRegroup: when the first event of a conversation goes, the others change without
// a word of the desk.
func TestRegroup(t *testing.T) {
	own := cx.ID{}
	for _, test := range []struct {
		name string
		do   func(ctx context.Context, d *memoryDesk, first, second, third cx.ID) error
		want []string
	}{
		{
			"first taken back", func(ctx context.Context, d *memoryDesk, first, _, _ cx.ID) error {
				_, err := d.Void(ctx, first)
				return err
			},
			[]string{"gone #1", "card [#2: #2 refund-slow #3 praise]"},
		},
		{
			"last taken back", func(ctx context.Context, d *memoryDesk, _, _, third cx.ID) error {
				_, err := d.Void(ctx, third)
				return err
			},
			[]string{"card [#1: #1 praise #2 refund-slow]"},
		},
		{
			"pulled apart", func(ctx context.Context, d *memoryDesk, _, second, _ cx.ID) error {
				_, err := d.Amend(ctx, second, cx.Amendment{Conversation: &own})
				return err
			},
			[]string{"card [#1: #1 praise #3 praise]", "card [#2: #2 refund-slow]"},
		},
		{
			"all taken back", func(ctx context.Context, d *memoryDesk, first, second, third cx.ID) error {
				_, err := d.Void(ctx, third)
				synctest.Wait()
				_, err2 := d.Void(ctx, second)
				synctest.Wait()
				_, err3 := d.Void(ctx, first)
				return errors.Join(err, err2, err3)
			},
			[]string{"card [#1: #1 praise #2 refund-slow]", "card [#1: #1 praise]", "gone #1"},
		},
		{
			"note", func(ctx context.Context, d *memoryDesk, first, _, _ cx.ID) error {
				note := "third call"
				_, err := d.Amend(ctx, first, cx.Amendment{Note: &note})
				return err
			},
			[]string{"card [#1: #1 praise “third call” #2 refund-slow #3 praise]"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			hubTest(t, func(t *testing.T, d *memoryDesk, h *hub) {
				first := d.press("praise", cx.ID{})
				second := d.press("refund-slow", first.ID)
				third := d.press("praise", first.ID)
				v := h.enter()
				read(v)
				if err := test.do(t.Context(), d, first.ID, second.ID, third.ID); err != nil {
					t.Fatal(err)
				}
				want(t, cardsOf(read(v)), test.want...)
			})
		})
	}
}

func TestJoin(t *testing.T) {
	hubTest(t, func(t *testing.T, d *memoryDesk, h *hub) {
		first, second := d.press("praise", cx.ID{}), d.press("refund-slow", cx.ID{})
		d.press("praise", second.ID)
		v := h.enter()
		want(t, read(v), "all [#2: #2 refund-slow #3 praise] [#1: #1 praise]")
		if _, err := d.Amend(t.Context(), second.ID, cx.Amendment{Conversation: &first.ID}); err != nil {
			t.Fatal(err)
		}
		want(t, cardsOf(read(v)), "gone #2", "card [#1: #1 praise #2 refund-slow]", "card [#3: #3 praise]")
	})
}

// TestOutOfOrder: an event that was taken back before the desk told that it was stored
// does not come back.
func TestOutOfOrder(t *testing.T) {
	hubTest(t, func(t *testing.T, d *memoryDesk, h *hub) {
		v := h.enter()
		want(t, read(v), "all")
		e := d.store(cx.Event{Tag: "praise", Source: cx.SourceDevice}, d.now())
		if _, err := d.Void(t.Context(), e.ID); err != nil {
			t.Fatal(err)
		}
		d.tell(Moment{What: WhatStored, Event: e})
		want(t, cardsOf(read(v)), "gone #1")
		want(t, read(h.enter()), "all")
	})
}

// TestOtherMoments: what is not counted, or not saved, is told as such.
func TestOtherMoments(t *testing.T) {
	hubTest(t, func(t *testing.T, d *memoryDesk, h *hub) {
		v := h.enter()
		read(v)
		d.tell(Moment{What: WhatRefused, Tag: "praise", Source: cx.SourcePage, Ref: "r"})
		want(t, read(v), `refused {"tag":"praise","label":"Praise","source":"page","ref":"r"}`)
		d.with(func() { d.trouble, d.waiting = &api.Trouble{Since: d.now(), Text: "the disk is full"}, 1 })
		d.tell(Moment{What: WhatWaiting, Tag: "praise", Source: cx.SourceDevice, Reason: "the disk is full"})
		d.tell(Moment{What: WhatTrouble})
		since := timeText(d.now())
		want(t, read(v), `unsaved {"tag":"praise","label":"Praise","source":"device","ref":"","reason":"the disk is full","waiting":true}`,
			`trouble {"since":"`+since+`","text":"the disk is full","waiting":1}`)
		want(t, read(h.enter()), "all")
		d.tell(Moment{What: WhatNotSaved, Tag: "gone-tag", Source: cx.SourcePage, Ref: "s", Reason: "too many wait"})
		want(t, read(v), `unsaved {"tag":"gone-tag","label":"gone-tag","source":"page","ref":"s","reason":"too many wait","waiting":false}`)
		d.with(func() { d.trouble, d.waiting = nil, 0 })
		e := d.store(cx.Event{Tag: "praise", Source: cx.SourceDevice}, d.now())
		d.tell(Moment{What: WhatStored, Event: e, Late: true})
		want(t, cardsOf(read(v)), "card [#1: #1 praise late]", "trouble null")
		note := "third call" // that it was late stays true
		if _, err := d.Amend(t.Context(), e.ID, cx.Amendment{Note: &note}); err != nil {
			t.Fatal(err)
		}
		want(t, cardsOf(read(v)), "card [#1: #1 praise “third call” late]")
	})
}

// TestLateLater: that an event was late is told of a card that is there, whatever became
// of it since, and once.
func TestLateLater(t *testing.T) {
	hubTest(t, func(t *testing.T, d *memoryDesk, h *hub) {
		e := d.press("praise", cx.ID{})
		v := h.enter()
		want(t, read(v), "all [#1: #1 praise]")
		note := "third call"
		if _, err := d.Amend(t.Context(), e.ID, cx.Amendment{Note: &note}); err != nil {
			t.Fatal(err)
		}
		want(t, cardsOf(read(v)), "card [#1: #1 praise “third call”]")
		d.tell(Moment{What: WhatLate, Event: e})
		d.tell(Moment{What: WhatLate, Event: e})
		want(t, cardsOf(read(v)), "card [#1: #1 praise “third call” late]")
	})
}

// TestLateAfterReload: a press that had to wait is marked so for a page that is opened
// later, too.
func TestLateAfterReload(t *testing.T) {
	hubTest(t, func(t *testing.T, d *memoryDesk, h *hub) {
		d.store(cx.Event{Tag: "praise", Source: cx.SourceDevice}, d.now().Add(-time.Hour))
		d.store(cx.Event{Tag: "praise", Source: cx.SourceAPI}, d.now().Add(-time.Minute))
		want(t, read(h.enter()), "all [#2: #2 praise] [#1: #1 praise late]")
	})
}

// TestImport: a year of events that is imported is no news.
func TestImport(t *testing.T) {
	hubTest(t, func(t *testing.T, d *memoryDesk, h *hub) {
		v := h.enter()
		read(v)
		e := d.store(cx.Event{Tag: "praise", Source: cx.SourceImport}, d.now())
		d.tell(Moment{What: WhatStored, Event: e})
		want(t, cardsOf(read(v)))
	})
}

// TestAnew: a new configuration, or erased events, make the pages read all again.
func TestAnew(t *testing.T) {
	hubTest(t, func(t *testing.T, d *memoryDesk, h *hub) {
		e := d.press("praise", cx.ID{})
		v := h.enter()
		want(t, read(v), "all [#1: #1 praise]")
		d.with(func() { delete(d.events, e.ID) })
		d.tell(Moment{What: WhatAnew})
		want(t, cardsOf(read(v)), "all")
	})
}

// TestKinErased: an event that is gone from the database leaves its card.
func TestKinErased(t *testing.T) {
	hubTest(t, func(t *testing.T, d *memoryDesk, h *hub) {
		first := d.press("praise", cx.ID{})
		second := d.press("refund-slow", first.ID)
		v := h.enter()
		read(v)
		d.with(func() { delete(d.events, second.ID) })
		if _, err := d.Void(t.Context(), first.ID); err != nil {
			t.Fatal(err)
		}
		want(t, cardsOf(read(v)), "gone #1")
	})
}

// TestDeskLost: when the desk cannot be read, the pages are told all once it can.
func TestDeskLost(t *testing.T) {
	hubTest(t, func(t *testing.T, d *memoryDesk, h *hub) {
		d.with(func() { d.fails = errors.New("the file is being replaced") })
		v := h.enter()
		want(t, read(v), "all") // without a card, so that the page can hand over what it has
		later := h.enter()
		if m := <-later.messages; !strings.Contains(string(m), "the file is being replaced") {
			t.Errorf("told %s, want what is wrong", m)
		}
		h.leave(later)
		d.with(func() { d.fails = nil })
		time.Sleep(againAfter)
		want(t, read(v), "all")
		d.tell(Moment{What: "behind"})
		d.press("praise", cx.ID{}) // nobody tells of it
		time.Sleep(againAfter)
		want(t, cardsOf(read(v)), "all [#1: #1 praise]")
	})
}

// TestDeskSilent: where the desk does not answer, the pages are told so after a while.
func TestDeskSilent(t *testing.T) {
	hubTest(t, func(t *testing.T, d *memoryDesk, h *hub) {
		hangs := make(chan struct{})
		d.with(func() { d.hangs = hangs })
		v := h.enter()
		time.Sleep(blindAfter - time.Nanosecond)
		want(t, read(v))
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if m := <-v.messages; !strings.HasPrefix(string(m), "event: all") || !strings.Contains(string(m), errSilent.Error()) {
			t.Errorf("told %s, want that the database does not answer", m)
		}
		d.with(func() { d.hangs = nil })
		close(hangs)
		want(t, read(v), "all")
	})
}

// TestNobodyLooks: without a page nothing is read and nothing is kept.
func TestNobodyLooks(t *testing.T) {
	hubTest(t, func(t *testing.T, d *memoryDesk, h *hub) {
		v, other := h.enter(), h.enter()
		read(v)
		h.leave(v)
		d.press("praise", cx.ID{})
		time.Sleep(time.Minute)
		read(other)
		h.leave(other)
		synctest.Wait()
		before := d.tallies
		d.press("praise", cx.ID{})
		time.Sleep(time.Hour)
		synctest.Wait()
		if n := len(d.watchers); n != 0 || d.tallies != before || h.watch != nil {
			t.Errorf("%d watch, %d tallies: want none", n, d.tallies-before)
		}
		want(t, read(h.enter()), "all")
	})
}

// TestSlowPage: a page that reads nothing is cut off, and holds up nobody.
func TestSlowPage(t *testing.T) {
	hubTest(t, func(t *testing.T, d *memoryDesk, h *hub) {
		slow, quick := h.enter(), h.enter()
		read(quick)
		for range 2 * queueLength {
			d.press("praise", cx.ID{})
			if n := len(cardsOf(read(quick))); n != 1 {
				t.Fatalf("the quick page was told %d cards", n)
			}
		}
		if !slow.behind.Load() || quick.behind.Load() {
			t.Errorf("slow page behind: %v, quick one: %v", slow.behind.Load(), quick.behind.Load())
		}
		if len(h.viewers) != 1 {
			t.Errorf("%d pages are told, want 1", len(h.viewers))
		}
		if n := len(slow.messages); n != queueLength {
			t.Errorf("%d messages wait for the slow page, want %d", n, queueLength)
		}
	})
}

// TestBoundedCards: however many presses there are, the hub keeps the newest hundred
// conversations.
func TestBoundedCards(t *testing.T) {
	hubTest(t, func(t *testing.T, d *memoryDesk, h *hub) {
		v := h.enter()
		for range 50 * maxCards {
			e := d.press("praise", cx.ID{})
			if e.ID.Seq() == 7 {
				if _, err := d.Void(t.Context(), e.ID); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(10 * time.Millisecond)
			read(v)
			h.mu.Lock()
			n := len(h.watch.cards.events)
			h.mu.Unlock()
			if n > 3*maxCards+1 {
				t.Fatalf("%d events are kept", n)
			}
		}
		all := read(h.enter())
		if n := strings.Count(all[0], "["); n != maxCards {
			t.Errorf("%d cards, want %d", n, maxCards)
		}
	})
}

// TestJoinOlder: an event that joins a conversation which is older than the cards brings
// its beginning back.
func TestJoinOlder(t *testing.T) {
	hubTest(t, func(t *testing.T, d *memoryDesk, h *hub) {
		first := d.press("praise", cx.ID{})
		time.Sleep(UndoWindow)
		v := h.enter()
		want(t, read(v), "all")
		second := d.press("refund-slow", cx.ID{})
		want(t, cardsOf(read(v)), "card [#2: #2 refund-slow]")
		if _, err := d.Amend(t.Context(), second.ID, cx.Amendment{Conversation: &first.ID}); err != nil {
			t.Fatal(err)
		}
		want(t, cardsOf(read(v)), "gone #2", "card [#1: #1 praise #2 refund-slow]")
	})
}

// TestOlder: what changes in an event that is older than the cards is none of theirs.
func TestOlder(t *testing.T) {
	hubTest(t, func(t *testing.T, d *memoryDesk, h *hub) {
		e := d.press("praise", cx.ID{})
		time.Sleep(UndoWindow)
		v := h.enter()
		read(v)
		note := "third call"
		if _, err := d.Amend(t.Context(), e.ID, cx.Amendment{Note: &note}); err != nil {
			t.Fatal(err)
		}
		want(t, cardsOf(read(v)))
	})
}

// TestReopened: what was read for pages that are closed is not told to the next one.
func TestReopened(t *testing.T) {
	hubTest(t, func(t *testing.T, d *memoryDesk, h *hub) {
		hangs := make(chan struct{})
		d.with(func() { d.hangs = hangs })
		h.leave(h.enter())
		v := h.enter()
		want(t, read(v))
		d.with(func() { d.hangs = nil })
		close(hangs)
		want(t, read(v), "all")
	})
}

// TestBoundedEvents: a conversation without end is not kept.
func TestBoundedEvents(t *testing.T) {
	d := newDesk(t, time.Now)
	var c cards
	first := d.store(cx.Event{Tag: "praise"}, d.now())
	c.put(held{first, false})
	for range maxHeld {
		c.put(held{d.store(cx.Event{Tag: "praise", Conversation: first.ID}, d.now()), false})
	}
	c.put(held{d.store(cx.Event{Tag: "praise"}, d.now()), false})
	if got := c.newest(d.now()); len(got) != 1 || len(c.events) != 1 {
		t.Errorf("%d conversations, %d events; want 1", len(got), len(c.events))
	}
}
