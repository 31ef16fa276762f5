//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"unsafe"

	"magicbutton/internal/usblab/wire"
)

// setUp turns a bare initramfs into a system that programs can run in.
func setUp() error {
	hasDisk := os.Getenv(wire.DiskVar) != ""
	os.Clearenv() // of the kernel's own arguments
	err := errors.Join(
		os.Setenv("PATH", "/bin"),
		os.Setenv("HOME", "/root"),
		mount("proc", "proc", "/proc"),
		mount("sysfs", "sysfs", "/sys"),
		mount("devtmpfs", "devtmpfs", "/dev"),
		mount("devpts", "devpts", "/dev/pts"),
		mount("debugfs", "debugfs", "/sys/kernel/debug"),
	)
	if err != nil {
		return err
	}
	if out, err := exec.Command("/bin/busybox", "--install", "-s", "/bin").CombinedOutput(); err != nil {
		return fmt.Errorf("installing busybox: %w: %s", err, out)
	}
	// Programs that serve a page on the loopback address find it up.
	if out, err := exec.Command("ip", "link", "set", "lo", "up").CombinedOutput(); err != nil {
		return fmt.Errorf("ip link set lo up: %w: %s", err, out)
	}
	if err := loadModules(); err != nil {
		return err
	}
	if err := mount("configfs", "configfs", "/sys/kernel/config"); err != nil {
		return err
	}
	if !hasDisk {
		return nil
	}
	disk, err := await("/dev/vda")
	if err != nil {
		return err
	}
	return mount("ext4", disk, wire.DiskDir)
}

func mount(kind, source, target string) error {
	if err := os.MkdirAll(target, 0o755); err != nil {
		return err
	}
	if err := syscall.Mount(source, target, kind, 0, ""); err != nil {
		return fmt.Errorf("mounting %s on %s: %w", source, target, err)
	}
	return nil
}

// loadModules loads the modules of the list in its order.
func loadModules() error {
	list, err := os.ReadFile(wire.ModuleList)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(list)) {
		name, params, _ := strings.Cut(strings.TrimSpace(line), " ")
		image, err := os.ReadFile(filepath.Join(wire.ModuleDir, name+".ko"))
		if err != nil {
			return err
		}
		if err := initModule(image, params); err != nil {
			return fmt.Errorf("loading module %s %q: %w", name, params, err)
		}
	}
	return nil
}

// initModule is init_module(2).
func initModule(image []byte, params string) error {
	p, err := syscall.BytePtrFromString(params)
	if err != nil {
		return err
	}
	_, _, errno := syscall.Syscall(syscall.SYS_INIT_MODULE,
		uintptr(unsafe.Pointer(&image[0])), uintptr(len(image)), uintptr(unsafe.Pointer(p)))
	if errno != 0 {
		return errno
	}
	return nil
}
