package usblab

import (
	"fmt"
	"testing"
	"time"

	"magicbutton/internal/usblab/wire"
)

// Recorder lists the presses that the guest's input devices (evdev) saw since it
// was made: what any other program in the guest, a desktop say, would have seen.
type Recorder struct {
	guest *Guest
	from  int // index of the first event that counts
}

// Press is one key that went down on an input device. Repeats of a key that is
// held are none.
type Press struct {
	Serial string // of the USB device
	Key    Key
	At     time.Duration // since the guest's boot
}

// Record starts a recorder.
func (g *Guest) Record(t testing.TB) *Recorder {
	t.Helper()
	return &Recorder{guest: g, from: g.inputCount(t)}
}

func (g *Guest) inputCount(t testing.TB) int {
	t.Helper()
	var n wire.Counts
	g.do(t, "Counts", wire.None{}, &n)
	return n.Input
}

// Presses are the presses until now. It fails the test if the kernel lost some.
func (r *Recorder) Presses(t testing.TB) []Press {
	t.Helper()
	n := r.guest.inputCount(t)
	all := r.guest.input.await(t, "the recorded input", func(e []wire.Input) bool { return len(e) >= n })
	return r.presses(t, all)
}

// WaitPresses waits until there are n presses.
func (r *Recorder) WaitPresses(t testing.TB, n int) []Press {
	t.Helper()
	what := fmt.Sprintf("%d presses", n)
	all := r.guest.input.await(t, what, func(e []wire.Input) bool { return len(r.presses(t, e)) >= n })
	return r.presses(t, all)
}

func (r *Recorder) presses(t testing.TB, events []wire.Input) []Press {
	t.Helper()
	var presses []Press
	for _, e := range events[min(r.from, len(events)):] {
		switch {
		case e.Kind == wire.EventsLost:
			t.Fatalf("the guest's kernel lost events of %s", e.Node)
		case e.Kind == wire.KeyEvent && e.Value == 1:
			presses = append(presses, Press{Serial: e.Serial, Key: keyOf(e.Code), At: e.At})
		}
	}
	return presses
}

// WaitOpen waits until the guest has an input device with this serial number and
// records it: the kernel's driver, not a program, holds the keyboard.
func (g *Guest) WaitOpen(t testing.TB, serial string) {
	t.Helper()
	g.waitInput(t, serial, true)
	g.USB(t) // waits until the driver that made it is ready, and lets its reports through
}

// WaitGone waits until the guest has no input device with this serial number: the
// keyboard is unplugged, or a program holds it.
func (g *Guest) WaitGone(t testing.TB, serial string) {
	t.Helper()
	g.waitInput(t, serial, false)
}

func (g *Guest) waitInput(t testing.TB, serial string, want bool) {
	t.Helper()
	what := fmt.Sprintf("input device of %q: open %v", serial, want)
	g.input.await(t, what, func(events []wire.Input) bool {
		open := map[string]bool{}
		for _, e := range events {
			if e.Serial != serial {
				continue
			}
			switch e.Kind {
			case wire.DeviceOpen:
				open[e.Node] = true
			case wire.DeviceGone:
				delete(open, e.Node)
			}
		}
		return len(open) > 0 == want
	})
}
