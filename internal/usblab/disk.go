package usblab

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Disk is a hard disk with an ext4 file system. It outlives guests, not its test.
type Disk struct {
	path string
}

// diskSize is small for speed: the file is sparse, and ext4 makes its journal to fit.
const diskSize = 64 << 20

// NewDisk makes an empty disk. Only one guest may run with it at a time.
func NewDisk(t testing.TB) *Disk {
	t.Helper()
	findKit(t)
	d := &Disk{path: filepath.Join(t.TempDir(), "disk.img")}
	if err := os.WriteFile(d.path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(d.path, diskSize); err != nil {
		t.Fatal(err)
	}
	mkfs, err := exec.LookPath("mkfs.ext4")
	if err != nil {
		mkfs = "/sbin/mkfs.ext4" // not in the PATH of every user
	}
	if out, err := exec.Command(mkfs, "-q", "-F", d.path).CombinedOutput(); err != nil {
		t.Fatalf("making a file system: %v\n%s", err, out)
	}
	return d
}
