package hidtest_test

import (
	"testing"

	"magicbutton/hid"
	"magicbutton/hid/hidtest"
)

// fakeHarness is the fake bus with one keypad.
type fakeHarness struct {
	bus   *hidtest.Bus
	taken int // outputs returned
}

const fakePath = "1-1:1.0"

func (h *fakeHarness) Bus() hid.Bus                     { return h.bus }
func (h *fakeHarness) Serial() string                   { return "CONFORMANCE" }
func (h *fakeHarness) Plug(testing.TB)                  { h.bus.Plug(hidtest.Keypad("1-1", h.Serial())) }
func (h *fakeHarness) Unplug(testing.TB)                { h.bus.Unplug(fakePath) }
func (h *fakeHarness) Send(_ testing.TB, report []byte) { h.bus.Report(fakePath, report...) }
func (h *fakeHarness) SystemSaw(testing.TB) int         { return h.bus.ReachedSystem(fakePath) }

func (h *fakeHarness) Output(t testing.TB) []byte {
	t.Helper()
	outputs := h.bus.Outputs(fakePath)
	if h.taken >= len(outputs) {
		t.Fatal("the keypad got no output report")
	}
	h.taken++
	return outputs[h.taken-1].Report[1:]
}

func (h *fakeHarness) SystemHas(t testing.TB) bool {
	t.Helper()
	devices, err := h.bus.Devices()
	if err != nil {
		t.Fatal(err)
	}
	return len(devices) == 1 && devices[0].Driver == "usbhid"
}

func TestFakeConforms(t *testing.T) {
	hidtest.Conformance(t, func(t *testing.T) hidtest.Harness {
		bus := hidtest.NewBus()
		bus.SetKeyboard(false)
		return &fakeHarness{bus: bus}
	})
}

// A killed program leaves a keypad that nobody has, until it is given back.
func TestKill(t *testing.T) {
	bus := hidtest.NewBus(hidtest.Keypad("1-1", "A"))
	devices, err := bus.Devices()
	if err != nil {
		t.Fatal(err)
	}
	d := devices[0]
	conn, err := bus.Open(d)
	if err != nil {
		t.Fatal(err)
	}
	bus.Kill(fakePath)
	if _, err := conn.ReadTimeout(make([]byte, 8), 0); err == nil {
		t.Error("a killed program still reads")
	}
	conn.Close() // must change nothing
	if got := bus.Unbound(); len(got) != 1 {
		t.Fatalf("Unbound() = %v, want the keypad", got)
	}
	claim := hid.Claim{Path: d.Path, VendorID: d.VendorID, ProductID: d.ProductID, Release: d.Release, Serial: d.Serial, Driver: d.Driver}
	if err := bus.GiveBack(claim); err != nil || len(bus.Unbound()) != 0 {
		t.Errorf("GiveBack() = %v, without driver: %v; want it bound", err, bus.Unbound())
	}
}
