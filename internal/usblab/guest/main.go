//go:build linux

// Command guest is the first process (/init) of the lab's Linux guest: it mounts,
// loads the kernel's modules, records input and output, and does what the test
// asks for over a virtio serial port. It is built and started by package usblab.
package main

import (
	"fmt"
	"net/rpc"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"magicbutton/internal/usblab/wire"
)

func main() {
	if err := run(); err != nil {
		fmt.Println("lab: guest:", err)
	}
	powerOff()
}

// run serves until the test has closed its end: a test that dies takes its guest along.
func run() error {
	if err := setUp(); err != nil {
		return err
	}
	lab := newLab()
	if err := lab.recordInput(); err != nil {
		return err
	}
	if err := lab.recordOutput(); err != nil {
		return err
	}
	port, err := openPort()
	if err != nil {
		return err
	}
	server := rpc.NewServer()
	if err := server.RegisterName(wire.Service, lab); err != nil {
		return err
	}
	server.ServeConn(hangUp{port})
	return nil
}

// hangUp ends the guest as soon as the test has closed its end. A server would
// first wait for the calls under way, and some of them wait for ever.
type hangUp struct{ *os.File }

func (h hangUp) Read(p []byte) (int, error) {
	n, err := h.File.Read(p)
	if err != nil {
		powerOff()
	}
	return n, err
}

// openPort opens the virtio serial port, which the kernel makes some time after
// the driver was loaded.
func openPort() (*os.File, error) {
	path, err := await("/dev/vport*")
	if err != nil {
		return nil, err
	}
	// A blocking descriptor: the port's poll reports a hang-up where it means "no reader yet".
	fd, err := syscall.Open(path, syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	return os.NewFile(uintptr(fd), path), nil
}

// await returns the first path that matches a pattern, once there is one.
func await(pattern string) (string, error) {
	const patience = 20 * time.Second
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return found[0], nil
		}
	}
	return "", fmt.Errorf("no %s after %v", pattern, patience)
}

// powerOff writes everything to the disk and ends the guest, and QEMU with it.
func powerOff() {
	syscall.Sync()
	// An unmounted file system needs no recovery; a busy one stays mounted and is flushed.
	_ = syscall.Unmount(wire.DiskDir, 0)
	_ = syscall.Reboot(syscall.LINUX_REBOOT_CMD_POWER_OFF)
	select {} // a first process that ends is a kernel panic
}
