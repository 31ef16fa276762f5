package hid_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/hid"
	"magicbutton/hid/hidtest"
)

// Plugging in and out a thousand times gives a press for each press and leaves nothing behind.
func TestReplugDoesNotGrow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := startRig(t, hidtest.NewBus(), hid.Options{}, wantKeys(tap, key1))
		goroutines := 0
		const cycles = 1000
		for i := range cycles {
			port := fmt.Sprintf("1-%d", 1+i%40) // in more ports than are remembered
			pad := hidtest.Keypad(port, fmt.Sprint("S", i))
			r.bus.Plug(pad)
			synctest.Wait()
			r.bus.Tap(pad.Path, key1)
			synctest.Wait()
			r.bus.Unplug(pad.Path)
			synctest.Wait()
			if i == 10 {
				goroutines = runtime.NumGoroutine()
			}
			select {
			case p := <-r.Presses():
				if p.Device.Serial != pad.Serial {
					t.Fatalf("press of %s in cycle %d", p.Device, i)
				}
			default:
				t.Fatalf("no press in cycle %d", i)
			}
		}
		wantPresses(t, r.pressesIn(time.Second))
		// One left behind in each cycle would be hundreds; a few of the test program's own come and go.
		if n := runtime.NumGoroutine(); n > goroutines+10 {
			t.Errorf("%d goroutines after %d cycles, %d after 10", n, cycles, goroutines)
		}
		if diff := cmp.Diff(map[string]int{"devices": 0, "gone": 32, "owners": 0, "claims": 0}, r.Sizes()); diff != "" {
			t.Errorf("remembered (-want +got):\n%s", diff)
		}
	})
}

// A hub that goes takes all its devices at once, and brings them back one by one.
func TestHub(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus, log := hidtest.NewBus(), &lines{}
		var paths []string
		for i := range 4 {
			pad := hidtest.Keypad(fmt.Sprintf("1-1.%d", i+1), fmt.Sprint(i))
			bus.Plug(pad)
			paths = append(paths, pad.Path)
		}
		r := startRig(t, bus, hid.Options{Log: log.logger()}, wantKeys(tap, key1))
		for range 3 {
			for i := range 4 {
				bus.Tap(paths[i], key1)
			}
			if got := r.pressesIn(time.Second); len(got) != 4 {
				t.Errorf("presses = %v, want one of each", got)
			}
			for _, path := range paths {
				bus.Unplug(path)
			}
			time.Sleep(10 * time.Second)
			for i, path := range paths {
				if got := r.state(t, path).State; got != hid.Gone {
					t.Errorf("state of %s = %v, want gone", path, got)
				}
				bus.Plug(hidtest.Keypad(fmt.Sprintf("1-1.%d", i+1), fmt.Sprint(i)))
				time.Sleep(200 * time.Millisecond)
			}
			for _, path := range paths {
				if !bus.IsOpen(path) {
					t.Errorf("%s is not open again", path)
				}
			}
		}
		if opened, unplugged := log.count("device was opened"), log.count("device was unplugged"); opened != 16 || unplugged != 12 {
			t.Errorf("log says opened %d times and unplugged %d times, want 16 and 12", opened, unplugged)
		}
	})
}

// brokenBus opens no device, and does not know why before it tries.
type brokenBus struct {
	*hidtest.Bus
	tries []time.Time
}

func (b *brokenBus) Open(hid.Device) (hid.Conn, error) {
	b.tries = append(b.tries, time.Now())
	return nil, errors.New("it failed")
}

func TestDeviceThatFailsForTenMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus, log := &brokenBus{Bus: hidtest.NewBus(hidtest.Keypad("1-1", "A"))}, &lines{}
		r := startRig(t, bus, hid.Options{Log: log.logger()}, wantKeys(tap, key1))
		time.Sleep(10 * time.Minute)
		if n := log.count("\n"); n != 1 {
			t.Errorf("%d lines in the log, want 1:\n%s", n, log.all())
		}
		if s := r.state(t, padPath); s.State != hid.Failed || time.Since(s.Since) < 9*time.Minute {
			t.Errorf("state = %v since %v, want failed since the beginning", s.State, s.Since)
		}
		r.stop()
		if n := len(bus.tries); n < 100 || n > 130 {
			t.Errorf("%d tries in ten minutes, want one every five seconds", n)
		}
	})
}

// A device that opens and fails soon after, again and again, is tried ever less often and logged once.
func TestDeviceThatFlaps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus, log := hidtest.NewBus(hidtest.Keypad("1-1", "A")), &lines{}
		startRig(t, bus, hid.Options{Log: log.logger()}, wantKeys(tap, key1))
		for range 600 {
			time.Sleep(time.Second)
			bus.Break(padPath)
		}
		if n := len(bus.Opened()); n > 120 {
			t.Errorf("opened %d times in ten minutes, want backing off", n)
		}
		if n := log.count("\n"); n > 2 {
			t.Errorf("%d lines in the log, want 2:\n%s", n, log.all())
		}
		time.Sleep(time.Minute)
		if !bus.IsOpen(padPath) {
			t.Error("not open again after the trouble is over")
		}
	})
}

// deaf is a bus that never tells of a change, as in a network namespace of its own.
type deaf struct{ *hidtest.Bus }

func (deaf) Notify(ctx context.Context, _ chan<- struct{}) error {
	<-ctx.Done()
	return nil
}

// mute is a bus that cannot tell of a change.
type mute struct{ hid.Bus }

// A bus that does not tell of changes is looked at.
func TestSilentBus(t *testing.T) {
	for _, c := range []struct {
		name  string
		of    func(*hidtest.Bus) hid.Bus
		looks int
	}{
		{"deaf", func(b *hidtest.Bus) hid.Bus { return deaf{b} }, 30},
		{"mute", func(b *hidtest.Bus) hid.Bus { return mute{b} }, 120},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				bus := hidtest.NewBus(hidtest.Keypad("1-1", "A"))
				startRig(t, c.of(bus), hid.Options{}, wantKeys(tap, key1))
				time.Sleep(10*time.Second + time.Millisecond)
				before := bus.Listings()
				time.Sleep(time.Minute)
				if got := bus.Listings() - before; got != c.looks {
					t.Errorf("%d looks at the bus in a minute, want %d", got, c.looks)
				}
			})
		})
	}
}

// While nothing happens nothing runs but the reads of each device, five a second, and a look at the bus every minute.
func TestIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := hidtest.NewBus()
		var wanted []hid.Wanted
		for i, keys := range []map[hid.Key]hid.Gestures{
			{key1: tap},
			{key1: {Tap: true, Hold: true, Double: true}, numLock: tapHold},
			{hid.AnyKey: tap},
			{key1: tapTwice, hid.AnyKey: tap},
		} {
			pad := hidtest.Keypad(fmt.Sprintf("1-%d", i+1), fmt.Sprint(i))
			bus.Plug(pad)
			m := model
			m.Serial = pad.Serial
			wanted = append(wanted, hid.Wanted{Match: m, Keys: keys})
		}
		r := startRig(t, bus, hid.Options{}, wanted...)
		for i := range 4 { // used a little, so that every state was left again
			path := fmt.Sprintf("1-%d:1.0", i+1)
			time.Sleep(time.Second)
			bus.Type(path, 50*time.Millisecond, key1, numLock, key1)
			r.Light(path, key1, hid.NotStored)
		}
		time.Sleep(10*time.Second + time.Millisecond)
		counts := func() (n [5]int) {
			for i := range 4 {
				n[i] = bus.Reads(fmt.Sprintf("1-%d:1.0", i+1))
			}
			n[4] = bus.Listings()
			return n
		}
		before := counts()
		time.Sleep(time.Minute)
		after := counts()
		for i := range after {
			after[i] -= before[i]
		}
		if want := [5]int{300, 300, 300, 300, 1}; after != want {
			t.Errorf("reads of each device and looks at the bus in a minute = %v, want %v", after, want)
		}
	})
}

// slowCheck is a bus on which it takes a while to find out whether a device may be opened.
type slowCheck struct{ *hidtest.Bus }

func (b slowCheck) Check(d hid.Device) error {
	time.Sleep(200 * time.Millisecond)
	return b.Bus.Check(d)
}

// However many devices nobody wants, the one that is wanted is opened first.
func TestWantedComesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := hidtest.NewBus()
		for i := range 20 {
			bus.Plug(hidtest.Other(fmt.Sprintf("1-%d", i+2), "other", uint16(100+i), hidtest.MouseDescriptor))
		}
		startRig(t, slowCheck{bus}, hid.Options{}, wantKeys(tap, key1))
		for _, when := range []time.Duration{0, time.Second, time.Minute} {
			time.Sleep(when) // amid the first look at the others, and amid a later one
			bus.Plug(hidtest.Keypad("1-1", "A"))
			began := time.Now()
			for !bus.IsOpen(padPath) {
				time.Sleep(10 * time.Millisecond)
				if time.Since(began) > 20*time.Second {
					t.Fatal("never opened")
				}
			}
			if took := time.Since(began); took > 500*time.Millisecond {
				t.Errorf("opened after %v, want no wait for those that nobody wants", took)
			}
			bus.Unplug(padPath)
		}
	})
}
