package usblab_test

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/usblab"
)

// TestSleep lets the machine sleep, and unplugs a hub with the keyboards behind it: afterwards presses count again, lights
// answer again, and the agent has not filled its log.
func TestSleep(t *testing.T) {
	long(t)
	t.Parallel()
	g := usblab.Start(t, usblab.Options{
		Disk:  usblab.NewDisk(t),
		Files: map[string]string{"/bin/magicbutton": usblab.Build(t, "magicbutton/cmd/magicbutton")},
	})
	hub := g.PlugHub(t, 1)
	s := &sleeper{
		hub: hub,
		pad: g.Make(t, usblab.Keypad("pad", "PAD")), deck: g.Make(t, streamDeck()),
		a: g.Plug(t, &usblab.Keyboard{Serial: "DESK-A", Hub: hub, Port: 1}),
		b: g.Plug(t, &usblab.Keyboard{Serial: "DESK-B", Hub: hub, Port: 2}),
	}
	s.pad.Plug(t, 1)
	s.deck.Plug(t, 2)
	s.pad.WaitDriver(t, "usbhid")
	s.deck.WaitDriver(t, "usbhid")
	s.desk = newDesk(t, g, "sleep", off, modelA, modelB, "1d6b:0104#PAD")
	s.bind(t, binding{"0fd9:006d", "button:1", "tap = \"staff\"\n"})
	s.start(t, "DESK-A", "DESK-B", "PAD")
	s.deck.WaitDriver(t, "usbfs")

	t.Run("before", s.press)
	t.Run("suspend and resume", s.suspend)
	t.Run("a hub is unplugged", s.unplugHub)

	s.stop(t, syscall.SIGTERM)
	s.check(t)
	for _, serial := range []string{"DESK-A", "DESK-B", "PAD"} {
		g.WaitDriver(t, serial, "usbhid")
		if diff := cmp.Diff(s.want, ofDevice(s.events(t), serial)); diff != "" {
			t.Errorf("events of %s (-want +got):\n%s", serial, diff)
		}
	}
}

// sleeper is a desk with keyboards behind a hub and gadgets that are plugged in beside it.
type sleeper struct {
	*desk
	hub       *usblab.Hub
	a, b      *usblab.Keyboard
	pad, deck *usblab.Device
	want      []event // of each keypad
}

// press presses each device once, and wants an event and a light from each.
func (s *sleeper) press(t *testing.T) {
	t.Helper()
	const key, tag = "kp_1", "praise"
	press := func(what, tag string, lit func() int, do func()) {
		t.Helper()
		before, logged := lit(), len(s.agent.Stderr())
		do()
		waitLog(t, s.desk, logged, "msg=stored .*tag="+tag, what)
		waitMore(t, what+" to be lit", before, lit)
	}
	r := s.guest.Record(t)
	for name, k := range map[string]*usblab.Keyboard{"DESK-A": s.a, "DESK-B": s.b} {
		press(name, tag, func() int { return len(k.Outputs(t)) }, func() { k.Press(t, key) })
	}
	press("PAD", tag, func() int { return len(s.pad.Outputs(t)) }, func() { s.pad.Press(t, key) })
	press("the deck", "staff", func() int { return len(s.deck.Outputs(t)) }, func() {
		s.deck.Send(t, pressSpacing, streamDeckReport(1), streamDeckReport()).Wait(t)
	})
	s.want = append(s.want, event{Tag: tag, Key: "keyboard:0x59"})
	if seen := r.Presses(t); len(seen) > 0 {
		t.Errorf("the guest's input devices saw %v while the agent held the keypads", seen)
	}
}

// waitMore waits until a count is above what it was.
func waitMore(t *testing.T, what string, before int, count func() int) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); count() <= before; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waiting for %s: still %d", what, before)
		}
	}
}

// calm checks that the agent has not filled its log since an offset about n devices.
func (s *sleeper) calm(t *testing.T, logged, n int) {
	t.Helper()
	const perDevice = 6 // lines: it failed, was unplugged, was opened, and some to spare
	if lines := strings.Count(s.agent.Stderr()[logged:], "\n"); lines > perDevice*n {
		t.Errorf("%d lines in the agent's log about %d devices:\n%s", lines, n, s.agent.Stderr()[logged:])
	}
}

// suspend sleeps. As the controllers lose what they knew, the kernel takes every device back from the agent when it wakes
// up, before any program runs.
func (s *sleeper) suspend(t *testing.T) {
	logged := len(s.agent.Stderr())
	s.guest.Suspend(t, 6*time.Second)
	for _, serial := range []string{"DESK-A", "DESK-B", "PAD"} {
		s.guest.WaitDriver(t, serial, "usbfs")
	}
	s.deck.WaitDriver(t, "usbfs")
	s.press(t)
	s.calm(t, logged, 4+4) // the presses too
}

// unplugHub takes two keyboards away at once, and brings them back.
func (s *sleeper) unplugHub(t *testing.T) {
	logged := len(s.agent.Stderr())
	s.hub.Power(t, false)
	waitLog(t, s.desk, logged, `msg="device was unplugged"(.|\n)*msg="device was unplugged"`, "both keyboards are gone")
	s.hub.Power(t, true)
	for _, serial := range []string{"DESK-A", "DESK-B"} {
		s.guest.WaitDriver(t, serial, "usbfs")
	}
	s.press(t)
	s.calm(t, logged, 2+4)
}
