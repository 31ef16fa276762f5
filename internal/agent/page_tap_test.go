package agent

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
	"magicbutton/internal/page"
)

// tapOn taps as a page does.
func tapOn(ctx context.Context, d *Desk, t page.Tap) (page.Tapped, error) {
	o, scrubbed, err := d.tap(ctx, t)
	return tapped(o, scrubbed), err
}

// tapAll makes taps of a script such as "1.5s ref-1 praise", the desk's clock showing the
// instant of each. It returns what became of them, and the conversation of each, named by
// the line that began it, "-" for none.
func tapAll(t *testing.T, d *Desk, c *clock, script string) (results, conversations string) {
	t.Helper()
	var got, heads []string
	line := make(map[cx.ID]int)
	for i, text := range strings.Split(strings.TrimSpace(script), "\n") {
		f := strings.Fields(text)
		at, err := time.ParseDuration(f[0])
		if err != nil {
			t.Fatal(err)
		}
		c.set(epoch.Add(at))
		tapped, err := tapOn(t.Context(), d, page.Tap{Ref: f[1], Tag: f[2]})
		if err != nil {
			t.Fatalf("line %d: %v", i+1, err)
		}
		result, head := string(tapped.Result), "-"
		if tapped.Result == page.Stored {
			e := tapped.Event
			if e.Source != cx.SourcePage || e.Device != "page" || e.Key != f[2] || e.Tag != f[2] {
				t.Errorf("line %d is stored as %+v", i+1, e)
			}
			if _, known := line[e.ID]; !known {
				line[e.ID] = i + 1
			}
			head = fmt.Sprint(line[e.Conversation])
		}
		if tapped.Duplicate {
			result += "*"
		}
		got, heads = append(got, result), append(heads, head)
	}
	return strings.Join(got, " "), strings.Join(heads, " ")
}

func TestTap(t *testing.T) {
	for _, test := range []struct{ name, config, script, results, conversations string }{
		{
			"the same tag again too soon", "",
			"0s a praise\n 1.9s b praise\n 2s c praise", "stored refused stored", "1 - 3",
		},
		{
			"another tag joins", "",
			"0s a praise\n 1s b idea\n 21s c how-to\n 42s d praise", "stored stored stored stored", "1 1 1 4",
		},
		{
			"as configured", "[press]\nguard = 0\nsame_conversation = 0",
			"0s a praise\n 0s b praise\n 1s c idea", "stored stored stored", "1 2 3",
		},
		{
			"sent again", "",
			"0s a praise\n 1s a praise\n 1.5s b praise\n 30s a praise", "stored stored* refused stored*", "1 1 - 1",
		},
		{
			"refused and sent again later", "",
			"0s a praise\n 1s b praise\n 9s b praise\n 9s c praise", "stored refused refused* stored", "1 - - 4",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newClock()
			d := newDesk(t, c, test.config)
			results, conversations := tapAll(t, d, c, test.script)
			if results != test.results || conversations != test.conversations {
				t.Errorf("results %s in conversations %s, want %s in %s", results, conversations, test.results, test.conversations)
			}
			want := strings.Count(test.results+" ", "stored ")
			if got := len(allEvents(t, d.store)); got != want {
				t.Errorf("%d events are stored, want %d", got, want)
			}
			if got := d.counts.stored.Load(); got != uint64(want) {
				t.Errorf("counted %d as stored, want %d", got, want)
			}
		})
	}
}

// A tap and a press of a button are two controls of two devices, as two buttons are: each
// has its own guard and its own conversation.
func TestTapBesideButton(t *testing.T) {
	c := newClock()
	d := newDesk(t, c, "")
	diff(t, "press", pressAll(t, d, "0s A F13 praise"), []string{"stored"})
	results, conversations := tapAll(t, d, c, "1s a praise")
	if results != "stored" || conversations != "1" {
		t.Errorf("the tap was %s in conversation %s, want stored in its own", results, conversations)
	}
}

// An undo of the tap lets its tag be tapped again at once, and whoever takes back the
// last event of the pad takes that.
func TestTapUndone(t *testing.T) {
	c := newClock()
	d := newDesk(t, c, "")
	tapAll(t, d, c, "0s a praise")
	if e, err := d.Undo(t.Context(), api.Undo{Device: "page"}); err != nil || e.Tag != "praise" {
		t.Fatalf("Undo = %+v, %v", e, err)
	}
	if results, _ := tapAll(t, d, c, "0.5s b praise"); results != "stored" {
		t.Errorf("tapped again it was %s, want stored", results)
	}
	again, err := tapOn(t.Context(), d, page.Tap{Ref: "a", Tag: "praise"})
	if err != nil || !again.Duplicate || !again.Event.Voided {
		t.Errorf("the first one sent again = %+v, %v; want the event, taken back", again, err)
	}
}

// What a tap says beside its tag is stored, its note without a card number.
func TestTapSaysMore(t *testing.T) {
	d := newDesk(t, newClock(), "")
	got, err := tapOn(t.Context(), d, page.Tap{
		Ref: "a", Tag: "bill-unclear", Stage: "use", Channel: "email", Tried: "chat", Forced: true,
		Note: " paid with 4111 1111 1111 1111 ",
	})
	if err != nil || got.Result != page.Stored || got.Scrubbed != 1 {
		t.Fatalf("Tap = %+v, %v", got, err)
	}
	stored, err := d.Event(t.Context(), got.Event.ID)
	if err != nil {
		t.Fatal(err)
	}
	want := cx.Event{
		ID: stored.ID, Conversation: stored.ID, RecordedAt: epoch, Desk: "desk 1", Site: "north", Tag: "bill-unclear",
		Stage: cx.StageUse, Channel: cx.ChannelEmail, Tried: cx.ChannelChat, Forced: true, Note: "paid with [card …1111]",
		Source: cx.SourcePage, Device: "page", Key: "bill-unclear",
	}
	diff(t, "the event", stored, want)
}

// A tap that is refused names what was counted, so that its words can go there; so it does
// when it is sent again. Of what waits there is nothing to name.
func TestTapNamesCounted(t *testing.T) {
	c := newClock()
	d := newDesk(t, c, "")
	counted, err := tapOn(t.Context(), d, page.Tap{Ref: "a", Tag: "praise"})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		got, err := tapOn(t.Context(), d, page.Tap{Ref: "b", Tag: "praise", Note: "words"})
		if err != nil || got.Result != page.Refused || got.Event.ID != counted.Event.ID || got.Event.Note != "" {
			t.Errorf("Tap = %+v, %v; want it refused for %s", got, err, counted.Event.ID)
		}
	}
	d, _, _ = brokenDesk(t)
	tapAll(t, d, c, "0s a praise")
	if got, err := tapOn(t.Context(), d, page.Tap{Ref: "b", Tag: "praise"}); err != nil || got.Result != page.Refused || got.Event.Tag != "" {
		t.Errorf("Tap = %+v, %v; want it refused for what has no event yet", got, err)
	}
}

// One that reads what became of a tap holds up no other tap.
func TestTapReadsAlone(t *testing.T) {
	c := newClock()
	d := newDesk(t, c, "")
	tapAll(t, d, c, "0s a praise")
	p := Press{Source: cx.SourcePage, Device: pageDevice, Key: "praise", At: d.now(), Ref: "a"}
	o, known, err := d.tapInTurn(t.Context(), p, cx.Event{})
	if err != nil || o.Result != Stored || !o.Known || known.id.IsZero() || !o.Event.ID.IsZero() {
		t.Errorf("in turn = %+v, %+v, %v; want the id alone, the event read afterwards", o, known, err)
	}
}

func TestTapRefused(t *testing.T) {
	d := newDesk(t, newClock(), "")
	past := time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC)
	for name, tap := range map[string]page.Tap{
		"no ref":      {Tag: "praise"},
		"no tag":      {Ref: "a"},
		"retired tag": {Ref: "a", Tag: "gone"},
		"unknown tag": {Ref: "a", Tag: "prise"},
		"stage":       {Ref: "a", Tag: "praise", Stage: "sleep"},
		"long ref":    {Ref: strings.Repeat("r", 81), Tag: "praise"},
		"long note":   {Ref: "a", Tag: "praise", Note: strings.Repeat("n", cx.MaxNoteRunes+1)},
		"past":        {Ref: "a", Tag: "praise", At: &past},
	} {
		got, err := tapOn(t.Context(), d, tap)
		if problem(err) == nil || problem(err).Code != api.CodeBad {
			t.Errorf("%s: Tap = %+v, %v; want %s", name, got, err, api.CodeBad)
		}
	}
	diff(t, "stored", tagsOf(allEvents(t, d.store)), []string{})
	if results, _ := tapAll(t, d, newClock(), "0s a praise"); results != "stored" {
		t.Errorf("a ref of what was wrong, for what is right: %s", results)
	}
}

// An agent that starts anew knows from the database what was tapped before.
func TestTapOfLastRun(t *testing.T) {
	c := newClock()
	d := newDesk(t, c, "")
	tapAll(t, d, c, "0s a praise")
	next, err := NewDesk(t.Context(), d.store, d.Config(), c.Now)
	if err != nil {
		t.Fatal(err)
	}
	results, _ := tapAll(t, next, c, "1s a praise\n 1.5s b praise")
	if results != "stored* stored" {
		t.Errorf("results %s, want the first known and the second new: the guard is not of the first", results)
	}
	if got := len(allEvents(t, d.store)); got != 2 {
		t.Errorf("%d events are stored, want 2", got)
	}
}

// What was tapped while no agent ran is stored with its own instant, by the rules of
// then, and does not touch what is going on now.
func TestTapPast(t *testing.T) {
	c := newClock()
	d := newDesk(t, c, "")
	now, _ := tapAll(t, d, c, "0s now praise")
	var past []string
	events := make(map[string]cx.Event)
	for _, earlier := range []struct {
		ref, tag string
		at       time.Duration
	}{{"a", "praise", 0}, {"b", "praise", time.Second}, {"c", "idea", 5 * time.Second}} {
		at := epoch.Add(-10*time.Minute + earlier.at)
		got, err := tapOn(t.Context(), d, page.Tap{Ref: earlier.ref, Tag: earlier.tag, At: &at})
		if err != nil {
			t.Fatal(err)
		}
		past, events[earlier.ref] = append(past, string(got.Result)), got.Event
		if got.Result == page.Stored && (!got.Event.At().Equal(at) || !got.Event.RecordedAt.Equal(epoch)) {
			t.Errorf("%s = %+v; want it at %v", earlier.ref, got, at)
		}
	}
	diff(t, "results of then", past, []string{"stored", "refused", "stored"})
	if events["c"].Conversation != events["a"].ID {
		t.Errorf("the idea of then is in %s, want that of the praise before it, %s", events["c"].Conversation, events["a"].ID)
	}
	again, _ := tapAll(t, d, c, "1s n praise")
	results, conversations := tapAll(t, d, c, "1s now praise\n 2s m how-to")
	if now+" "+again+" "+results != "stored refused stored* stored" || conversations != "1 1" {
		t.Errorf("results of now: %s, %s, %s in conversations %s; want guard and conversation as if nothing had come between", now, again, results, conversations)
	}
	if _, err := d.Void(t.Context(), events["a"].ID); err != nil {
		t.Fatal(err)
	}
	at := epoch.Add(-10*time.Minute + time.Second)
	if got, err := tapOn(t.Context(), d, page.Tap{Ref: "e", Tag: "praise", At: &at}); err != nil || got.Result != page.Stored {
		t.Errorf("after its undo = %+v, %v; want it stored", got, err)
	}
}

// While the disk takes nothing taps wait, once each however often they are sent, and are
// stored once.
func TestTapWaits(t *testing.T) {
	d, c, mend := brokenDesk(t)
	results, _ := tapAll(t, d, c, "0s a praise\n 1s a praise\n 1s b praise\n 3s c idea\n 4s d how-to")
	if results != "waiting waiting* refused waiting waiting" {
		t.Errorf("results %s", results)
	}
	again, err := tapOn(t.Context(), d, page.Tap{Ref: "a", Tag: "praise"})
	if err != nil || again.Reason == "" || again.Event.Tag != "praise" {
		t.Errorf("sent again = %+v, %v; want why it waits", again, err)
	}
	if e, err := d.Undo(t.Context(), api.Undo{Device: "page"}); err != nil || e.Tag != "how-to" {
		t.Errorf("Undo = %+v, %v; want the last that waits", e, err)
	}
	if got := len(d.Left()); got != 2 {
		t.Errorf("%d wait, want 2", got)
	}
	mend()
	c.set(epoch.Add(time.Hour))
	diff(t, "saved", retry(t, d), []string{"praise", "idea"})
	if results, _ := tapAll(t, d, c, "1h a praise\n 1h c idea\n 1h d how-to"); results != "stored* stored* taken_back*" {
		t.Errorf("sent again after it was saved: %s; what was taken back stays so", results)
	}
	diff(t, "stored", tagsOf(allEvents(t, d.store)), []string{"praise", "idea"})
}

// Two requests with one ref at once are one tap, and neither is told that it came too
// soon.
func TestTapTwiceAtOnce(t *testing.T) {
	c := newClock()
	d := newDesk(t, c, "")
	const rounds = 30
	for round := range rounds {
		c.set(epoch.Add(time.Duration(round) * time.Minute))
		var wg sync.WaitGroup
		ids := make([]cx.ID, 8)
		for i := range ids {
			wg.Go(func() {
				got, err := tapOn(t.Context(), d, page.Tap{Ref: fmt.Sprint(round), Tag: "praise"})
				if err != nil || got.Result != page.Stored {
					t.Errorf("Tap = %+v, %v", got, err)
				}
				ids[i] = got.Event.ID
			})
		}
		wg.Wait()
		for _, id := range ids {
			if id != ids[0] {
				t.Errorf("ids %v, want one", ids)
			}
		}
	}
	if got := len(allEvents(t, d.store)); got != rounds {
		t.Errorf("%d events are stored, want %d", got, rounds)
	}
	if got := d.counts.stored.Load(); got != rounds {
		t.Errorf("counted %d, want %d", got, rounds)
	}
}

// Taps are answered one after the other. One whose sender goes away before its turn is
// not begun; later it is sent again.
func TestTapTakesTurns(t *testing.T) {
	d := newDesk(t, newClock(), "")
	d.tapping <- struct{}{} // another tap is under way
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := tapOn(gone, d, page.Tap{Ref: "a", Tag: "praise"}); !errors.Is(err, context.Canceled) {
		t.Errorf("Tap = %+v, %v; want that it was called off", got, err)
	}
	diff(t, "stored", tagsOf(allEvents(t, d.store)), []string{})
	<-d.tapping
	got, err := tapOn(t.Context(), d, page.Tap{Ref: "a", Tag: "praise"})
	if err != nil || got.Result != page.Stored || got.Duplicate {
		t.Errorf("sent again = %+v, %v; want it stored", got, err)
	}
}

// The newest taps are known, and no more memory is taken.
func TestTapsAreBounded(t *testing.T) {
	var known taps
	for i := range 3 * maxTaps {
		known.keep(fmt.Sprint(i), tap{result: page.Refused})
	}
	known.keep("", tap{result: page.Refused})
	if len(known.of) != maxTaps || len(known.order) != maxTaps || cap(known.order) > 2*maxTaps {
		t.Errorf("%d are known, in an order of %d, which has room for %d", len(known.of), len(known.order), cap(known.order))
	}
	if _, ok := known.of[fmt.Sprint(3*maxTaps-1)]; !ok {
		t.Error("the newest is not known")
	}
	if _, ok := known.of["0"]; ok {
		t.Error("the oldest is known")
	}
}
