//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"magicbutton/internal/usblab/wire"
)

// Limits of one reply.
const (
	maxChunk = 64 << 10 // bytes of output
	maxItems = 1000     // recorded events
)

// Lab is what a test can ask for; each exported method is one call.
type Lab struct {
	input  stream[wire.Input]
	output stream[wire.Output]

	mu        sync.Mutex
	processes []*process
	gadgets   map[string]*gadget
}

func newLab() *Lab { return &Lab{gadgets: map[string]*gadget{}} }

// Hello answers with the kernel's name once everything is set up.
func (l *Lab) Hello(_ wire.None, release *string) error {
	text, err := os.ReadFile("/proc/sys/kernel/osrelease")
	*release = string(text)
	return err
}

// Counts tells how much has been recorded until now.
func (l *Lab) Counts(_ wire.None, c *wire.Counts) error {
	*c = wire.Counts{Input: l.input.len(), Output: l.output.len()}
	return nil
}

// WriteFile writes a file.
func (l *Lab) WriteFile(f wire.File, _ *wire.None) error {
	if err := os.MkdirAll(filepath.Dir(f.Path), 0o755); err != nil {
		return err
	}
	mode := os.FileMode(f.Mode)
	if mode == 0 {
		mode = 0o644
	}
	if err := os.WriteFile(f.Path, f.Data, mode); err != nil {
		return err
	}
	return os.Chmod(f.Path, mode)
}

// ReadFile reads a file.
func (l *Lab) ReadFile(path string, data *[]byte) error {
	var err error
	*data, err = os.ReadFile(path)
	return err
}

// Input replies with what happened to the input devices, from event number from on.
func (l *Lab) Input(from int, events *[]wire.Input) error {
	*events, _ = l.input.since(from, maxItems)
	return nil
}

// Output replies with output reports, from number from on.
func (l *Lab) Output(from int, reports *[]wire.Output) error {
	*reports, _ = l.output.since(from, maxItems)
	return nil
}

// PowerOff ends the guest in order; there is no reply.
func (l *Lab) PowerOff(wire.None, *wire.None) error {
	powerOff()
	return nil
}

// uptime reads CLOCK_MONOTONIC, which Linux starts at boot. evdev is told to
// stamp its events with the same clock.
func uptime() time.Duration {
	const clockMonotonic = 1
	var ts syscall.Timespec
	if _, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, clockMonotonic, uintptr(unsafe.Pointer(&ts)), 0); errno != 0 {
		panic(fmt.Sprintf("clock_gettime: %v", errno))
	}
	return time.Duration(ts.Nano())
}
