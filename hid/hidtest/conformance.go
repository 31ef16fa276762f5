package hidtest

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"magicbutton/hid"
)

// Harness is one boot keyboard, the suite's keypad, and the bus that it is plugged into. The fake bus has one, and so may a
// real USB bus whose keypad is a gadget in a virtual machine. The keypad is a Keypad with a serial number of its own; the
// harness may wait for the hardware in each call, and ends the test where it does not obey.
type Harness interface {
	// Bus is what is tested.
	Bus() hid.Bus
	// Serial is the keypad's serial number.
	Serial() string
	// Plug plugs the keypad in and returns when the system has it; Unplug takes it out.
	Plug(t testing.TB)
	Unplug(t testing.TB)
	// Send makes the keypad send an input report of eight bytes. Nobody need read it.
	Send(t testing.TB, report []byte)
	// Output is the oldest output report that the keypad got and Output has not returned yet, as the keypad sees it: without
	// a report id of 0. The system's own are among them. It ends the test when none comes.
	Output(t testing.TB) []byte
	// SystemHas tells whether the system's own driver has the keypad.
	SystemHas(t testing.TB) bool
	// SystemSaw is how many of the keypad's reports reached the system's own driver so far.
	SystemSaw(t testing.TB) int
}

// patience is how long the suite waits for what should be quick; a virtual machine without hardware support is slow.
const patience = 10 * time.Second

// Conformance checks that a bus does what package hid expects of it. The keypad is not plugged in when it is called, and not
// when it returns. It runs in real time.
func Conformance(t *testing.T, newHarness func(t *testing.T) Harness) {
	for _, tt := range []struct {
		name string
		run  func(t *testing.T, s *suite)
	}{
		{"list", testList},
		{"read", testRead},
		{"read without data", testReadWithoutData},
		{"unread reports", testUnreadReports},
		{"write", testWrite},
		{"second open", testSecondOpen},
		{"system", testSystem},
		{"unplug", testUnplug},
		{"open what is gone", testOpenGone},
		{"notify", testNotify},
		{"give back", testGiveBack},
		{"other keyboard", testOtherKeyboard},
		{"age", testAge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHarness(t)
			h.Plug(t)
			s := &suite{Harness: h, plugged: true}
			t.Cleanup(func() {
				if s.plugged {
					h.Unplug(t)
				}
			})
			tt.run(t, s)
		})
	}
}

// suite is a harness and what the tests share.
type suite struct {
	Harness
	plugged bool
}

// Plug notes that the keypad is in.
func (s *suite) Plug(t testing.TB) { s.Harness.Plug(t); s.plugged = true }

// Unplug notes that it is out.
func (s *suite) Unplug(t testing.TB) { s.Harness.Unplug(t); s.plugged = false }

// find is the keypad as the bus lists it.
func (s *suite) find(t testing.TB) hid.Device {
	t.Helper()
	d, ok := s.lookUp(t)
	if !ok {
		t.Fatalf("the keypad with serial %q is not listed", s.Serial())
	}
	return d
}

func (s *suite) lookUp(t testing.TB) (hid.Device, bool) {
	t.Helper()
	devices, err := s.Bus().Devices()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(devices, func(d hid.Device) bool {
		return d.VendorID == KeypadVendor && d.ProductID == KeypadProduct && d.Serial == s.Serial()
	})
	if i < 0 {
		return hid.Device{}, false
	}
	return devices[i], true
}

// open opens the keypad until the test ends.
func (s *suite) open(t testing.TB) hid.Conn {
	t.Helper()
	conn, err := s.Bus().Open(s.find(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() }) // often closed already
	return conn
}

// next is the next report that is not empty; nil when patience or the device ends first.
func next(conn hid.Conn) ([]byte, error) {
	b := make([]byte, 1024)
	for end := time.Now().Add(patience); time.Now().Before(end); {
		n, err := conn.ReadTimeout(b, 200*time.Millisecond)
		if err != nil || n > 0 {
			return b[:n], err
		}
	}
	return nil, nil
}

// eventually waits until f holds.
func eventually(t testing.TB, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if f() {
			return
		}
	}
	t.Errorf("not within %v: %s", patience, what)
}

func testList(t *testing.T, s *suite) {
	d := s.find(t)
	if d.Path == "" || !d.BootKeyboard || d.Interface != 0 {
		t.Errorf("listed as %+v, want a path, interface 0 and a boot keyboard", d)
	}
	if !bytes.Equal(d.Descriptor, KeyboardDescriptor) {
		t.Errorf("descriptor = %x, want %x", d.Descriptor, KeyboardDescriptor)
	}
	if c, ok := s.Bus().(hid.Checker); ok {
		if err := c.Check(d); err != nil {
			t.Errorf("Check() of a free keypad = %v, want nil", err)
		}
	}
	s.Unplug(t)
	eventually(t, "the keypad leaves the list", func() bool { _, listed := s.lookUp(t); return !listed })
}

func testRead(t *testing.T, s *suite) {
	conn := s.open(t)
	for usage := uint16(0x59); usage < 0x61; usage++ {
		for _, report := range [][]byte{KeyboardReport(Key(usage)), KeyboardReport()} {
			s.Send(t, report)
			got, err := next(conn)
			if err != nil || !bytes.Equal(got, report) {
				t.Fatalf("read %x, %v; want %x", got, err, report)
			}
		}
	}
}

func testReadWithoutData(t *testing.T, s *suite) {
	conn := s.open(t)
	b := make([]byte, 64)
	for _, d := range []time.Duration{-time.Second, 0, time.Microsecond, 50 * time.Millisecond} {
		began := time.Now()
		n, err := conn.ReadTimeout(b, d)
		if n != 0 || err != nil {
			t.Errorf("ReadTimeout(%v) of a silent keypad = %d, %v; want 0, nil", d, n, err)
		}
		if took := time.Since(began); took < d-time.Millisecond || took > max(d, 0)+time.Second {
			t.Errorf("ReadTimeout(%v) took %v", d, took)
		}
	}
}

// The newest of too many unread reports are kept.
func testUnreadReports(t *testing.T, s *suite) {
	conn := s.open(t)
	const sent = 100
	for i := range sent {
		s.Send(t, KeyboardReport(Key(uint16(4+i))))
	}
	var last byte
	read := 0
	for {
		got, err := next(conn)
		if err != nil || len(got) < 8 {
			t.Fatalf("read %x, %v after %d reports; want the newest too", got, err, read)
		}
		if got[2] <= last {
			t.Fatalf("report %d came after report %d", got[2], last)
		}
		read++
		if last = got[2]; last == 4+sent-1 {
			break
		}
	}
	if read >= sent {
		t.Errorf("all %d unread reports were kept; want the oldest dropped, as every reader must expect", read)
	}
}

func testWrite(t *testing.T, s *suite) {
	conn := s.open(t)
	// What the system sent before may still be on its way; it does not light all five.
	const all = 0b11111
	if err := conn.Write([]byte{0, all}); err != nil {
		t.Fatal(err)
	}
	for !bytes.Equal(s.Output(t), []byte{all}) {
	}
	for _, lights := range []byte{0b00001, 0b00000, 0b00101} {
		if err := conn.Write([]byte{0, lights}); err != nil {
			t.Fatal(err)
		}
		if got := s.Output(t); !bytes.Equal(got, []byte{lights}) {
			t.Errorf("the keypad got %x, want %x", got, []byte{lights})
		}
	}
	if err := conn.Write(nil); err == nil {
		t.Error("writing an empty report gave no error")
	}
}

func testSecondOpen(t *testing.T, s *suite) {
	d := s.find(t)
	first := s.open(t)
	second, err := s.Bus().Open(d)
	if second != nil || !errors.Is(err, hid.ErrBusy) {
		t.Fatalf("second Open() = %v, %v; want %v", second, err, hid.ErrBusy)
	}
	if c, ok := s.Bus().(hid.Checker); ok && !errors.Is(c.Check(d), hid.ErrBusy) {
		t.Errorf("Check() = %v, want %v", c.Check(d), hid.ErrBusy)
	}
	report := KeyboardReport(Key(0x59))
	s.Send(t, report) // the first is none the worse for it
	if got, err := next(first); err != nil || !bytes.Equal(got, report) {
		t.Errorf("read %x, %v; want %x", got, err, report)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	third, err := s.Bus().Open(d)
	if err != nil {
		t.Fatalf("Open() after Close: %v", err)
	}
	if err := third.Close(); err != nil {
		t.Error(err)
	}
}

// While a program has the keypad the system sees nothing of it; afterwards it does again.
func testSystem(t *testing.T, s *suite) {
	if !s.SystemHas(t) {
		t.Fatal("the system does not have the new keypad")
	}
	conn := s.open(t)
	if s.SystemHas(t) {
		t.Error("the system still has the keypad while it is open")
	}
	before := s.SystemSaw(t)
	s.Send(t, KeyboardReport(Key(0x59)))
	s.Send(t, KeyboardReport())
	for range 2 {
		if got, err := next(conn); err != nil || len(got) != 8 {
			t.Fatalf("read %x, %v", got, err)
		}
	}
	if saw := s.SystemSaw(t) - before; saw != 0 {
		t.Errorf("%d reports reached the system while the keypad was open, want 0", saw)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the system has the keypad again", func() bool { return s.SystemHas(t) })
	s.Send(t, KeyboardReport(Key(0x5a)))
	s.Send(t, KeyboardReport())
	eventually(t, "the system sees the keypad again", func() bool { return s.SystemSaw(t) > before })
	if got := s.find(t).Descriptor; !bytes.Equal(got, KeyboardDescriptor) {
		t.Errorf("descriptor after Close = %x, want %x", got, KeyboardDescriptor)
	}
}

func testUnplug(t *testing.T, s *suite) {
	conn := s.open(t)
	failed := make(chan error, 1)
	go func() {
		_, err := next(conn)
		failed <- err
	}()
	s.Unplug(t)
	if err := <-failed; err == nil {
		t.Fatal("reading went on after the keypad was unplugged")
	}
	if _, err := conn.ReadTimeout(make([]byte, 64), 0); err == nil {
		t.Error("a later read gave no error")
	}
	if err := conn.Write([]byte{0, 1}); err == nil {
		t.Error("a write gave no error")
	}
	if err := conn.Close(); err != nil {
		t.Errorf("Close() = %v", err)
	}
	s.Plug(t)
	conn = s.open(t)
	report := KeyboardReport(Key(0x59))
	s.Send(t, report)
	if got, err := next(conn); err != nil || !bytes.Equal(got, report) {
		t.Errorf("read %x, %v after the keypad came back; want %x", got, err, report)
	}
}

func testOpenGone(t *testing.T, s *suite) {
	d := s.find(t)
	s.Unplug(t)
	eventually(t, "the keypad leaves the list", func() bool { _, listed := s.lookUp(t); return !listed })
	if conn, err := s.Bus().Open(d); conn != nil || !errors.Is(err, hid.ErrGone) {
		t.Errorf("Open() = %v, %v; want %v", conn, err, hid.ErrGone)
	}
}
