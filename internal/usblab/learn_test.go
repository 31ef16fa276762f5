package usblab_test

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/usblab"
)

// TestLearn teaches the program keys as its owner does: at a terminal, with the buttons in hand. Then they count.
func TestLearn(t *testing.T) {
	long(t)
	t.Parallel()
	g := usblab.Start(t, usblab.Options{
		Disk:  usblab.NewDisk(t),
		Files: map[string]string{"/bin/magicbutton": usblab.Build(t, "magicbutton/cmd/magicbutton")},
	})
	// The keyboard of whoever answers. Only because of it may the keypad, which has letters as well, be taken.
	g.Plug(t, &usblab.Keyboard{Serial: "OWNER", Port: 1})
	pad, media := g.Make(t, usblab.Keypad("pad", "PAD")), g.Make(t, consumerButton())
	pad.Plug(t, 1)
	media.Plug(t, 2)
	for _, name := range []string{"agent", "alone"} {
		t.Run(name, func(t *testing.T) {
			pad.WaitDriver(t, "usbhid")
			media.WaitDriver(t, "usbhid")
			d := newDesk(t, g, "learn-"+name, off)
			if name == "agent" {
				d.start(t)
			}
			learn(t, d, pad, media)
			if name == "alone" {
				d.start(t)
			}
			pressLearned(t, d, pad, media)
		})
	}
}

// learn binds a key of the media button, which is seen at once, and two of the keypad, which has to be unplugged and
// plugged in again first.
func learn(t *testing.T, d *desk, pad, media *usblab.Device) {
	t.Helper()
	l := &dialogue{Process: d.guest.Start(t, usblab.Command{Args: d.args("devices", "learn"), Terminal: true})}
	l.expect(t, "Press the key that takes back a mistake", "#PAD: if it is the one, unplug it and plug it in again", "#MEDIA is ready")
	l.pressUntil(t, "Play/Pause (consumer:0xcd) of", func() {
		const firmly = 400 * time.Millisecond // what goes up as it comes down is taken for a key that cannot be held
		media.Send(t, firmly, []byte{0xcd, 0}, []byte{0, 0}).Wait(t)
	})
	l.expect(t, "Enter makes it undo", "? help")
	media.WaitDriver(t, "usbhid") // given back while a question is asked
	l.Type(t, "praise hold staff\r")
	l.expect(t, "bound: ", "q ends.")

	pad.Unplug(t)
	l.expect(t, "#PAD is unplugged: plug it in again")
	pad.Plug(t, 1)
	l.expect(t, "#PAD is ready")
	l.pressUntil(t, "Keypad 0 (keyboard:0x62) of", func() { pad.Press(t, "kp_0") })
	l.expect(t, "? help")
	l.Type(t, "u\r")
	l.expect(t, "bound: ", "q ends.")
	l.pressUntil(t, "Keypad 1 (keyboard:0x59) of", func() { pad.Press(t, "kp_1") })
	l.expect(t, "? help")
	l.Type(t, "how-to\r")
	l.expect(t, "bound: ", "q ends.")
	l.Type(t, "q")
	r := l.Wait(t)
	if r.Exit != (usblab.Exit{}) {
		t.Errorf("devices learn ended with %+v:\n%s", r.Exit, r.Stdout)
	}
	if d.guest.WaitDriver(t, "OWNER", "usbhid"); strings.Contains(r.Stdout, "#OWNER is ready") {
		t.Errorf("devices learn took the owner's own keyboard:\n%s", r.Stdout)
	}
}

// dialogue is a program that asks at a terminal.
type dialogue struct {
	*usblab.Process
	read int // bytes of its output that were waited for already
}

// said tells whether the program has said a text since what was waited for last, and takes it.
func (l *dialogue) said(text string) bool {
	i := strings.Index(l.Stdout()[l.read:], text)
	if i >= 0 {
		l.read += i + len(text)
	}
	return i >= 0
}

// expect waits until the program has said some texts, one after the other.
func (l *dialogue) expect(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		for deadline := time.Now().Add(30 * time.Second); !l.said(text); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("the dialogue did not say %q:\n%s", text, l.Stdout())
			}
		}
	}
}

// pressUntil presses a key until the dialogue has seen it: it may not have the device yet.
func (l *dialogue) pressUntil(t *testing.T, text string, press func()) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		press()
		for again := time.Now().Add(3 * time.Second); time.Now().Before(again); time.Sleep(20 * time.Millisecond) {
			if l.said(text) {
				return
			}
		}
	}
	t.Fatalf("the dialogue did not say %q:\n%s", text, l.Stdout())
}

// pressLearned presses the keys that were learned.
func pressLearned(t *testing.T, d *desk, pad, media *usblab.Device) {
	t.Helper()
	pad.WaitDriver(t, "usbfs")
	media.WaitDriver(t, "usbfs")
	r := d.guest.Record(t)
	logged := len(d.agent.Stderr())
	pad.Press(t, "kp_1")
	waitLog(t, d, logged, "msg=stored .*tag=how-to", "the keypad's key")
	pad.Press(t, "kp_0")
	waitLog(t, d, logged, "msg=undone .*tag=how-to", "undo")
	media.Send(t, 0, []byte{0xcd, 0}).Wait(t)
	waitLog(t, d, logged, "msg=stored .*tag=staff", "a hold of the media button")
	media.Send(t, 0, []byte{0, 0}).Wait(t)
	pad.Press(t, "kp_1")
	waitLog(t, d, logged, "msg=undone(.|\n)*msg=stored .*tag=how-to", "the keypad's key again")
	d.stop(t, syscall.SIGTERM)
	want := []event{{Tag: "staff", Key: "consumer:0xcd"}, {Tag: "how-to", Key: "keyboard:0x59"}}
	got := d.events(t)
	for i := range got {
		got[i].ID, got[i].Device = "", ""
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if seen := r.Presses(t); len(seen) > 0 {
		t.Errorf("the guest's input devices saw %v while the agent held the buttons", seen)
	}
}
