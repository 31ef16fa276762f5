package agent

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"magicbutton/hid"
	"magicbutton/hid/hidtest"
	"magicbutton/internal/api"
	"magicbutton/internal/config"
	"magicbutton/internal/cx"
	"magicbutton/internal/localsock"
	"magicbutton/store"
)

func TestPresses(t *testing.T) {
	b := newBus(hidtest.Keypad("1-1", "A"))
	db := dbPath(t)
	r := start(t, db, b, buttons)
	const pad = "1-1:1.0"
	r.listening(pad)
	var got []string
	next := func() {
		o := r.wait()
		got = append(got, resultNames[o.Result]+" "+o.Event.Tag)
	}
	b.Tap(pad, key1) // a tap alone counts when the key goes down
	next()
	b.Tap(pad, key1) // the guard
	next()
	b.Tap(pad, key2) // a hold is bound: counts on release
	next()
	b.KeyDown(pad, undoKey)
	next()
	b.KeyUp(pad, undoKey)
	b.KeyDown(pad, key2) // counts when the hold time is reached
	next()
	b.KeyUp(pad, key2)
	b.Tap(pad, key3)
	b.Tap(pad, key3)
	next()
	b.Tap(pad, key4) // not bound
	b.Tap(pad, key1)
	next()
	diff(t, "outcomes", got, []string{
		"stored praise", "refused ", "stored bill-unclear", "undone bill-unclear",
		"stored item-damaged", "stored idea", "refused ",
	})
	want := r.Status()
	if want.Stored != 4 || want.Refused != 2 || want.NotSaved != 0 || want.Dropped != 0 {
		t.Errorf("status counts %d stored, %d refused, %d not saved, %d dropped; want 4, 2, 0, 0", want.Stored, want.Refused, want.NotSaved, want.Dropped)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	events := stored(t, db)
	diff(t, "stored", tagsOf(events), []string{"praise", "bill-unclear", "item-damaged", "idea"})
	for _, e := range events {
		if e.Device != "1209:0001#A" || e.Source != cx.SourceDevice || e.Desk != "desk 1" || e.Conversation != events[0].ID && !e.Voided {
			t.Errorf("stored %+v", e)
		}
	}
	if events[3].Key != "keyboard:0x5b" {
		t.Errorf("key = %q", events[3].Key)
	}
	if b.IsOpen(pad) || len(b.Unbound()) != 0 {
		t.Errorf("after the stop: open %v, without a driver %v", b.IsOpen(pad), b.Unbound())
	}
}

// TestLightAfterFlush: however long storing takes, the light waits for it: when
// it goes on, the event can be read.
func TestLightAfterFlush(t *testing.T) {
	b := newBus(hidtest.Keypad("1-1", "A"))
	var r *running
	ready := make(chan struct{})
	lit := make(chan int, 100)
	var slow, storing atomic.Bool
	b.lit = func() {
		<-ready
		if storing.Load() {
			lit <- 0
			return
		}
		lit <- len(allEvents(t, r.store))
	}
	now := func() time.Time {
		if slow.Load() && calledBy("store.(*Store).begin") {
			storing.Store(true)
			defer storing.Store(false)
			for range 3 { // the keypad's goroutine, which plays the light, has its turns
				<-b.turns
			}
		}
		return time.Now()
	}
	r = startWith(t, b, buttons, Options{DB: dbPath(t), Now: now})
	close(ready)
	r.listening("1-1:1.0")
	slow.Store(true)
	b.Tap("1-1:1.0", key1)
	if n := <-lit; n != 1 {
		t.Errorf("the light went on with %d events stored, want 1", n)
	}
	if o := r.wait(); o.Result != Stored {
		t.Errorf("outcome = %+v", o)
	}
	slow.Store(false)
}

func TestLights(t *testing.T) {
	for result, want := range map[Result]hid.Light{
		Stored: hid.Stored, Undone: hid.Stored, Refused: hid.Refused, NothingToUndo: hid.Refused, NotStored: hid.NotStored, Waiting: hid.NotStored,
	} {
		if got := lights[result]; got != want {
			t.Errorf("light of %s = %v, want %v", resultNames[result], got, want)
		}
	}
}

// TestLightOfAPressNotSaved: where the database fails, the keypad blinks three times,
// and the agent ends with an error.
func TestLightOfAPressNotSaved(t *testing.T) {
	b := newBus(hidtest.Keypad("1-1", "A"))
	const pad = "1-1:1.0"
	lit := make(chan struct{}, 100)
	b.lit = func() { lit <- struct{}{} }
	r := start(t, dbPath(t), b, buttons)
	r.listening(pad)
	if err := r.store.Close(); err != nil {
		t.Fatal(err)
	}
	b.Tap(pad, key1)
	if o := r.wait(); o.Result != Waiting || !strings.Contains(o.Err.Error(), "closed") {
		t.Errorf("outcome = %s: %v", resultNames[o.Result], o.Err)
	}
	for range 6 { // on and off, three times
		select {
		case <-lit:
		case <-time.After(20 * time.Second):
			t.Fatal("the light did not blink three times")
		}
	}
	if n := r.Status().NotSaved; n != 1 {
		t.Errorf("not saved = %d, want 1", n)
	}
	if err := r.stop(); err == nil || !strings.Contains(err.Error(), "a press that was not saved") {
		t.Errorf("Run = %v, want that it says so", err)
	}
	r.stop = func() error { return nil }
}

func TestReplug(t *testing.T) {
	b := newBus(hidtest.Keypad("1-1", "A"), hidtest.Keypad("1-2", ""))
	db := dbPath(t)
	r := start(t, db, b, buttons+"[[tag]]\ncode = 'late'\n")
	for range 2 {
		<-b.opened
	}
	b.Tap("1-1:1.0", key1)
	r.wait()
	b.Unplug("1-1:1.0")
	b.Plug(hidtest.Keypad("1-4", "A"))
	r.listening("1-4:1.0")
	b.Tap("1-4:1.0", key2)
	if o := r.wait(); o.Event.Device != "1209:0001#A" || o.Event.Conversation == o.Event.ID {
		t.Errorf("after the replug: %+v, want the same device in the same conversation", o.Event)
	}
	b.Tap("1-2:1.0", key1) // the guard is the other keypad's
	if o := r.wait(); o.Result != Stored || o.Event.Device != "1209:0001@1-2" {
		t.Errorf("second keypad: %s %q, want stored by its port", resultNames[o.Result], o.Event.Device)
	}
}

// TestDeviceName: a press is not lost for what its device calls itself.
func TestDeviceName(t *testing.T) {
	for _, test := range []struct{ name, serial, port, want string }{
		{"serial", "A 1", "1-2", "1209:0001#A 1"},
		{"none", "", "1-2", "1209:0001@1-2"},
		{"too long", strings.Repeat("x", 100), "1-2", "1209:0001@1-2"},
		{"control character", "a\x01", "1-2", "1209:0001@1-2"},
		{"no port known", "", "", "1209:0001"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := hidtest.Keypad(test.port, test.serial)
			got := deviceName(d)
			if got != test.want || cx.CheckName("device", got) != nil {
				t.Errorf("deviceName = %q, want %q", got, test.want)
			}
		})
	}
}

func TestReload(t *testing.T) {
	b := newBus(hidtest.Keypad("1-1", "A"))
	const pad = "1-1:1.0"
	r := start(t, dbPath(t), b, buttons)
	r.listening(pad)
	reload := func(more string) error {
		r.toml.Store(&more)
		return r.Reload(t.Context())
	}
	if err := reload("[[button]]\ndevice = '1209:0001'\nkey = 'Keypad 1'\ntap = 'prase'\n"); err == nil || !strings.Contains(err.Error(), "prase") {
		t.Fatalf("Reload = %v, want the problem", err)
	} else {
		wantCode(t, err, api.CodeBad)
	}
	b.Tap(pad, key1) // the old one holds
	if o := r.wait(); o.Event.Tag != "praise" {
		t.Errorf("outcome = %+v", o)
	}
	// A press that was made before the reload and read after it.
	if err := reload("[press]\nguard = 0\n[[button]]\ndevice = '1209:0001'\nkey = 'Keypad 4'\ntap = 'idea'\n"); err != nil {
		t.Fatal(err)
	}
	pressed := hid.Press{Name: "1209:0001", Device: hidtest.Keypad("1-1", "A"), Key: key1, Gesture: hid.Tap, At: time.Now()}
	r.take(t.Context(), pressed)
	if n := len(allEvents(t, r.store)); n != 1 {
		t.Errorf("%d events are stored, want 1: the binding is gone", n)
	}
	for told := false; !told; { // until the keypad's goroutine has heard of it
		b.Tap(pad, key4)
		select {
		case o := <-r.told:
			told = true
			if o.Result != Stored || o.Event.Tag != "idea" {
				t.Errorf("the new key = %s %s, want stored idea", resultNames[o.Result], o.Event.Tag)
			}
		case <-b.handled:
		}
	}
	if list := r.Status().Devices; len(list) != 1 || len(list[0].Bindings) != 1 || list[0].Bindings[0].Key != "Keypad 4" {
		t.Errorf("devices = %+v", list)
	}
}

// TestStopStoresWhatWasPressed: presses that wait when the agent is told to stop
// are stored before it ends.
func TestStopStoresWhatWasPressed(t *testing.T) {
	b := newBus(hidtest.Keypad("1-1", "A"))
	const pad = "1-1:1.0"
	db := dbPath(t)
	first, release := make(chan struct{}), make(chan struct{})
	once := sync.OnceFunc(func() {
		close(first)
		<-release
	})
	r := startWith(t, b, strings.Replace(buttons, "[press]", "[press]\nguard = 0", 1), Options{DB: db, Told: func(Outcome) { once() }})
	r.listening(pad)
	b.Tap(pad, key1)
	<-first // the agent is busy with the first press
	const more = 5
	for range more {
		b.Tap(pad, key1)
	}
	for range 2 * (1 + more) {
		<-b.handled
	}
	stopped := make(chan error)
	go func() { stopped <- r.stop() }()
	<-b.closed
	close(release)
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
	if n := len(stored(t, db)); n != 1+more {
		t.Errorf("%d events are stored, want %d", n, 1+more)
	}
}

func TestSecondAgent(t *testing.T) {
	db := dbPath(t)
	r := start(t, db, nil, "")
	_, err := Open(t.Context(), Options{DB: db, Load: r.opts.Load})
	if !errors.Is(err, ErrRunning) || !strings.Contains(err.Error(), db) {
		t.Errorf("error %v, want ErrRunning that names the database", err)
	}
	if _, err := r.Desk().Log(t.Context(), api.NewEvent{Tag: "praise"}); err != nil {
		t.Errorf("the first agent: %v", err)
	}
}

// TestAgentAfterAgent: the socket and the database are free when Run returns.
func TestAgentAfterAgent(t *testing.T) {
	db := dbPath(t)
	for range 2 {
		r := start(t, db, nil, "")
		if err := r.stop(); err != nil {
			t.Fatal(err)
		}
		if _, err := localsock.Dial(t.Context(), db); !errors.Is(err, localsock.ErrNobody) {
			t.Errorf("dial after the stop: %v", err)
		}
	}
}

// TestAgentWaitsForReader: a command that reads holds the file for a moment; the
// agent says so and waits.
func TestAgentWaitsForReader(t *testing.T) {
	t.Parallel()
	db := dbPath(t)
	if err := start(t, db, nil, "").stop(); err != nil {
		t.Fatal(err)
	}
	reader, err := store.Open(db, store.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	said := make(messages, 100)
	closed := make(chan error, 1)
	go func() {
		for m := range said {
			if m == "waited for the database" {
				closed <- reader.Close()
			}
		}
	}()
	a := startWith(t, nil, "", Options{DB: db, Log: slog.New(said)})
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if err := a.stop(); err != nil {
		t.Error(err)
	}
	close(said)
}

// TestOpenGivesUp: whoever stops an agent that waits need not wait.
func TestOpenGivesUp(t *testing.T) {
	t.Parallel()
	db := dbPath(t)
	r := start(t, db, nil, "")
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	reader, err := store.Open(db, store.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(ctx, r.opts); !errors.Is(err, store.ErrLocked) {
		t.Errorf("Open = %v, want store.ErrLocked", err)
	}
}

func TestOpenFails(t *testing.T) {
	db := dbPath(t)
	wrong := errors.New("the configuration has problems")
	_, err := Open(t.Context(), Options{DB: db, Load: func() (*config.Config, error) { return nil, wrong }})
	if !errors.Is(err, wrong) {
		t.Errorf("Open = %v, want %v", err, wrong)
	}
	if _, err := store.Open(db, store.Options{ReadOnly: true}); err == nil {
		t.Error("a database was made for a configuration with problems")
	}
}

// deafBus is a build without USB.
type deafBus struct{ hid.Bus }

func (deafBus) Devices() ([]hid.Device, error) { return nil, hid.ErrUnavailable }

// TestAgentWithoutUSB: a desk works without buttons.
func TestAgentWithoutUSB(t *testing.T) {
	r := startWith(t, nil, buttons, Options{DB: dbPath(t), Bus: deafBus{}})
	if o := r.Desk().Press(t.Context(), Press{Source: cx.SourceTerminal, Device: "terminal", Key: "1", At: epoch, Action: config.Action{Tag: "praise"}}); o.Result != Stored {
		t.Errorf("outcome = %+v", o)
	}
	if err := r.stop(); err != nil {
		t.Errorf("Run = %v", err)
	}
}
