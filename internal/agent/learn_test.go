package agent

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"magicbutton/hid"
	"magicbutton/hid/hidtest"
	"magicbutton/internal/api"
)

// learner is a client that learns.
type learner struct {
	sights chan api.Sight
	ended  chan error
	stop   context.CancelFunc
}

// learn begins to learn in the background.
func learn(t *testing.T, r *running) *learner {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	l := &learner{sights: make(chan api.Sight, 100), ended: make(chan error, 1), stop: cancel}
	c := dial(t, r)
	go func() {
		l.ended <- c.Learn(ctx, func(s api.Sight) bool {
			l.sights <- s
			return true
		})
	}()
	return l
}

// wait returns the next sight of a kind.
func (l *learner) wait(t *testing.T, what string) api.Sight {
	t.Helper()
	late := time.After(20 * time.Second)
	for {
		select {
		case s := <-l.sights:
			if s.What == what {
				return s
			}
		case err := <-l.ended:
			t.Fatalf("learning ended with %v before anything was %s", err, what)
		case <-late:
			t.Fatalf("nothing was seen to be %s", what)
		}
	}
}

// keyboardAndKeypad is a keyboard, which nobody learns, and a keypad with bindings.
func keyboardAndKeypad() *bus {
	keyboard := hidtest.Keypad("1-9", "")
	keyboard.ProductID = 2
	return newBus(keyboard, hidtest.Keypad("1-1", "A"))
}

// TestLearn: while somebody learns, presses are sights and count for nothing;
// afterwards they count again.
func TestLearn(t *testing.T) {
	db := dbPath(t)
	r := start(t, db, keyboardAndKeypad(), buttons)
	r.listening("1-1:1.0")
	l := learn(t, r)
	if got := l.wait(t, api.SightReady); got.Path != "1-1:1.0" || got.Name != "Keypad" || got.Serial != "A" {
		t.Errorf("ready: %+v, want the keypad", got)
	}
	r.bus.Tap("1-1:1.0", key4)
	diff(t, "a key that is free", l.wait(t, api.SightPressed), api.Sight{
		What: "pressed", Name: "Keypad", Model: "1209:0001", Serial: "A", Port: "1-1", Path: "1-1:1.0",
		Key: "keyboard:0x5c", KeyName: "Keypad 4", TapOnly: true,
	})
	r.bus.Tap("1-1:1.0", key1)
	if got := l.wait(t, api.SightPressed); got.Key != "keyboard:0x59" || got.Bound != "1209:0001" {
		t.Errorf("pressed: %+v, want Keypad 1 that 1209:0001 binds", got)
	}
	l.stop()
	if err := <-l.ended; err != nil {
		t.Errorf("Learn = %v", err)
	}
	r.untilCounted(key1)
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	diff(t, "stored", tagsOf(stored(t, db)), []string{"praise"})
}

// untilCounted presses a key until that counts: when a client goes the agent
// learns of it in its own time. The guard keeps it at one event.
func (r *running) untilCounted(key hid.Key) {
	r.t.Helper()
	late := time.After(20 * time.Second)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		r.bus.Tap("1-1:1.0", key)
		select {
		case o := <-r.told:
			if o.Result != Stored {
				r.t.Fatalf("outcome %+v, want it stored", o)
			}
			return
		case <-again.C:
		case <-late:
			r.t.Fatal("presses do not count any more")
		}
	}
}

// TestLearnClientVanishes: the device that nobody wants is free as soon as the
// client is gone, whatever became of it.
func TestLearnClientVanishes(t *testing.T) {
	b := keyboardAndKeypad()
	r := start(t, dbPath(t), b, "")
	l := learn(t, r)
	l.wait(t, api.SightCandidate)
	b.Plug(hidtest.Keypad("1-2", "B"))
	if got := l.wait(t, api.SightReady); got.Path != "1-2:1.0" {
		t.Errorf("ready: %+v, want what was plugged in", got)
	}
	l.stop()
	for {
		select {
		case path := <-b.closed:
			if path != "1-2:1.0" {
				continue
			}
		case <-time.After(20 * time.Second):
			t.Error("the device is held though nobody learns")
		}
		return
	}
}

// TestLearnOneAtATime: the second is told so, and has its turn when the first has
// gone.
func TestLearnOneAtATime(t *testing.T) {
	r := start(t, dbPath(t), keyboardAndKeypad(), buttons)
	first := learn(t, r)
	first.wait(t, api.SightReady)
	resp, body := ask(t, r, "POST", api.PathLearn, "") //nolint:bodyclose // ask read and closed it
	var e api.Error
	if err := json.Unmarshal([]byte(body), &e); err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != 409 || e.Code != api.CodeConflict || e.Hint == "" {
		t.Errorf("answer %d %s, want 409 with a hint", resp.StatusCode, body)
	}
	first.stop()
	second := learn(t, r) // at once, as a client does between two keys
	second.wait(t, api.SightReady)
	second.stop()
}

// TestLearnWhileStopping: a client that learns keeps no agent from stopping.
func TestLearnWhileStopping(t *testing.T) {
	r := start(t, dbPath(t), keyboardAndKeypad(), buttons)
	l := learn(t, r)
	l.wait(t, api.SightReady)
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	if err := <-l.ended; err != nil {
		t.Errorf("Learn = %v, want an end", err)
	}
}

func TestLearnWithoutDevices(t *testing.T) {
	r := start(t, dbPath(t), nil, "")
	err := <-learn(t, r).ended
	wantCode(t, err, api.CodeInternal)
}

func TestSightOnTheWire(t *testing.T) {
	pad := hidtest.Keypad("1-1", "A\x1b[2J")
	pad.Product = "Key\x1b[2Jpad"
	got := Sight(hid.Sight{
		What: hid.SawFailed, Device: pad, Fix: "a command",
		Err: &hid.AccessError{Op: "opening", Path: pad.Path, Reason: hid.ErrNoPermission, Detail: "/dev/x", NeedsUdevRule: true},
	})
	diff(t, "failed", got, api.Sight{
		What: "failed", Name: "Key�[2Jpad", Model: "1209:0001", Port: "1-1", Path: "1-1:1.0",
		Problem: "no permission (/dev/x)", Fix: "a command", NeedsUdevRule: true,
	})
	got = Sight(hid.Sight{What: hid.SawPressed, Device: pad, Key: hid.AnyKey, TapOnly: true, Err: errors.New("odd\a")})
	if got.Key != "any" || got.KeyName != "Any key" || got.Problem != "odd�" {
		t.Errorf("pressed: %+v", got)
	}
}

// The words on the wire are those of package hid.
func TestSightWords(t *testing.T) {
	words := []string{"", api.SightCandidate, api.SightReady, api.SightUnplugged, api.SightPressed, api.SightWithheld, api.SightFailed}
	for i, want := range words[1:] {
		if got := hid.SightKind(i + 1).String(); got != want {
			t.Errorf("kind %d is %q on the wire, want %q", i+1, got, want)
		}
	}
}
