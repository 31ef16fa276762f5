package agent

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"magicbutton/internal/config"
	"magicbutton/internal/cx"
	"magicbutton/store"
)

// step is one press of a script: when, on what, for what.
type step struct {
	at          time.Duration // after epoch
	device, key string
	action      string // a tag, or undo
}

// steps reads lines such as "1.5s pad-A F13 praise".
func steps(t *testing.T, script string) (out []step) {
	t.Helper()
	for line := range strings.Lines(strings.TrimSpace(script)) {
		f := strings.Fields(line)
		at, err := time.ParseDuration(f[0])
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, step{at, f[1], f[2], f[3]})
	}
	return out
}

func (s step) press() Press {
	p := Press{Source: cx.SourceDevice, Device: s.device, Key: s.key, At: epoch.Add(s.at), Action: config.Action{Tag: s.action}}
	if s.action == "undo" {
		p.Action = config.Action{Undo: true}
	}
	return p
}

var resultNames = map[Result]string{
	Stored: "stored", Refused: "refused", Undone: "undone", NothingToUndo: "nothing", NotStored: "lost", Waiting: "waiting",
}

// play makes the presses of a script, the desk's clock showing the instant of
// each. It returns the results, and which step began the conversation of each
// live event, "-" for one that was taken back or never was.
func play(t *testing.T, d *Desk, c *clock, script string) (results, conversations string) {
	t.Helper()
	var ids []cx.ID
	number := make(map[cx.ID]int)
	var names []string
	for i, s := range steps(t, script) {
		c.set(epoch.Add(s.at))
		o := d.Press(t.Context(), s.press())
		if o.Err != nil && o.Result != NotStored {
			t.Errorf("step %d: %v", i+1, o.Err)
		}
		names = append(names, resultNames[o.Result])
		id := cx.ID{}
		if o.Result == Stored {
			id = o.Event.ID
			number[id] = i + 1
		}
		ids = append(ids, id)
	}
	var heads []string
	for _, id := range ids {
		e, err := d.Event(t.Context(), id)
		if err != nil || e.Voided {
			heads = append(heads, "-")
			continue
		}
		heads = append(heads, fmt.Sprint(number[e.Conversation]))
	}
	return strings.Join(names, " "), strings.Join(heads, " ")
}

func TestRepeatGuard(t *testing.T) {
	for _, test := range []struct{ name, config, script, want string }{
		{"same key", "", "0s A F13 praise\n 1.999s A F13 praise\n 2s A F13 praise", "stored refused stored"},
		{"counted from the press that was stored", "", "0s A F13 praise\n 1.5s A F13 praise\n 2.1s A F13 praise", "stored refused stored"},
		{"same key, other gesture", "", "0s A F13 praise\n 1s A F13 idea", "stored refused"},
		{"other key, same tag", "", "0s A F13 praise\n 1s A F14 praise", "stored stored"},
		{"other device", "", "0s A F13 praise\n 1s B F13 praise", "stored stored"},
		{"off", "[press]\nguard = 0", "0s A F13 praise\n 1ms A F13 praise", "stored stored"},
		{"longer", "[press]\nguard = '1m'", "0s A F13 praise\n 59s A F13 praise\n 60s A F13 praise", "stored refused stored"},
		{"reset by the undo key", "", "0s A F13 praise\n 1s A F24 undo\n 1.5s A F13 praise", "stored undone stored"},
		{"an undo resets only its own key", "", "0s A F13 praise\n 0.2s A F14 idea\n 0.5s A F24 undo\n 1s A F13 praise\n 1s A F14 idea", "stored stored undone refused stored"},
		{"clock set back", "", "1h A F13 praise\n 0s A F13 praise\n 1s A F13 praise", "stored stored refused"},
		{"a press that was not saved may be repeated", "", "0s A F13 gone\n 1s A F13 praise", "lost stored"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newClock()
			got, _ := play(t, newDesk(t, c, test.config), c, test.script)
			if got != test.want {
				t.Errorf("results = %s, want %s", got, test.want)
			}
		})
	}
}

func TestUndoKey(t *testing.T) {
	for _, test := range []struct{ name, script, want, left string }{
		{"nothing yet", "0s A F24 undo", "nothing", "-"},
		{"the last", "0s A F13 praise\n 30s A F14 idea\n 31s A F24 undo", "stored stored undone", "1 - -"},
		{"walks back", "0s A F13 praise\n 30s A F14 idea\n 31s A F24 undo\n 32s A F24 undo\n 33s A F24 undo", "stored stored undone undone nothing", "- - - - -"},
		{"only its own device's", "0s A F13 praise\n 1s B F13 praise\n 2s A F24 undo\n 3s A F24 undo", "stored stored undone nothing", "- 2 - -"},
		{"ten minutes", "0s A F13 praise\n 30s A F14 idea\n 10m0.001s A F24 undo\n 10m0.002s A F24 undo", "stored stored undone nothing", "1 - - -"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newClock()
			got, left := play(t, newDesk(t, c, ""), c, test.script)
			if got != test.want || left != test.left {
				t.Errorf("results = %s, left %s; want %s, left %s", got, left, test.want, test.left)
			}
		})
	}
}

// TestUndoOnTerminal: the terminal's u takes back the last one, whoever sent it.
func TestUndoOnTerminal(t *testing.T) {
	c := newClock()
	d := newDesk(t, c, "")
	play(t, d, c, "0s A F13 praise")
	o := d.Press(t.Context(), Press{Source: cx.SourceTerminal, Device: "terminal", Key: "u", At: epoch, Action: config.Action{Undo: true}})
	if o.Result != Undone || o.Event.Tag != "praise" || !o.Event.Voided {
		t.Errorf("outcome = %+v, want praise taken back", o)
	}
}

func TestConversation(t *testing.T) {
	for _, test := range []struct{ name, config, script, want string }{
		{"different tags", "", "0s A F13 praise\n 20s A F14 idea", "1 1"},
		{"too late", "", "0s A F13 praise\n 20.001s A F14 idea", "1 2"},
		{"each tag holds it open", "", "0s A F13 praise\n 15s A F14 idea\n 30s A F15 how-to", "1 1 1"},
		{"the same tag begins a new one", "", "0s A F13 praise\n 3s A F13 praise", "1 2"},
		{"a tag that is in it already begins a new one", "", "0s A F13 praise\n 3s A F14 idea\n 6s A F13 praise\n 9s A F14 idea", "1 1 3 3"},
		{"not across devices", "", "0s A F13 praise\n 1s B F14 idea\n 2s A F15 how-to", "1 2 1"},
		{"off", "[press]\nsame_conversation = 0", "0s A F13 praise\n 0s A F14 idea", "1 2"},
		{"longer", "[press]\nsame_conversation = '10m'", "0s A F13 praise\n 10m A F14 idea", "1 1"},
		{"clock set back", "", "1h A F13 praise\n 0s A F14 idea", "1 2"},
		{"a refused press does not hold it open", "", "0s A F13 praise\n 1s A F13 praise\n 20.5s A F14 idea", "1 - 3"},
		{"undo in the middle", "", "0s A F13 praise\n 3s A F14 idea\n 4s A F24 undo\n 5s A F15 how-to", "1 - - 1"},
		{"a tag taken back may come again", "", "0s A F13 praise\n 3s A F14 idea\n 4s A F24 undo\n 5s A F14 idea", "1 - - 1"},
		{"undo of the only tag", "", "0s A F13 praise\n 1s A F24 undo\n 2s A F14 idea", "- - 3"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newClock()
			_, got := play(t, newDesk(t, c, test.config), c, test.script)
			if got != test.want {
				t.Errorf("conversations = %s, want %s", got, test.want)
			}
		})
	}
}

// TestConversationWithoutItsFirst: somebody at the command line takes back the
// first tag of a conversation that the rep is still in.
func TestConversationWithoutItsFirst(t *testing.T) {
	c := newClock()
	d := newDesk(t, c, "")
	press := func(at time.Duration, key, tag string) cx.Event {
		t.Helper()
		c.set(epoch.Add(at))
		o := d.Press(t.Context(), step{at, "A", key, tag}.press())
		if o.Result != Stored {
			t.Fatalf("%s: %+v", tag, o)
		}
		return o.Event
	}
	first := press(0, "F13", "praise")
	second := press(time.Second, "F14", "idea")
	if _, err := d.Void(t.Context(), first.ID); err != nil {
		t.Fatal(err)
	}
	third := press(2*time.Second, "F15", "how-to")
	if third.Conversation != second.ID {
		t.Errorf("conversation of the third tag = %v, want the second's %v", third.Conversation, second.ID)
	}
	if again := press(4*time.Second, "F14", "idea"); again.Conversation != again.ID {
		t.Error("a tag that is in the conversation already did not begin a new one")
	}
}

// TestConversationBesideTheAPI: what a program logs joins no conversation and
// ends none.
func TestConversationBesideTheAPI(t *testing.T) {
	c := newClock()
	d := newDesk(t, c, "")
	first := d.Press(t.Context(), step{0, "A", "F13", "praise"}.press())
	if e := mustLog(t, d, "idea"); e.Conversation != e.ID {
		t.Errorf("an event of the API joined conversation %v", e.Conversation)
	}
	second := d.Press(t.Context(), step{time.Second, "A", "F14", "how-to"}.press())
	if second.Event.Conversation != first.Event.ID {
		t.Errorf("conversation = %v, want %v", second.Event.Conversation, first.Event.ID)
	}
}

func TestPressRecords(t *testing.T) {
	c := newClock()
	d := newDesk(t, c, "")
	o := d.Press(t.Context(), step{0, "1209:0001#A", "keyboard:0x68", "bill-unclear"}.press())
	want := cx.Event{
		ID: o.Event.ID, RecordedAt: epoch, Desk: "desk 1", Site: "north", Tag: "bill-unclear",
		Stage: cx.StagePay, Channel: cx.ChannelPhone, Conversation: o.Event.ID,
		Source: cx.SourceDevice, Device: "1209:0001#A", Key: "keyboard:0x68",
	}
	stored, err := d.Event(t.Context(), o.Event.ID)
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "stored", stored, want)
	diff(t, "told", o.Event, want)
	if o.Event.ID.Seq() != 1 || !o.Event.At().Equal(epoch) {
		t.Errorf("event #%d at %v, want #1 at %v", o.Event.ID.Seq(), o.Event.At(), epoch)
	}
}

func TestSuspectClock(t *testing.T) {
	for _, test := range []struct {
		name string
		at   time.Time
		want cx.Clock
	}{
		{"right", epoch, cx.ClockOK},
		{"battery empty", time.Date(1970, 1, 1, 0, 0, 9, 0, time.UTC), cx.ClockSuspect},
		{"before the epoch", time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC), cx.ClockSuspect},
		{"far ahead", time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC), cx.ClockSuspect},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newClock()
			d := newDesk(t, c, "")
			p := step{0, "A", "F13", "praise"}.press()
			p.At = test.at
			o := d.Press(t.Context(), p)
			if o.Result != Stored || o.Event.Clock != test.want {
				t.Errorf("outcome = %s with clock %q (%v), want stored with clock %q", resultNames[o.Result], o.Event.Clock, o.Err, test.want)
			}
			tally, err := d.Tally(t.Context(), cx.Query{})
			if err != nil || (len(tally.Rows) == 1) != (test.want == cx.ClockOK) {
				t.Errorf("tally = %+v, %v", tally, err)
			}
		})
	}
}

func TestRefusalsAreOnTheDisk(t *testing.T) {
	c := newClock()
	d := newDesk(t, c, "")
	play(t, d, c, "0s A F13 praise\n 0.5s A F13 praise\n 1s A F13 praise\n 1s A F14 idea\n 1.5s A F14 idea")
	got, err := d.store.Refusals(t.Context(), time.Time{}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	day := epoch.Truncate(24 * time.Hour)
	diff(t, "refusals", got, []store.Refusal{
		{Day: day, Origin: d.store.Origin(), Device: "A", Key: "F13", Count: 2},
		{Day: day, Origin: d.store.Origin(), Device: "A", Key: "F14", Count: 1},
	})
}

// TestPressNotStored: a press of a caller that has gone is told to be lost, and does
// not arm the guard.
func TestPressNotStored(t *testing.T) {
	c := newClock()
	d := newDesk(t, c, "")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	p := step{0, "A", "F13", "praise"}.press()
	if o := d.Press(gone, p); o.Result != NotStored || o.Err == nil {
		t.Errorf("outcome = %+v, want not stored", o)
	}
	if o := d.Press(t.Context(), p); o.Result != Stored {
		t.Errorf("the press again = %s, want stored", resultNames[o.Result])
	}
	if s, r, n := d.counts.stored.Load(), d.counts.refused.Load(), d.counts.notSaved.Load(); s != 1 || r != 0 || n != 1 {
		t.Errorf("counts = %d stored, %d refused, %d not saved; want 1, 0, 1", s, r, n)
	}
}
