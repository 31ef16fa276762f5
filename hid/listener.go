package hid

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Options are a Listener's. The zero value works.
type Options struct {
	Timing Timing // see Timing; SetTiming changes it
	// ClaimFile is where the devices that are held are written down, so that they are given back to the system after a
	// kill. Empty: nowhere, and a keyboard may stay dead after a kill until it is plugged in again.
	ClaimFile string
	// ReadTimeout is how long one read waits, which bounds how late a Want or a stop is noticed. Default 200 ms.
	ReadTimeout time.Duration
	// Poll is how often the bus is looked at even when it told of no change. Default one minute on a bus that was heard to
	// tell of changes, 2 s on one that was not yet, and 500 ms on one that cannot.
	Poll time.Duration
	Now  func() time.Time // nil: time.Now
	Log  *slog.Logger     // nil: no log
}

const (
	defaultReadTimeout = 200 * time.Millisecond

	// A silent notifier may be deaf, as in a network namespace of its own; opening a device already makes it speak.
	pollHeard  = time.Minute
	pollSilent = 2 * time.Second
	pollAlone  = 500 * time.Millisecond

	// pressBuffer is how many presses may wait for the program to take them: over a minute of one frantic finger. What
	// comes on top is dropped and counted, as the reading of a device never waits.
	pressBuffer = 256

	// maxGone bounds the memory of devices that were unplugged.
	maxGone = 32
)

// Listener turns what is pressed on the wanted devices of a Bus into presses. Make one with NewListener.
type Listener struct {
	bus     Bus
	opts    Options
	log     *slog.Logger
	claims  *claims
	presses chan Press
	wake    chan struct{} // capacity 1: something changed, look again
	stopped chan struct{} // closed when Run returns
	dropped atomic.Uint64
	cut     atomic.Uint64

	mu         sync.Mutex
	running    bool
	looked     bool // what appears from now on was plugged in
	wanted     []Wanted
	timing     Timing
	devices    map[string]*tracked // by Device.Path
	owners     map[string]*owner   // by Device.Path, until they have given it back: one at a time
	gone       []DeviceState       // oldest first, at most maxGone
	busTrouble string              // the last error of Bus.Devices, so that it is logged once
	learn      *learning           // nil: nobody learns
	learnEnded time.Time
}

// NewListener makes a Listener that wants nothing yet.
func NewListener(bus Bus, opts Options) *Listener {
	if opts.ReadTimeout <= 0 {
		opts.ReadTimeout = defaultReadTimeout
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	return &Listener{
		bus: bus, opts: opts, log: opts.Log,
		claims:  &claims{file: opts.ClaimFile},
		presses: make(chan Press, pressBuffer),
		wake:    make(chan struct{}, 1),
		stopped: make(chan struct{}),
		timing:  opts.Timing.withDefaults(),
		devices: map[string]*tracked{},
		owners:  map[string]*owner{},
	}
}

// Want replaces what is listened for. It may be called at any time, before Run too; devices that are still wanted stay
// open. Where several Wanteds match a device it has the keys of all; for one key the closest match wins (serial number,
// then port, then model, then the earlier in the list).
func (l *Listener) Want(wanted []Wanted) {
	l.mu.Lock()
	l.wanted = slices.Clone(wanted)
	for i := range l.wanted {
		l.wanted[i].Keys = maps.Clone(l.wanted[i].Keys)
	}
	l.mu.Unlock()
	l.lookAgain()
}

// SetTiming replaces Options.Timing, at any time.
func (l *Listener) SetTiming(t Timing) {
	l.mu.Lock()
	l.timing = t.withDefaults()
	l.mu.Unlock()
	l.lookAgain()
}

// Presses is where the presses come out, in the order of each device; none while Learn runs. It is closed when Run
// returns. A program that does not take them in time loses the newest ones; see Dropped.
func (l *Listener) Presses() <-chan Press { return l.presses }

// Dropped is how many presses were lost because they were not taken from Presses in time.
func (l *Listener) Dropped() uint64 { return l.dropped.Load() }

// CutShort is how many keys were let go by an unplug, a stop or a new configuration before it was known which gesture they
// would be.
func (l *Listener) CutShort() uint64 { return l.cut.Load() }

// Light answers on a device, soon, on the key itself where the device lights its keys. It never waits. While an answer
// plays, of those that come in only one is kept, the most important and else the newest, so that a burst of presses is
// no minute of blinking. A device that is not open or has no lights stays dark.
func (l *Listener) Light(devicePath string, key Key, light Light) {
	l.mu.Lock()
	t := l.devices[devicePath]
	l.mu.Unlock()
	if t != nil && light >= Stored && light <= NotStored {
		t.lights.ask(key, light)
	}
}

// lookAgain makes Run look at the bus and at what is wanted.
func (l *Listener) lookAgain() {
	select {
	case l.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// Run listens until ctx is done, then gives every device back, closes Presses and returns nil. It returns an error at
// once where this build can use no device at all. Run works once.
func (l *Listener) Run(ctx context.Context) error {
	defer close(l.presses)
	defer l.setRunning(false)
	l.setRunning(true)
	if _, err := l.bus.Devices(); errors.Is(err, ErrUnavailable) {
		return err
	}
	if err := l.claims.load(); err != nil {
		l.log.Warn("claims were not read", "err", err)
	}
	l.giveBackAll()

	var running sync.WaitGroup
	pollEvery := l.startNotifier(ctx, &running)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			running.Wait()
			return nil
		case <-l.wake:
		case <-timer.C:
		}
		timer.Reset(min(l.look(ctx, &running), pollEvery()))
	}
}

// setRunning notes that Run began or ended.
func (l *Listener) setRunning(running bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running = running
	if !running {
		close(l.stopped)
	}
}

// startNotifier lets the bus wake Run up, if it can. The result tells how often to look although it did not.
func (l *Listener) startNotifier(ctx context.Context, running *sync.WaitGroup) (pollEvery func() time.Duration) {
	var every atomic.Int64
	every.Store(int64(pollAlone))
	if notifier, ok := l.bus.(Notifier); ok {
		every.Store(int64(pollSilent))
		changed := make(chan struct{}, 1)
		running.Go(func() {
			for range changed {
				every.CompareAndSwap(int64(pollSilent), int64(pollHeard))
				l.lookAgain()
			}
		})
		running.Go(func() {
			err := notifier.Notify(ctx, changed)
			close(changed)
			if err != nil && ctx.Err() == nil {
				every.Store(int64(pollAlone))
				l.log.Info("bus changes are polled for", "err", err)
				l.lookAgain()
			}
		})
	}
	return func() time.Duration {
		if l.opts.Poll > 0 {
			return l.opts.Poll
		}
		return time.Duration(every.Load())
	}
}

// giveBackAll hands back what an earlier program did not.
func (l *Listener) giveBackAll() {
	for _, c := range l.claims.all() {
		l.giveBack(c)
	}
}

// giveBack makes sure that the system's driver has a device again that this program does not hold any more, and forgets
// the claim. A claim that cannot be honoured now stays, for the next start.
func (l *Listener) giveBack(c Claim) {
	if bus, ok := l.bus.(GiveBacker); ok {
		if err := bus.GiveBack(c); err != nil {
			l.log.Warn("device was not given back", "device", c.Path, "err", err, "fix", fixOf(err))
			return
		}
	}
	if err := l.claims.remove(c.Path); err != nil {
		l.log.Warn("claim was not removed", "device", c.Path, "err", err)
	}
}
