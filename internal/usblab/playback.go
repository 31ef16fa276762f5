package usblab

import (
	"testing"
	"time"
)

// Playback is a sequence of presses under way. A test can unplug, kill and wait
// for other things meanwhile.
type Playback struct {
	done chan struct{} // closed at the end, when sent and err are set
	sent int
	err  error
}

// play runs a sequence in the background, at the latest until the guest ends.
func (g *Guest) play(run func() (sent int, err error)) *Playback {
	p := &Playback{done: make(chan struct{})}
	g.readers.Go(func() {
		p.sent, p.err = run()
		close(p.done)
	})
	return p
}

// Wait waits until all presses are sent, and fails the test if that did not work.
func (p *Playback) Wait(t testing.TB) {
	t.Helper()
	if sent, err := p.End(t); err != nil {
		t.Fatalf("after %d presses: %v", sent, err)
	}
}

// End waits for the end and returns how many presses were sent whole. An error
// says why not all were: the device was unplugged, the guest ended.
func (p *Playback) End(t testing.TB) (sent int, err error) {
	t.Helper()
	const playLimit = 5 * time.Minute
	select {
	case <-p.done:
		return p.sent, p.err
	case <-time.After(playLimit):
		t.Fatalf("presses still under way after %v", playLimit)
		return 0, nil
	}
}
