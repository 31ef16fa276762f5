package hid_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"magicbutton/hid"
	"magicbutton/hid/hidtest"
)

// slowBus is a bus on which it takes time to close a device, and for the system to see again what it is.
type slowBus struct {
	*hidtest.Bus
	mayClose chan struct{}
	bare     time.Duration // how long a closed device has neither driver nor descriptor

	mu     sync.Mutex
	closed time.Time
}

type slowConn struct {
	hid.Conn
	bus *slowBus
}

func (b *slowBus) Open(d hid.Device) (hid.Conn, error) {
	conn, err := b.Bus.Open(d)
	if err != nil {
		return nil, err
	}
	return slowConn{conn, b}, nil
}

func (b *slowBus) Devices() ([]hid.Device, error) {
	devices, err := b.Bus.Devices()
	b.mu.Lock()
	defer b.mu.Unlock()
	if time.Since(b.closed) < b.bare {
		for i := range devices {
			devices[i].Driver, devices[i].Descriptor = "", nil
		}
	}
	return devices, err
}

func (c slowConn) Close() error {
	<-c.bus.mayClose
	c.bus.mu.Lock()
	c.bus.closed = time.Now()
	c.bus.mu.Unlock()
	return c.Conn.Close()
}

// A keypad that is back in its port before the goroutine that had it has let go waits: else that one's end would forget
// the claim of the next, and a kill would leave the keypad dead.
func TestReplugBeforeTheOwnerEnds(t *testing.T) {
	file := filepath.Join(t.TempDir(), "claims.json")
	synctest.Test(t, func(t *testing.T) {
		bus := &slowBus{Bus: hidtest.NewBus(hidtest.Keypad("1-1", "A")), mayClose: make(chan struct{})}
		r := startRig(t, bus, hid.Options{ClaimFile: file}, wantKeys(tap, key1))
		bus.Unplug("1-1:1.0")
		time.Sleep(time.Second)
		bus.Plug(hidtest.Keypad("1-1", "A"))
		time.Sleep(10 * time.Second)
		if n := len(bus.Opened()); n != 1 {
			t.Errorf("opened %d times while the first one was still closing, want 1", n)
		}
		close(bus.mayClose)
		time.Sleep(time.Second)
		if b, err := os.ReadFile(file); err != nil || !bus.IsOpen("1-1:1.0") || !strings.Contains(string(b), "1-1:1.0") {
			t.Errorf("after the first one ended: open %v, claims (%v):\n%s", bus.IsOpen("1-1:1.0"), err, b)
		}
		bus.Tap("1-1:1.0", key1)
		wantPresses(t, r.pressesIn(time.Second), "1-1:1.0 keyboard:0x59 tap pad")
	})
}

// A device that was just closed is not opened before the system shows its descriptor again: taken for a boot keyboard,
// which it also claims to be, its reports would be read wrong for as long as it is open.
func TestReopenWaitsForTheDescriptor(t *testing.T) {
	eight := hidtest.Keypad("1-1", "A")
	eight.Descriptor = []byte{
		0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, // generic desktop, keyboard, application
		0x05, 0x07, 0x19, 0x59, 0x29, 0x60, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x08, 0x81, 0x02, // keypad 1 to 8, a bit each
		0xc0,
	}
	synctest.Test(t, func(t *testing.T) {
		bus := &slowBus{Bus: hidtest.NewBus(eight), mayClose: make(chan struct{}), bare: 300 * time.Millisecond}
		close(bus.mayClose)
		r := startRig(t, bus, hid.Options{}, wantKeys(tap, key1))
		time.Sleep(time.Minute)
		r.Want(nil)
		time.Sleep(201 * time.Millisecond) // a read's time, until it is let go
		synctest.Wait()
		if bus.IsOpen("1-1:1.0") {
			t.Fatal("still open")
		}
		r.Want([]hid.Wanted{wantKeys(tap, key1)})
		time.Sleep(5 * time.Second)
		bus.Report("1-1:1.0", 0x01)
		wantPresses(t, r.pressesIn(time.Second), "1-1:1.0 keyboard:0x59 tap pad")
	})
}
