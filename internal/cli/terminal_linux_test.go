package cli_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

// onTerminal starts a process on a pseudo-terminal of its own. The function that
// it returns says whether the terminal's mode is what it was before.
func onTerminal(ts *testscript.TestScript, p *process) func() (string, bool) {
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	ts.Check(err)
	raw, err := master.SyscallConn() // Fd would make reads block, and Close wait for them
	ts.Check(err)
	var n int
	ts.Check(raw.Control(func(fd uintptr) {
		ts.Check(unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0))
		n, err = unix.IoctlGetInt(int(fd), unix.TIOCGPTN)
		ts.Check(err)
	}))
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	ts.Check(err)
	mode := func() (termios *unix.Termios, err error) {
		controlErr := raw.Control(func(fd uintptr) { termios, err = unix.IoctlGetTermios(int(fd), unix.TCGETS) })
		return termios, errors.Join(controlErr, err)
	}
	before, err := mode()
	ts.Check(err)
	p.cmd.Stdin, p.cmd.Stdout = slave, slave
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	p.input = master
	ts.Check(p.cmd.Start())
	ts.Check(slave.Close())
	p.drained = make(chan struct{})
	go func() {
		defer close(p.drained)
		_, _ = io.Copy(&p.out, master) // until the process has ended, or the terminal is closed
	}()
	ts.Defer(func() { _ = master.Close() })
	return func() (string, bool) {
		after, err := mode()
		if err != nil {
			return err.Error(), false
		}
		diff := cmp.Diff(before, after)
		return diff, diff == ""
	}
}
