package hidtest

import (
	"context"
	"testing"
	"time"

	"magicbutton/hid"
)

func testNotify(t *testing.T, s *suite) {
	n, ok := s.Bus().(hid.Notifier)
	if !ok {
		t.Skip("the bus is no Notifier")
	}
	ctx, cancel := context.WithCancel(t.Context())
	changed, ended := make(chan struct{}, 1), make(chan error, 1)
	go func() { ended <- n.Notify(ctx, changed) }()
	hears := func(what string, change func(testing.TB)) {
		// Notify may only just be starting, and the last change may still be echoing: so change until it is heard.
		for end := time.Now().Add(patience); time.Now().Before(end); {
			for quiet := false; !quiet; {
				select {
				case <-changed:
				case <-time.After(300 * time.Millisecond):
					quiet = true
				}
			}
			change(t)
			select {
			case <-changed:
				return
			case err := <-ended:
				t.Fatalf("Notify() = %v", err)
			case <-time.After(time.Second):
			}
		}
		t.Errorf("nothing was heard of %s", what)
	}
	hears("plugging and unplugging", func(t testing.TB) {
		if s.plugged {
			s.Unplug(t)
		} else {
			s.Plug(t)
		}
	})
	// A Listener looks at the bus only seldom once it heard of anything, as of this.
	hears("taking a device", func(t testing.TB) {
		if !s.plugged {
			s.Plug(t)
		}
		if err := s.open(t).Close(); err != nil {
			t.Fatal(err)
		}
	})
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Notify() after the end of its context = %v, want nil", err)
	}
}

// GiveBack leaves alone what is in order, and what is not what it was.
func testGiveBack(t *testing.T, s *suite) {
	g, ok := s.Bus().(hid.GiveBacker)
	if !ok {
		t.Skip("the bus is no GiveBacker")
	}
	d := s.find(t)
	claim := hid.Claim{
		Path: d.Path, VendorID: d.VendorID, ProductID: d.ProductID, Release: d.Release, Serial: d.Serial, Driver: d.Driver,
	}
	giveBack := func(when string) {
		t.Helper()
		if err := g.GiveBack(claim); err != nil {
			t.Errorf("GiveBack() of %s = %v, want nil", when, err)
		}
	}
	giveBack("a keypad that the system has")
	conn := s.open(t)
	giveBack("a keypad that a program has")
	s.Send(t, KeyboardReport(Key(0x59)))
	if got, err := next(conn); err != nil || len(got) != 8 {
		t.Errorf("read %x, %v: GiveBack took the keypad away from the program that has it", got, err)
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
	eventually(t, "the system has the keypad again", func() bool { return s.SystemHas(t) })
	s.Unplug(t)
	giveBack("a keypad that is gone")
}

// A keyboard is no other keyboard than itself, whoever has it.
func testOtherKeyboard(t *testing.T, s *suite) {
	f, ok := s.Bus().(hid.KeyboardFinder)
	if !ok {
		t.Skip("the bus is no KeyboardFinder")
	}
	other := func(than hid.Device) bool {
		t.Helper()
		found, err := f.OtherKeyboard(than)
		if err != nil {
			t.Errorf("OtherKeyboard() = %v", err)
		}
		return found
	}
	d := s.find(t)
	stranger := hid.Device{Path: "9-9:1.0", Port: "9-9"}
	if !other(stranger) {
		t.Error("the keypad, which can type letters, is not seen as another keyboard than a stranger's")
	}
	besides := other(d)
	conn := s.open(t)
	if got := other(d); got != besides {
		t.Errorf("OtherKeyboard() of the keypad = %t while it is open, %t before: it is its own other keyboard", got, besides)
	}
	if got := other(stranger); got != besides {
		t.Errorf("OtherKeyboard() of a stranger = %t while the keypad is open, want %t: it types nothing now", got, besides)
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
	eventually(t, "the keypad is a keyboard again", func() bool { return other(stranger) })
	s.Unplug(t)
	if got := other(d); got != besides {
		t.Errorf("OtherKeyboard() of the keypad = %t when it is gone, %t before", got, besides)
	}
}

// A device that was plugged in just now is young, and one that is not there has no age.
func testAge(t *testing.T, s *suite) {
	a, ok := s.Bus().(hid.Ager)
	if !ok {
		t.Skip("the bus is no Ager")
	}
	d := s.find(t)
	if age, known := a.Age(d); !known || age < 0 || age > patience {
		t.Errorf("Age() of a keypad that was just plugged in = %v, %t; want moments", age, known)
	}
	s.Unplug(t)
	eventually(t, "the keypad leaves the list", func() bool { _, listed := s.lookUp(t); return !listed })
	if age, known := a.Age(d); known {
		t.Errorf("Age() of a keypad that is gone = %v, want none", age)
	}
}
