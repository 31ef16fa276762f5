package usblab

import (
	"fmt"
	"os"
	"regexp"
	"sync/atomic"
	"testing"
)

// crashes counts failed tests in whose guest the kernel crashed.
var crashes atomic.Int32

// kernelCrash is what Linux prints when it has a fault of its own (arch/x86/mm/fault.c, kernel/panic.c, kernel/exit.c). A busy
// machine makes it print warnings of other kinds.
var kernelCrash = regexp.MustCompile(`Oops: |BUG: |Kernel panic|general protection fault|exited with preempt_count`)

// Main runs the tests of a package that starts guests, and all of them once more where one failed because the kernel of
// its guest crashed: the kernel's gadget driver may, when a device is unplugged in the middle of a transfer, which is no
// fault of what is tested. Call it from TestMain.
func Main(m *testing.M) int {
	code := m.Run()
	if code == 0 || crashes.Load() == 0 {
		return code
	}
	fmt.Fprintf(os.Stderr, "usblab: the kernel crashed in %d guests: testing again\n", crashes.Load())
	return m.Run()
}

// noteCrash counts a failed test if its guest's kernel crashed.
func (g *Guest) noteCrash() {
	if kernelCrash.MatchString(g.console.all()) {
		crashes.Add(1)
	}
}
