//go:build linux

package main

import (
	"fmt"
	"io"
	"os"
	"syscall"
	"unsafe"

	"magicbutton/internal/usblab/wire"
)

// Numbers of asm-generic/ioctls.h.
const (
	tiocgptn   = 0x80045430 // the number of a terminal's other end
	tiocsptlck = 0x40045431 // 0 unlocks it
)

// startOnTerminal starts the program with a terminal for its input and outputs.
func (p *process) startOnTerminal() error {
	near, far, err := openTerminal()
	if err != nil {
		return err
	}
	defer far.Close() // the program's copies are what keeps it open
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = far, far, far
	p.cmd.SysProcAttr.Setpgid = false // a session has a group of its own
	p.cmd.SysProcAttr.Setsid, p.cmd.SysProcAttr.Setctty = true, true
	if err := p.cmd.Start(); err != nil {
		near.Close()
		return err
	}
	p.terminal, p.read = near, make(chan struct{})
	go func() {
		defer close(p.read)
		_, _ = io.Copy(&p.stdout, near) // it ends with an error when nobody has the other end any more
	}()
	return nil
}

// openTerminal makes a terminal and opens both of its ends (pty(7)).
func openTerminal() (near, far *os.File, err error) {
	near, err = os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		return nil, nil, err
	}
	var number, unlocked int32
	for _, call := range []struct {
		request uintptr
		value   *int32
	}{{tiocgptn, &number}, {tiocsptlck, &unlocked}} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, near.Fd(), call.request, uintptr(unsafe.Pointer(call.value))); errno != 0 {
			near.Close()
			return nil, nil, fmt.Errorf("making a terminal: %w", errno)
		}
	}
	far, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		near.Close()
		return nil, nil, err
	}
	return near, far, nil
}

// Type types at a program's terminal.
func (l *Lab) Type(t wire.Type, _ *wire.None) error {
	p, err := l.process(t.Process)
	if err != nil {
		return err
	}
	if p.terminal == nil {
		return fmt.Errorf("process number %d has no terminal", t.Process)
	}
	_, err = p.terminal.Write(t.Data)
	return err
}
