package usblab

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"magicbutton/internal/usblab/blockdev"
)

// Disk is a hard disk with an ext4 file system. It outlives guests, not its test.
type Disk struct {
	path   string
	served *blockdev.Disk // nil: QEMU itself reads and writes the file
}

// Sizes are small for speed: the file is sparse, and ext4 makes its journal to fit. Each cut of a recorded disk is
// a copy of it.
const (
	diskSize         = 64 << 20
	recordedDiskSize = 32 << 20
)

// NewDisk makes an empty disk. Only one guest may run with it at a time.
func NewDisk(t testing.TB) *Disk {
	t.Helper()
	findKit(t)
	d := &Disk{path: filepath.Join(t.TempDir(), "disk.img")}
	makeFileSystem(t, d.path, diskSize)
	return d
}

// NewRecordedDisk makes an empty disk that has a volatile cache and remembers what is asked of it: see Recording.
func NewRecordedDisk(t testing.TB) *Disk {
	t.Helper()
	findKit(t)
	path := filepath.Join(t.TempDir(), "disk.img")
	// As on a desk's disk, whose file system is large: blocks of 4 KiB. Nothing is left to be initialized later, which would
	// be recorded among what a test does.
	makeFileSystem(t, path, recordedDiskSize, "-b", "4096", "-E", "lazy_itable_init=0,lazy_journal_init=0")
	// By default ext4 flushes more than it is asked to: a file's data before its length, and a file that is renamed over another.
	// Other file systems do not, and then it need not do so here (ext4(5): data, auto_da_alloc).
	runTool(t, "tune2fs", "-o", "journal_data_writeback", "-E", "mount_opts=noauto_da_alloc", path)
	image, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return &Disk{served: blockdev.New(image)}
}

// Recording is the disk that NewRecordedDisk made, with its requests and what is left of them by a power cut.
func (d *Disk) Recording() *blockdev.Disk { return d.served }

func makeFileSystem(t testing.TB, path string, size int64, options ...string) {
	t.Helper()
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, size); err != nil {
		t.Fatal(err)
	}
	runTool(t, "mkfs.ext4", append([]string{"-q", "-F"}, append(options, path)...)...)
}

func runTool(t testing.TB, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(systemTool(name), args...).CombinedOutput(); err != nil {
		t.Fatalf("making a file system: %s: %v\n%s", name, err, out)
	}
}

// systemTool finds a program that is not in the PATH of every user.
func systemTool(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	return filepath.Join("/sbin", name)
}

// drive returns QEMU's arguments for the disk. One that is recorded is served at a socket in dir to the guest that is
// about to start.
func (d *Disk) drive(g *Guest, dir string) ([]string, error) {
	const device = "virtio-blk-pci,drive=disk"
	if d.served == nil {
		return []string{"-drive", "if=none,id=disk,format=raw,cache=writeback,file=" + d.path, "-device", device}, nil
	}
	path := filepath.Join(dir, "disk")
	err := g.listen(path, func(conn net.Conn) {
		if err := d.served.Serve(conn); err != nil {
			fmt.Fprintf(g.console, "usblab: serving the disk: %v\n", err)
		}
	})
	const drive = "if=none,id=disk,format=raw,cache=writeback,file.driver=nbd,file.server.type=unix,file.server.path="
	return []string{"-drive", drive + path, "-device", device}, err
}
