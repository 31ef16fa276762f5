//go:build linux

package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"magicbutton/internal/usblab/wire"
)

// Numbers of linux/input.h and linux/input-event-codes.h.
const (
	evSyn         = 0x00
	evKey         = 0x01
	synDropped    = 0x03
	eventSize     = 24         // struct input_event on 64 bits: two longs, type, code, value
	eviocsclockid = 0x400445a0 // _IOW('E', 0xa0, int)
	evdevBuffer   = 64         // events a read
)

const inputDir = "/dev/input"

// recordInput opens each input device there is and each that comes, at once:
// a key pressed before the recorder listens is not seen.
func (l *Lab) recordInput() error {
	if err := os.MkdirAll(inputDir, 0o755); err != nil {
		return err
	}
	fd, err := syscall.InotifyInit1(syscall.IN_CLOEXEC)
	if err != nil {
		return fmt.Errorf("watching %s: %w", inputDir, err)
	}
	if _, err := syscall.InotifyAddWatch(fd, inputDir, syscall.IN_CREATE); err != nil {
		return fmt.Errorf("watching %s: %w", inputDir, err)
	}
	go l.watchInput(os.NewFile(uintptr(fd), inputDir))
	return nil
}

// watchInput reads no names from inotify: after each wake-up it lists the folder.
func (l *Lab) watchInput(events *os.File) {
	gone := make(chan string)
	changed := make(chan struct{})
	go func() {
		buffer := make([]byte, 4096)
		for {
			if _, err := events.Read(buffer); err != nil {
				return
			}
			changed <- struct{}{}
		}
	}()
	open := map[string]bool{}
	for {
		nodes, _ := filepath.Glob(inputDir + "/event*")
		for _, node := range nodes {
			if open[node] {
				continue
			}
			// A node whose device has just left cannot be opened; it vanishes soon.
			if f, err := os.Open(node); err == nil {
				open[node] = true
				go func() { l.readEvents(f); gone <- node }()
			}
		}
		select {
		case <-changed:
		case node := <-gone:
			delete(open, node)
		}
	}
}

// readEvents records the keys of one device until it goes.
func (l *Lab) readEvents(f *os.File) {
	defer f.Close()
	node := filepath.Base(f.Name())
	event := wire.Input{
		Node:   node,
		Name:   sysfsText("/sys/class/input", node, "device/name"),
		Serial: sysfsText("/sys/class/input", node, "device/uniq"),
	}
	note := func(kind wire.InputKind, at time.Duration) {
		event.Kind, event.At, event.Code, event.Value = kind, at, 0, 0
		l.input.add(event)
	}
	if err := useMonotonicClock(f); err != nil {
		fmt.Println("lab: input:", err)
	}
	note(wire.DeviceOpen, uptime())
	buffer := make([]byte, eventSize*evdevBuffer)
	for {
		n, err := f.Read(buffer)
		if err != nil {
			note(wire.DeviceGone, uptime())
			return
		}
		for e := buffer[:n]; len(e) >= eventSize; e = e[eventSize:] {
			seconds, micros := binary.NativeEndian.Uint64(e), binary.NativeEndian.Uint64(e[8:])
			at := time.Duration(seconds)*time.Second + time.Duration(micros)*time.Microsecond
			kind, code := binary.NativeEndian.Uint16(e[16:]), binary.NativeEndian.Uint16(e[18:])
			switch {
			case kind == evKey:
				event.Kind, event.At, event.Code = wire.KeyEvent, at, code
				event.Value = int32(binary.NativeEndian.Uint32(e[20:]))
				l.input.add(event)
			case kind == evSyn && code == synDropped:
				note(wire.EventsLost, at)
			}
		}
	}
}

func useMonotonicClock(f *os.File) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	clock := int32(1) // CLOCK_MONOTONIC
	var errno syscall.Errno
	err = conn.Control(func(fd uintptr) {
		_, _, errno = syscall.Syscall(syscall.SYS_IOCTL, fd, eviocsclockid, uintptr(unsafe.Pointer(&clock)))
	})
	if err == nil && errno != 0 {
		err = fmt.Errorf("setting the clock of %s: %w", f.Name(), errno)
	}
	return err
}

// sysfsText reads an attribute; a missing one is empty, as one of a device that just left.
func sysfsText(path ...string) string {
	text, _ := os.ReadFile(filepath.Join(path...))
	return strings.TrimSpace(string(text))
}
