package hid

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Why Learn could not begin, or ended.
var (
	ErrLearning   = errors.New("somebody else is learning a key now")
	ErrNotRunning = errors.New("nothing listens to devices now")
)

// ErrOnlyKeyboard is why a device is withheld from Learn.
var ErrOnlyKeyboard = errors.New("it is the only keyboard with letters here")

const (
	// learnMemory is how long after a Learn a device that was plugged in during it may be opened by the next one: its user is
	// asked what the key is for meanwhile.
	learnMemory = 2 * time.Minute

	// maxSights is how many sights may wait to be taken, minutes of pressing; what comes on top is dropped.
	maxSights = 256
)

// Learn tells what is pressed until ctx is done, and then returns nil: the devices that it had are given back by then.
// Run must be running, and there is one Learn at a time. Saw is called by this goroutine. Meanwhile nothing comes out of
// Presses.
//
// Which devices it opens, besides what is wanted: at once those with keys that neither type nor point.
// Those that do, or that do not say what they send, may be what somebody works with; they are opened once they were
// plugged in during a Learn: this one, or one before if there were never two minutes without one since. The only keyboard with letters is not opened at
// all unless a Wanted matches it, and never a security key, a power supply, a pen or a touch screen.
func (l *Listener) Learn(ctx context.Context, saw func(Sight)) error {
	g, err := l.beginLearning()
	if err != nil {
		return err
	}
	defer l.endLearning()
	l.lookAgain()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-l.stopped:
			return ErrNotRunning
		case <-g.wake:
		}
		for _, s := range g.take() {
			if ctx.Err() == nil {
				saw(s)
			}
		}
	}
}

func (l *Listener) beginLearning() (*learning, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case !l.running:
		return nil, ErrNotRunning
	case l.learn != nil:
		return nil, ErrLearning
	}
	if time.Since(l.learnEnded) > learnMemory {
		for _, t := range l.devices {
			t.newcomer = false
		}
	}
	l.learn = &learning{told: map[told]bool{}, units: map[unit]Device{}, wake: make(chan struct{}, 1)}
	return l.learn, nil
}

// endLearning has presses count again, and waits until the devices that nobody wants are given back.
func (l *Listener) endLearning() {
	l.mu.Lock()
	l.learn, l.learnEnded = nil, time.Now()
	var ending []*owner
	for _, o := range l.owners {
		switch p := *o.plan.Load(); {
		case p.learn == nil:
		case len(p.keys) == 0:
			o.cancel()
			ending = append(ending, o)
		default:
			p.learn = nil
			o.plan.Store(&p)
		}
	}
	l.mu.Unlock()
	l.lookAgain()
	for _, o := range ending {
		<-o.done
	}
}

// learning is a Learn under way.
type learning struct {
	told  map[told]bool   // guarded by Listener.mu
	units map[unit]Device // the interface that stands for each unit of which something was told; guarded too
	wake  chan struct{}   // capacity 1: there is something to take

	mu     sync.Mutex
	sights []Sight
}

// told is a sight that is not repeated until its device was unplugged.
type told struct {
	unit  unit
	what  SightKind
	state State // for SawFailed
}

// tell leaves a sight to be taken, and never waits.
func (g *learning) tell(s Sight) {
	g.mu.Lock()
	if len(g.sights) < maxSights {
		g.sights = append(g.sights, s)
	}
	g.mu.Unlock()
	select {
	case g.wake <- struct{}{}:
	default:
	}
}

func (g *learning) take() []Sight {
	g.mu.Lock()
	defer g.mu.Unlock()
	sights := g.sights
	g.sights = nil
	return sights
}

// tellOnce tells something of a device, unless it was told since it was plugged in. The caller holds Listener.mu.
func (l *Listener) tellOnce(t *tracked, what SightKind, err error) {
	u := unitOf(t.Device)
	once := told{unit: u, what: what}
	if what == SawFailed {
		once.state = t.State
	}
	if l.learn.told[once] {
		return
	}
	l.learn.told[once] = true
	if _, known := l.learn.units[u]; !known {
		l.learn.units[u] = l.firstOf(u)
	}
	s := Sight{What: what, Device: l.learn.units[u], Err: err, Fix: fixOf(err)}
	if what == SawFailed {
		s.Device = t.Device
	}
	l.learn.tell(s)
}

// firstOf is the first interface of a unit.
func (l *Listener) firstOf(u unit) Device {
	var first Device
	for path, t := range l.devices {
		if unitOf(t.Device) == u && (first.Path == "" || path < first.Path) {
			first = t.Device
		}
	}
	return first
}

// tellUnplugged tells that a device went of which something was told. The caller holds Listener.mu.
func (l *Listener) tellUnplugged(t *tracked) {
	u := unitOf(t.Device)
	d, known := l.learn.units[u]
	if !known {
		return
	}
	delete(l.learn.units, u)
	for once := range l.learn.told {
		if once.unit == u {
			delete(l.learn.told, once)
		}
	}
	l.learn.tell(Sight{What: SawUnplugged, Device: d})
}

// ready tells that a device is open for learning.
func (l *Listener) ready(t *tracked) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.learn != nil && l.devices[t.Device.Path] == t {
		l.tellOnce(t, SawReady, nil)
	}
}
