//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"

	"magicbutton/internal/usblab/wire"
)

// process is a program that a test started.
type process struct {
	cmd            *exec.Cmd
	stdout, stderr byteStream
	terminal       *os.File      // the end that a person would sit at; nil: none
	read           chan struct{} // closed when all that was written to the terminal is in stdout
	done           chan struct{} // closed when it ended and exit is set
	exit           wire.Exit
}

// Start starts a program.
func (l *Lab) Start(c wire.Command, started *wire.Started) error {
	if len(c.Args) == 0 {
		return errors.New("starting a program: no arguments")
	}
	p := &process{cmd: exec.Command(c.Args[0], c.Args[1:]...), done: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), c.Env...)
	p.cmd.Dir = c.Dir
	if c.Dir == "" {
		p.cmd.Dir = "/"
	}
	p.cmd.Stdin = bytes.NewReader(c.Stdin)
	p.cmd.Stdout, p.cmd.Stderr = &p.stdout, &p.stderr
	// A child that outlives the program and keeps its output open must not hide its end.
	p.cmd.WaitDelay = time.Second
	// A group of its own, as a shell gives it.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if c.UID != 0 {
		p.cmd.SysProcAttr.Credential = &syscall.Credential{Uid: c.UID, Gid: c.UID}
	}
	start := p.cmd.Start
	if c.Terminal {
		start = p.startOnTerminal
	}
	if err := start(); err != nil {
		return err
	}
	go p.reap()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.processes = append(l.processes, p)
	*started = wire.Started{Process: len(l.processes) - 1, PID: p.cmd.Process.Pid}
	return nil
}

func (p *process) reap() {
	err := p.cmd.Wait()
	p.exit.Code = p.cmd.ProcessState.ExitCode()
	if status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		p.exit.Signal = int(status.Signal())
	}
	if err != nil && p.exit.Code == 0 {
		fmt.Fprintf(&p.stderr, "lab: %v\n", err) // such as exec.ErrWaitDelay
	}
	if p.terminal != nil {
		<-p.read
	}
	p.stdout.end()
	p.stderr.end()
	close(p.done)
}

func (l *Lab) process(number int) (*process, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if number < 0 || number >= len(l.processes) {
		return nil, fmt.Errorf("no process number %d", number)
	}
	return l.processes[number], nil
}

// Follow replies with output of a process.
func (l *Lab) Follow(f wire.Follow, chunk *wire.Chunk) error {
	p, err := l.process(f.Process)
	if err != nil {
		return err
	}
	s := &p.stdout
	if f.Stderr {
		s = &p.stderr
	}
	chunk.Data, chunk.End = s.since(f.From, maxChunk)
	return nil
}

// Wait replies when a process has ended.
func (l *Lab) Wait(number int, exit *wire.Exit) error {
	p, err := l.process(number)
	if err != nil {
		return err
	}
	<-p.done
	*exit = p.exit
	return nil
}

// Signal sends a signal to a process.
func (l *Lab) Signal(s wire.Signal, _ *wire.None) error {
	p, err := l.process(s.Process)
	if err != nil {
		return err
	}
	return p.cmd.Process.Signal(syscall.Signal(s.Number))
}
