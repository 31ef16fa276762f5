package hidtest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"magicbutton/internal/usblab"
)

// TestUSBConforms puts real USB through the suite: this package's tests run again in a Linux guest, as TestGadget.
func TestUSBConforms(t *testing.T) {
	if testing.Short() {
		t.Skip("boots a virtual machine")
	}
	if _, err := exec.LookPath("gcc"); err != nil && os.Getenv("CI") != "true" {
		t.Skip("needs a C compiler")
	}
	program := filepath.Join(t.TempDir(), "hidtest.test")
	build := exec.Command("go", "test", "-c", "-o", program, "-tags", "netgo,osusergo",
		"-ldflags", `-linkmode external -extldflags "-static"`, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=1", "CGO_CFLAGS=-g -O2 -DNO_ICONV", "GOOS=linux", "GOARCH=amd64")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the tests for the guest: %v\n%s", err, out)
	}
	g := usblab.Start(t, usblab.Options{Files: map[string]string{"/bin/hidtest.test": program}})
	tests := g.Start(t, usblab.Command{
		Args: []string{"hidtest.test", "-test.run=^TestGadget$", "-test.v", "-test.timeout=3m"}, Env: []string{"HIDTEST_GADGET=1"},
	})
	result := tests.WaitFor(t, 4*time.Minute)
	t.Logf("in the guest:\n%s%s", result.Stdout, result.Stderr)
	if result.Exit.Code != 0 || result.Exit.Signal != 0 {
		t.Errorf("the tests in the guest ended with %+v", result.Exit)
	}
}
