package usblab_test

import (
	"syscall"
	"testing"
	"time"

	"magicbutton/internal/usblab"
)

// TestIdle leaves an agent alone with four devices that nobody presses, and counts what it costs their desk.
func TestIdle(t *testing.T) {
	long(t)
	t.Parallel()
	g := usblab.Start(t, usblab.Options{
		Disk:  usblab.NewDisk(t),
		Files: map[string]string{"/bin/magicbutton": usblab.Build(t, "magicbutton/cmd/magicbutton")},
		CPUs:  2,
	})
	gadgets := []usblab.Gadget{arcadeEncoder(), consumerButton(), streamDeck(), twinKeypad("keypad")}
	var devices []*usblab.Device
	for i, gadget := range gadgets {
		d := g.Make(t, gadget)
		d.Plug(t, 1+i)
		d.WaitDriver(t, "usbhid")
		devices = append(devices, d)
	}
	d := newDesk(t, g, "idle", off)
	d.runFromDisk(t)
	const tap = "tap = \"praise\"\n"
	d.bind(t, binding{"1209:0006", "button:3", tap}, binding{"1209:0007", "Play/Pause", tap},
		binding{"0fd9:006d", "button:1", tap}, binding{"13ba:0001", "kp_1", tap})
	d.start(t)
	for _, device := range devices {
		device.WaitDriver(t, "usbfs")
	}

	const (
		span = 20 * time.Second
		// readTimeout is what hid.Options.ReadTimeout is by default: how often a silent device wakes its reader.
		readTimeout = 200 * time.Millisecond
		// The reader, and now and then another thread that Go hands the work to.
		wakeupsPerTimeout = 4
		// Go's own monitor sleeps in short steps each time before it finds that there is nothing to do.
		monitorPerTimeout = 15
		ownKiB            = 15_000_000 / 1024
	)
	time.Sleep(2 * time.Second) // what starting takes is not idling
	before := d.usage(t)
	time.Sleep(span)
	after := d.usage(t)
	timeouts := int(span/readTimeout) * len(devices)
	wakeups, monitor := after.Wakeups-before.Wakeups, after.MonitorWakeups-before.MonitorWakeups
	t.Logf("in %v: %d read time-outs, %d wake-ups and %d of Go's monitor; %+v", span, timeouts, wakeups, monitor, after)
	if wakeups > wakeupsPerTimeout*timeouts || monitor > monitorPerTimeout*timeouts {
		t.Errorf("%d wake-ups in %v and %d of Go's monitor, want at most %d and %d for each of %d read time-outs",
			wakeups, span, monitor, wakeupsPerTimeout, monitorPerTimeout, timeouts)
	}
	if after.OwnKiB > ownKiB {
		t.Errorf("%d KiB of memory of its own, want at most %d", after.OwnKiB, ownKiB)
	}
	d.stop(t, syscall.SIGTERM)
}
