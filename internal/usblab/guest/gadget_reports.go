//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"magicbutton/internal/usblab/wire"
)

// pollAnswers is what an interface answers when it is asked for its state.
type pollAnswers struct {
	poll []byte // empty: it is not asked

	mu     sync.Mutex
	states [][]byte      // the next answer first; the last one stays. None: it does not answer yet
	given  chan struct{} // closed when the last state was given; nil: it was
}

func newPollAnswers(poll []byte) *pollAnswers { return &pollAnswers{poll: poll} }

// answer sends the state if a report asks for it.
func (p *pollAnswers) answer(f *os.File, report []byte) bool {
	if len(p.poll) == 0 || !bytes.Equal(report, p.poll) {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	// A host that polls without reading makes no room for an answer; the next poll gets one.
	if len(p.states) == 0 || f.SetWriteDeadline(time.Now().Add(patience/10)) != nil {
		return true
	}
	if _, err := f.Write(p.states[0]); err != nil {
		return true
	}
	if len(p.states) > 1 {
		p.states = p.states[1:]
	} else if p.given != nil {
		close(p.given)
		p.given = nil
	}
	return true
}

// Show sets what a polled interface answers from now on, and returns when it has.
func (l *Lab) Show(s wire.Show, _ *wire.None) error {
	g, err := l.gadget(s.Gadget)
	if err != nil {
		return err
	}
	if s.Interface < 0 || s.Interface >= len(g.polls) || len(g.polls[s.Interface].poll) == 0 {
		return fmt.Errorf("gadget %q has no interface %d that is polled", s.Gadget, s.Interface)
	}
	p := g.polls[s.Interface]
	given := make(chan struct{})
	p.mu.Lock()
	p.states, p.given = s.States, given
	p.mu.Unlock()
	select {
	case <-given:
		return nil
	case <-time.After(2 * patience):
		return fmt.Errorf("gadget %q was not asked often enough for its state in %v", s.Gadget, 2*patience)
	}
}

// receive records output reports until the file is closed, and answers polls. It
// also makes room: f_hid holds only a few reports that nobody read.
func (l *Lab) receive(name string, f *os.File, polls *pollAnswers) {
	buffer := make([]byte, 4096)
	for {
		n, err := f.Read(buffer)
		if err != nil {
			if !errors.Is(err, os.ErrClosed) {
				fmt.Printf("lab: output reports of gadget %s: %v\n", name, err)
			}
			return
		}
		if polls.answer(f, buffer[:n]) {
			continue
		}
		l.output.add(wire.Output{At: uptime(), Gadget: name, Data: append([]byte(nil), buffer[:n]...)})
	}
}

// SendReports sends input reports. A gadget whose reports nobody fetches stops
// after a while; that is no error of the call, for it may be what a test is after.
func (l *Lab) SendReports(s wire.Send, sent *wire.Sent) error {
	g, err := l.gadget(s.Gadget)
	if err != nil {
		return err
	}
	f := g.face(s.Interface)
	if f == nil {
		return fmt.Errorf("gadget %q has no interface %d that is plugged in", s.Gadget, s.Interface)
	}
	*sent = send(f, s.Reports, s.Spacing)
	return nil
}

func send(f *os.File, reports [][]byte, spacing time.Duration) wire.Sent {
	next := time.Now()
	for i, report := range reports {
		time.Sleep(time.Until(next))
		next = time.Now().Add(spacing)
		err := f.SetWriteDeadline(next.Add(patience))
		if err == nil {
			_, err = f.Write(report)
		}
		if err != nil {
			return wire.Sent{Reports: i, Error: err.Error()}
		}
	}
	return wire.Sent{Reports: len(reports)}
}
