package usblab

import (
	"maps"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// pad is what keyboards and keypads have in common.
type pad interface {
	Play(t testing.TB, spacing time.Duration, keys ...Key) *Playback
	Outputs(t testing.TB) []Output
	WaitOutputs(t testing.TB, n int) []Output
}

func testKeyboards(t *testing.T, g *Guest) {
	a := g.Plug(t, &Keyboard{Serial: "DESK-A", Port: 1})
	b := g.Plug(t, &Keyboard{Serial: "DESK-B", Port: 2})
	testPads(t, g, map[string]pad{"DESK-A": a, "DESK-B": b})

	t.Run("replug in another port", func(t *testing.T) {
		r := g.Record(t)
		a.Unplug(t)
		g.WaitGone(t, "DESK-A")
		b.Press(t, "kp_2") // the one that stays is not touched
		r.WaitPresses(t, 1)
		a.Replug(t, 5)
		g.WaitOpen(t, "DESK-A")
		a.Press(t, "kp_1")
		checkPresses(t, r, []Press{{Serial: "DESK-B", Key: "kp_2"}, {Serial: "DESK-A", Key: "kp_1"}})
		if got := pathOf(t, g, "DESK-A"); got != "1-5" {
			t.Errorf("path = %q, want %q", got, "1-5")
		}
	})
	a.Unplug(t)
	b.Unplug(t)
}

func testKeypads(t *testing.T, g *Guest) {
	a, b := g.Make(t, Keypad("pad-a", "PAD-A")), g.Make(t, Keypad("pad-b", "PAD-B"))
	a.Plug(t, 1)
	b.Plug(t, 2)
	testPads(t, g, map[string]pad{"PAD-A": a, "PAD-B": b})

	t.Run("replug in another port", func(t *testing.T) {
		r := g.Record(t)
		before := pathOf(t, g, "PAD-A")
		a.Unplug(t)
		g.WaitGone(t, "PAD-A")
		a.Plug(t, 4)
		g.WaitOpen(t, "PAD-A")
		a.Press(t, "kp_1")
		checkPresses(t, r, []Press{{Serial: "PAD-A", Key: "kp_1"}})
		if after := pathOf(t, g, "PAD-A"); after == before {
			t.Errorf("path is %q as before, want another", after)
		}
	})
	t.Run("unplugged while keys are pressed", func(t *testing.T) {
		r := g.Record(t)
		p := b.Play(t, 20*time.Millisecond, Rotate(1000, "kp_1", "kp_2")...)
		r.WaitPresses(t, 20)
		b.Unplug(t)
		sent, err := p.End(t)
		seen := len(r.Presses(t))
		// The last one may have gone down and not up again.
		if err == nil || seen < sent || seen > sent+1 {
			t.Errorf("sent %d of 1000 (%v), seen %d; want an error, and %d or one more seen", sent, err, seen, sent)
		}
	})
	a.Unplug(t)
}

// testPads checks what must hold of any two keyboards, plugged in already.
func testPads(t *testing.T, g *Guest, pads map[string]pad) {
	for serial := range pads {
		g.WaitOpen(t, serial)
	}
	// Before any key, for NumLock among them makes the kernel set the lights too.
	t.Run("lights", func(t *testing.T) {
		for serial, p := range pads {
			before := len(p.WaitOutputs(t, 1)) // the kernel sets them when it finds the keyboard
			light := numLock(t, g, serial)
			for _, on := range []string{"1", "0", "1", "0"} {
				g.WriteFile(t, light, []byte(on))
				before++
				p.WaitOutputs(t, before)
			}
			var got []byte
			var last time.Duration
			all := p.Outputs(t)
			for _, o := range all[len(all)-4:] {
				if o.At <= last {
					t.Errorf("%s: a report at %v after one at %v", serial, o.At, last)
				}
				last = o.At
				got = append(got, o.Data...)
			}
			if diff := cmp.Diff([]byte{1, 0, 1, 0}, got); diff != "" {
				t.Errorf("%s: lights (-want +got):\n%s", serial, diff)
			}
		}
	})
	t.Run("fast presses", func(t *testing.T) {
		keys := Rotate(100, "kp_1", "kp_2", "kp_3", "kp_4", "kp_5", "kp_6", "kp_7", "kp_8")
		checkPlay(t, g, pads, keys)
	})
	t.Run("every key", func(t *testing.T) {
		checkPlay(t, g, pads, slices.Sorted(maps.Keys(keys)))
	})
	t.Run("driver", func(t *testing.T) {
		for serial := range pads {
			face := pathOf(t, g, serial) + ":1.0"
			g.WaitDriver(t, serial, "usbhid")
			g.WriteFile(t, "/sys/bus/usb/drivers/usbhid/unbind", []byte(face))
			g.WaitDriver(t, serial, "")
			g.WaitGone(t, serial)
			g.WriteFile(t, "/sys/bus/usb/drivers/usbhid/bind", []byte(face))
			g.WaitOpen(t, serial)
		}
	})
}

// checkPlay presses the same keys on all pads at once and wants each to arrive once, in order.
func checkPlay(t *testing.T, g *Guest, pads map[string]pad, keys []Key) {
	t.Helper()
	r := g.Record(t)
	var playing []*Playback
	for _, p := range pads {
		playing = append(playing, p.Play(t, 20*time.Millisecond, keys...))
	}
	for _, p := range playing {
		p.Wait(t)
	}
	got := map[string][]Key{}
	for _, p := range r.WaitPresses(t, len(keys)*len(pads)) {
		got[p.Serial] = append(got[p.Serial], p.Key)
	}
	for serial := range pads {
		if diff := cmp.Diff(keys, got[serial]); diff != "" {
			t.Errorf("keys of %s (-want +got):\n%s", serial, diff)
		}
	}
}

// checkPresses wants exactly these presses, whenever they came.
func checkPresses(t *testing.T, r *Recorder, want []Press) {
	t.Helper()
	got := r.WaitPresses(t, len(want))
	for i := range got {
		got[i].At = 0
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("presses (-want +got):\n%s", diff)
	}
}

func pathOf(t *testing.T, g *Guest, serial string) string {
	t.Helper()
	for _, d := range g.USB(t) {
		if d.Serial == serial {
			return d.Path
		}
	}
	t.Fatalf("no USB device with serial number %q", serial)
	return ""
}

// numLock finds the file that sets a keyboard's NumLock light.
func numLock(t *testing.T, g *Guest, serial string) string {
	t.Helper()
	dir := g.Output(t, "sh", "-c", `cd /sys/class/input; for i in input*; do
		[ "$(cat $i/uniq)" = `+serial+` ] && echo -n /sys/class/input/$i; done; true`)
	return filepath.Join(dir, filepath.Base(dir)+"::numlock", "brightness")
}

// vendorDescriptor has four bytes of a vendor's own each way.
var vendorDescriptor = []byte{
	0x06, 0x00, 0xff, 0x09, 0x01, 0xa1, 0x01, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95, 0x04,
	0x09, 0x01, 0x81, 0x02, 0x09, 0x01, 0x91, 0x02, 0xc0,
}

func testGadgets(t *testing.T, g *Guest) {
	// Two interfaces: a vendor's, with an endpoint for output, and a consumer control with report id 1.
	consumer := []byte{
		0x05, 0x0c, 0x09, 0x01, 0xa1, 0x01, 0x85, 0x01, 0x15, 0x00, 0x26, 0xff, 0x03, 0x19, 0x00, 0x2a, 0xff, 0x03,
		0x75, 0x10, 0x95, 0x01, 0x81, 0x00, 0xc0,
	}
	d := g.Make(t, Gadget{
		Name: "deck", VendorID: 0x1209, ProductID: 0x0001, Serial: "DECK",
		Interfaces: []Interface{{Descriptor: vendorDescriptor, ReportLength: 4}, {Descriptor: consumer, ReportLength: 3}},
	})
	r := g.Record(t)
	d.Plug(t, 3)
	g.WaitOpen(t, "DECK")
	for _, device := range g.USB(t) {
		if device.Serial == "DECK" && (device.VendorID != 0x1209 || device.ProductID != 0x0001 || len(device.Drivers) != 2) {
			t.Errorf("device = %+v, want 1209:0001 with two interfaces", device)
		}
	}
	d.SendOn(t, 1, 0, []byte{1, 0xe9, 0}, []byte{1, 0, 0}).Wait(t) // volume up, nothing
	// KEY_VOLUMEUP, linux/input-event-codes.h
	checkPresses(t, r, []Press{{Serial: "DECK", Key: "code 115"}})

	g.Output(t, "sh", "-c", `for h in /dev/hidraw*; do printf '\000\001\002\003\004' >$h && exit; done; exit 1`)
	if got := d.WaitOutputs(t, 1); !cmp.Equal(got[0].Data, []byte{1, 2, 3, 4}) {
		t.Errorf("output report = %x, want 01020304", got[0].Data)
	}
	d.Unplug(t)
	d.Remove(t)
}

// testPolled asks a gadget for its state, which does not speak unless asked.
func testPolled(t *testing.T, g *Guest) {
	poll := []byte{0, 0, 0, 2}
	d := g.Make(t, Gadget{
		Name: "polled", VendorID: 0x1209, ProductID: 0x0001,
		Interfaces: []Interface{{Descriptor: vendorDescriptor, ReportLength: 4, NoOutEndpoint: true, Poll: poll}},
	})
	d.Plug(t, 4)
	d.WaitDriver(t, "usbhid")
	asker := g.Start(t, Command{Args: []string{"sh", "-c", `exec 3<>/dev/hidraw0
		while :; do printf '\000\000\000\000\002' >&3; dd bs=4 count=1 <&3 2>/dev/null | hexdump -e '4/1 "%02x" "\n"'; done`}})
	d.Show(t, []byte{1, 2, 3, 4})
	asker.WaitStdout(t, "01020304\n01020304\n")
	d.Show(t, []byte{5, 6, 7, 8}, []byte{9, 9, 9, 9})
	asker.WaitStdout(t, "01020304\n05060708\n09090909\n")
	asker.Signal(t, syscall.SIGKILL)
	asker.Wait(t)
	if got := d.Outputs(t); len(got) > 0 {
		t.Errorf("polls were recorded as output reports: %v", got)
	}
	d.Unplug(t)
	d.Remove(t)
}
