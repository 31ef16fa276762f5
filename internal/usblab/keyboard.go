package usblab

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"
)

// QEMU's keyboard: a high-speed boot keyboard with these ids (QEMU, hw/usb/dev-hid.c).
const (
	KeyboardVendorID  = 0x0627
	KeyboardProductID = 0x0001
)

// defaultPace is the shortest time between two key events of one keyboard. QEMU's
// keyboard queues 16 events and drops what does not fit; the guest fetches one in
// 8 ms at best (bInterval 7 at high speed, QEMU, hw/usb/dev-hid.c).
const defaultPace = 10 * time.Millisecond

// Keyboard is a USB keyboard on the guest's emulated controller. The exported
// fields are set by the test before it is plugged in.
type Keyboard struct {
	Serial string        // not empty; QEMU would make one up
	Port   int           // 1 to KeyboardPorts, of the controller or of the Hub
	Hub    *Hub          // nil: plugged into the controller itself
	Pace   time.Duration // shortest time between two key events; zero: 10 ms. Faster ones may get lost.

	guest   *Guest
	id      string // of QEMU's device; empty while unplugged
	display int

	mu   sync.Mutex // one event at a time
	last time.Time  // of the last event
}

// Plug plugs in a keyboard and returns when the guest's kernel has configured it.
// A key pressed before the Recorder listens is lost to it: see Guest.WaitOpen.
func (g *Guest) Plug(t testing.TB, k *Keyboard) *Keyboard {
	t.Helper()
	if k.Serial == "" {
		t.Fatal("a keyboard needs a serial number")
	}
	k.guest = g
	if k.Pace == 0 {
		k.Pace = defaultPace
	}
	k.Replug(t, k.Port)
	return k
}

// Replug plugs in an unplugged keyboard at any free port.
func (k *Keyboard) Replug(t testing.TB, port int) {
	t.Helper()
	if k.id != "" {
		t.Fatalf("keyboard %s is plugged in already", k.Serial)
	}
	if port < 1 || port > KeyboardPorts {
		t.Fatalf("keyboard port %d is not in 1 to %d", port, KeyboardPorts)
	}
	id, display, err := k.guest.takeDisplay()
	if err != nil {
		t.Fatal(err)
	}
	place := fmt.Sprint(port)
	if k.Hub != nil {
		place = fmt.Sprintf("%d.%d", k.Hub.port, port)
	}
	err = k.guest.qmp.do("device_add", map[string]any{
		"driver": "usb-kbd", "id": id, "bus": "xhci.0", "port": place,
		"serial": k.Serial, "display": displayID(display),
	})
	if err != nil {
		t.Fatal(err)
	}
	k.id, k.display, k.Port = id, display, port
	// The controller's first driver loaded, so its bus is number 1.
	path := "1-" + place
	k.guest.WaitUSB(t, "the keyboard in port "+path, func(devices []USBDevice) bool {
		for _, d := range devices {
			if d.Path == path && d.Serial == k.Serial && d.Configured {
				return true
			}
		}
		return false
	})
}

// Unplug pulls the keyboard out.
func (k *Keyboard) Unplug(t testing.TB) {
	t.Helper()
	if k.id == "" {
		t.Fatalf("keyboard %s is not plugged in", k.Serial)
	}
	if err := k.guest.qmp.deleteDevice(k.id); err != nil {
		t.Fatal(err)
	}
	k.guest.returnDisplay(k.display)
	k.id = ""
}

// Down presses a key and keeps it down.
func (k *Keyboard) Down(t testing.TB, key Key) {
	t.Helper()
	mustKnow(t, key)
	if err := k.event(key, true); err != nil {
		t.Fatal(err)
	}
}

// Up lets a key go.
func (k *Keyboard) Up(t testing.TB, key Key) {
	t.Helper()
	mustKnow(t, key)
	if err := k.event(key, false); err != nil {
		t.Fatal(err)
	}
}

// Press presses a key and lets it go. It returns when QEMU has queued both.
func (k *Keyboard) Press(t testing.TB, key Key) {
	t.Helper()
	k.Down(t, key)
	k.Up(t, key)
}

// Play presses keys in the background, one each spacing, for half of it each.
// A spacing below twice the Pace is stretched.
func (k *Keyboard) Play(t testing.TB, spacing time.Duration, keys ...Key) *Playback {
	t.Helper()
	mustKnow(t, keys...)
	return k.guest.play(func() (int, error) {
		next := time.Now()
		for sent, key := range keys {
			time.Sleep(time.Until(next))
			down := time.Now()
			if err := k.event(key, true); err != nil {
				return sent, err
			}
			time.Sleep(time.Until(down.Add(spacing / 2)))
			if err := k.event(key, false); err != nil {
				return sent, err
			}
			next = down.Add(spacing)
		}
		return len(keys), nil
	})
}

// event sends one key event, not sooner than the pace allows.
func (k *Keyboard) event(key Key, down bool) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	time.Sleep(time.Until(k.last.Add(k.Pace)))
	k.last = time.Now()
	return k.guest.qmp.do("input-send-event", map[string]any{
		"device": displayID(k.display),
		"events": []any{map[string]any{"type": "key", "data": map[string]any{
			"down": down,
			"key":  map[string]any{"type": "qcode", "data": key},
		}}},
	})
}

// Outputs are the output reports that the keyboard was sent since it was first
// plugged in: one byte each, its lights. Bit 0 is NumLock, 1 CapsLock, 2
// ScrollLock (HID 1.11, appendix B.1). They are seen on the wire (usbmon).
func (k *Keyboard) Outputs(t testing.TB) []Output {
	t.Helper()
	return k.guest.outputs(t, k.received)
}

// WaitOutputs waits until there are n output reports in all.
func (k *Keyboard) WaitOutputs(t testing.TB, n int) []Output {
	t.Helper()
	return k.guest.waitOutputs(t, n, "keyboard "+k.Serial, k.received)
}

func (k *Keyboard) received(o Output) bool { return o.Gadget == "" && o.Serial == k.Serial }

func displayID(i int) string { return fmt.Sprintf("display%d", i) }

// takeDisplay reserves a display for a keyboard and names the keyboard.
func (g *Guest) takeDisplay() (id string, display int, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, used := range g.displays {
		if !used {
			g.displays[i] = true
			g.keyboards++
			return fmt.Sprintf("keyboard%d", g.keyboards), i, nil
		}
	}
	return "", 0, errors.New("all keyboards are plugged in already")
}

func (g *Guest) returnDisplay(i int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.displays[i] = false
}
