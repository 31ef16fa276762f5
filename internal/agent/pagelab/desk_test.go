package pagelab_test

import (
	"context"
	"iter"
	"net"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"magicbutton/hid"
	"magicbutton/hid/hidtest"
	"magicbutton/internal/agent"
	"magicbutton/internal/api"
	"magicbutton/internal/config"
	"magicbutton/internal/cx"
	"magicbutton/store"
)

// patience bounds every wait, on a machine that does much else.
const patience = 30 * time.Second

// tags are those of the desks here, with a button for the first two.
const tags = `
[[tag]]
code = "refund-slow"
label = "Refund slow"
stage = "return"
kind = "problem"
[[tag]]
code = "bill-unclear"
label = "Bill not understood"
stage = "pay"
kind = "problem"
[[tag]]
code = "praise"
label = "Praise: something went well"
kind = "praise"
[[tag]]
code = "how-to"
label = "How do I use it?"
stage = "use"
kind = "question"
[[tag]]
code = "delivery-late"
label = "Delivery late or unknown"
stage = "receive"
kind = "problem"
[[tag]]
code = "no-human"
label = "Could not reach a person"
stage = "get-help"
kind = "problem"
[[tag]]
code = "idea"
label = "Idea or wish"
kind = "idea"
[[tag]]
code = "other"
label = "Something else"

[[button]]
device = "1209:0001"
key = "Keypad 1"
tap = "refund-slow"
[[button]]
device = "1209:0001"
key = "Keypad 2"
tap = "bill-unclear"
`

var (
	refundKey = hidtest.Key(0x59)
	billKey   = hidtest.Key(0x5a)
)

const keypad = "1-1:1.0"

// bus is the fake bus, telling when a device is listened to.
type bus struct {
	*hidtest.Bus
	opened chan struct{}
}

func (b bus) Open(d hid.Device) (hid.Conn, error) {
	c, err := b.Bus.Open(d)
	if err == nil {
		b.opened <- struct{}{}
	}
	return c, err
}

// desk is an agent with a page, which can be stopped and started again.
type desk struct {
	t    testing.TB
	db   string
	port int
	more atomic.Pointer[string] // of the configuration
	now  func() time.Time

	bus   bus
	agent *agent.Agent
	stop  func() // waits until it has stopped; once
}

// newDesk starts an agent that listens to a keypad. more is added to its configuration.
func newDesk(t testing.TB, more string) *desk {
	t.Helper()
	return newDeskIn(t, t.TempDir(), more)
}

// newDeskIn is newDesk with the folder of the database.
func newDeskIn(t testing.TB, folder, more string) *desk {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0") // a port that nobody has
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, db: filepath.Join(folder, "desk.db"), port: l.Addr().(*net.TCPAddr).Port}
	d.more.Store(&more)
	taken := atomic.Bool{}
	d.start(func(network, address string) (net.Listener, error) {
		if taken.CompareAndSwap(false, true) {
			return l, nil
		}
		return net.Listen(network, address)
	})
	t.Cleanup(func() { d.stop() })
	return d
}

// start starts the agent, again where it was stopped.
func (d *desk) start(listen func(network, address string) (net.Listener, error)) {
	d.t.Helper()
	d.bus = bus{hidtest.NewBus(hidtest.Keypad("1-1", "DESK-A")), make(chan struct{}, 1)}
	a, err := agent.Open(d.t.Context(), agent.Options{
		DB: d.db, Bus: d.bus, Version: "1.0", Listen: listen, Now: d.now,
		Load: func() (*config.Config, error) {
			page := "[desk]\nname = \"Desk 1\"\nzone = \"Europe/Berlin\"\nchannel = \"phone\"\n[page]\nport = " + strconv.Itoa(d.port) + "\n"
			return config.Parse("test.toml", []byte(page+*d.more.Load()+tags))
		},
	})
	if err != nil {
		d.t.Fatal(err)
	}
	d.agent = a
	ctx, cancel := context.WithCancel(context.WithoutCancel(d.t.Context()))
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	d.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			d.t.Errorf("the agent: %v", err)
		}
	})
	select {
	case <-d.bus.opened:
	case <-time.After(patience):
		d.t.Fatal("the agent does not listen to the keypad")
	}
}

// press presses a key of the keypad.
func (d *desk) press(k hid.Key) { d.bus.Tap(keypad, k) }

// address lets a browser in, once.
func (d *desk) address() string {
	d.t.Helper()
	c, err := api.Dial(d.t.Context(), d.db)
	if err != nil {
		d.t.Fatal(err)
	}
	defer c.Close()
	ticket, err := c.PageTicket(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	return ticket.Address
}

// host is the page's address without a ticket, with a path.
func (d *desk) host(path string) string { return "http://127.0.0.1:" + strconv.Itoa(d.port) + path }

// events returns the desk's live events, the oldest first.
func (d *desk) events() []cx.Event {
	d.t.Helper()
	return collect(d.t, d.agent.Desk().Events(d.t.Context(), cx.EventQuery{}))
}

// stored returns the live events of the file, the oldest first. It stops the agent.
func (d *desk) stored() []cx.Event {
	d.t.Helper()
	d.stop()
	st, err := store.Open(d.db, store.Options{ReadOnly: true})
	if err != nil {
		d.t.Fatal(err)
	}
	defer st.Close()
	return collect(d.t, st.Events(d.t.Context(), cx.EventQuery{}))
}

func collect(t testing.TB, all iter.Seq2[cx.Event, error]) (events []cx.Event) {
	t.Helper()
	for e, err := range all {
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	return events
}
