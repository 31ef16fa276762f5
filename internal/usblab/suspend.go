package usblab

import (
	"fmt"
	"testing"
	"time"
)

// Suspend lets the guest sleep for some seconds: its kernel suspends all programs, devices, controllers and clocks as for
// suspend to RAM and resumes them, for which the emulated controller has lost its state. Only the last step, into
// the firmware, is left out, as the firmware would not wake it up (kernel documentation, power/basic-pm-debugging, "core").
// The guest's monotonic clock stands still meanwhile, the wall clock goes on.
//
// The driver of the port between test and guest throws away what it received and nobody has read yet (virtcons_freeze in
// the kernel's virtio_console.c), and a call that is lost so is never answered: the guest waits until no call is on its way.
// The test has to leave it alone until Suspend returns.
func (g *Guest) Suspend(t testing.TB, d time.Duration) {
	t.Helper()
	const awakeLimit = 3 * time.Minute // the kernel counts the seconds in a loop, which a busy machine holds up
	p := g.Start(t, Command{Args: []string{"sh", "-c", fmt.Sprintf("sleep 3 && echo %d >/sys/module/suspend/parameters/pm_test_delay && "+
		"echo core >/sys/power/pm_test && echo mem >/sys/power/state && echo none >/sys/power/pm_test", int(d.Seconds()))}})
	if r := p.WaitFor(t, awakeLimit); r.Exit != (Exit{}) {
		t.Fatalf("the guest did not sleep: %+v", r)
	}
}
