package agent

import (
	"context"
	"log/slog"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"magicbutton/hid"
	"magicbutton/hid/hidtest"
	"magicbutton/internal/config"
	"magicbutton/internal/cx"
	"magicbutton/store"
)

// buttons binds keys of every keypad of the fake bus.
const buttons = `
[press]
debounce = 0
hold = "100ms"
double = "250ms"

[[button]]
device = "1209:0001"
key = "Keypad 1"
tap = "praise"
[[button]]
device = "1209:0001"
key = "Keypad 2"
tap = "bill-unclear"
hold = "item-damaged"
[[button]]
device = "1209:0001"
key = "Keypad 3"
tap = "how-to"
double = "idea"
[[button]]
device = "1209:0001"
key = "Keypad 9"
tap = "undo"
`

var (
	key1, key2, key3 = hidtest.Key(0x59), hidtest.Key(0x5a), hidtest.Key(0x5b)
	key4, undoKey    = hidtest.Key(0x5c), hidtest.Key(0x61)
)

// bus is the fake bus, telling what the goroutine of a device does.
type bus struct {
	*hidtest.Bus
	opened  chan string   // the path, when a device is listened to
	turns   chan struct{} // at each turn of a device's goroutine; may miss some
	handled chan struct{} // when an input report was handled
	closed  chan string   // the path, when a device was given back
	lit     func()        // called before each light goes on or off
}

func newBus(devices ...hid.Device) *bus {
	const most = 1000 // more than any test makes of any
	return &bus{
		Bus:   hidtest.NewBus(devices...),
		turns: make(chan struct{}), opened: make(chan string, most), handled: make(chan struct{}, most), closed: make(chan string, most),
		lit: func() {},
	}
}

func (b *bus) Open(d hid.Device) (hid.Conn, error) {
	c, err := b.Bus.Open(d)
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c, bus: b, path: d.Path}, nil
}

type conn struct {
	hid.Conn
	bus     *bus
	path    string
	opened  bool
	reading bool // the last read brought a report
}

func (c *conn) ReadTimeout(b []byte, d time.Duration) (int, error) {
	select {
	case c.bus.turns <- struct{}{}:
	default:
	}
	if !c.opened {
		c.opened = true
		c.bus.opened <- c.path
	}
	if c.reading {
		c.bus.handled <- struct{}{}
	}
	n, err := c.Conn.ReadTimeout(b, d)
	c.reading = n > 0
	return n, err
}

func (c *conn) Write(report []byte) error {
	c.bus.lit()
	return c.Conn.Write(report)
}

func (c *conn) Close() error {
	err := c.Conn.Close()
	c.bus.closed <- c.path
	return err
}

// running is an agent on a bus, with what it told.
type running struct {
	*Agent
	t    testing.TB
	bus  *bus
	told chan Outcome
	toml atomic.Pointer[string]
	page func(enabled bool, port int) // reloads; of [startPage]
	stop func() error                 // ends the agent, once
}

// start runs an agent until the test ends.
func start(t testing.TB, db string, b *bus, more string) *running {
	t.Helper()
	return startWith(t, b, more, Options{DB: db})
}

func startWith(t testing.TB, b *bus, more string, o Options) *running {
	t.Helper()
	return startOn(t, b, tagsAndDesk, more, o)
}

// startOn runs an agent whose configuration begins otherwise.
func startOn(t testing.TB, b *bus, begin, more string, o Options) *running {
	t.Helper()
	r := &running{t: t, bus: b, told: make(chan Outcome, 1000)}
	r.toml.Store(&more)
	o.Version = "test"
	o.Load = func() (*config.Config, error) { return config.Parse("test.toml", []byte(begin+*r.toml.Load())) }
	if b != nil {
		o.Bus = b
	}
	if o.Told == nil {
		o.Told = func(o Outcome) { r.told <- o }
	}
	a, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	r.Agent = a
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	r.stop = sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	t.Cleanup(func() {
		if err := r.stop(); err != nil {
			t.Errorf("Run = %v", err)
		}
	})
	return r
}

// wait returns what is told of the next press.
func (r *running) wait() Outcome {
	r.t.Helper()
	select {
	case o := <-r.told:
		return o
	case <-time.After(20 * time.Second):
		r.t.Fatal("nothing was told of a press")
		return Outcome{}
	}
}

// listening waits until the agent listens to a device.
func (r *running) listening(path string) {
	r.t.Helper()
	select {
	case got := <-r.bus.opened:
		if got != path {
			r.t.Fatalf("the agent listens to %s, want %s", got, path)
		}
	case <-time.After(20 * time.Second):
		r.t.Fatalf("the agent does not listen to %s", path)
	}
}

// stored opens the database of an agent that stopped.
func stored(t testing.TB, db string) []cx.Event {
	t.Helper()
	st, err := store.Open(db, store.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	checkStore(t, st)
	return allEvents(t, st)
}

func dbPath(t testing.TB) string { return filepath.Join(t.TempDir(), "desk.db") }

// messages is a log that hands over its messages.
type messages chan string

func (m messages) Enabled(context.Context, slog.Level) bool { return true }
func (m messages) Handle(_ context.Context, r slog.Record) error {
	m <- r.Message
	return nil
}
func (m messages) WithAttrs([]slog.Attr) slog.Handler { return m }
func (m messages) WithGroup(string) slog.Handler      { return m }

// calledBy tells whether a function is on the stack.
func calledBy(name string) bool {
	pc := make([]uintptr, 32)
	frames := runtime.CallersFrames(pc[:runtime.Callers(1, pc)])
	for {
		f, more := frames.Next()
		if strings.HasSuffix(f.Function, name) {
			return true
		}
		if !more {
			return false
		}
	}
}
