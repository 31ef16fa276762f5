package hid

import (
	"slices"
	"sync/atomic"
	"time"
)

const (
	// settleTime is how long an interface that is new, or was just given back, may be without descriptor or driver before it
	// is taken to have none: the kernel announces it before its driver has looked at it. A keypad takes milliseconds.
	settleTime = 500 * time.Millisecond

	// A device that fails is tried again after firstRetry, then twice that, up to maxRetry; one that worked for
	// stableSession starts over. One that fails sooner each time, as behind a bad hub, must not fill the log.
	firstRetry    = 100 * time.Millisecond
	maxRetry      = 5 * time.Second
	stableSession = 30 * time.Second

	// troubleGrace is how long a device may fail before it is worth a warning: udev sets the permissions of a new device
	// some hundred milliseconds after the kernel announced it, and an unplugged one fails before it is gone.
	troubleGrace = time.Second
)

// tracked is what the Listener knows of a device that is present. Listener.mu guards what guards itself not.
type tracked struct {
	DeviceState
	descriptor    *Descriptor // nil: not understood, see problem
	problem       error
	settlingSince time.Time // since it was plugged in, or closed
	appeared      time.Time // since it was plugged in, or failed; zero: nobody knows, and long ago
	owner         *owner    // nil: nobody reads it
	failures      int       // attempts in a row
	failingSince  time.Time
	nextTry       time.Time
	resumeQuiet   time.Time // no reopening for a sleep before this
	noted         bool      // it was opened, and the log says so
	warned        bool      // about the failures in a row
	newcomer      bool      // it was plugged in while somebody learned
	unused        bool      // nobody wants it: find out what it would take to use it
	checked       time.Time // when that was found out last
	lights        lightBox

	// Set by the owner, which must not wait for Listener.mu.
	lastPress atomic.Pointer[time.Time]
	unlit     atomic.Bool // the device does not answer
	tapOnly   atomic.Bool // it was only seen to send down and up at once
	swallowed atomic.Uint64
}

// settling is how long it may still take until the system knows the device; 0 or less is that the time is over.
func (t *tracked) settling(now instant) time.Duration {
	return settleTime - now.mono.Sub(t.settlingSince)
}

// unsettled tells whether the system may not know the device yet.
func (t *tracked) unsettled(now instant) bool {
	return t.settling(now) > 0 && (t.Device.Descriptor == nil || t.Device.Driver == "")
}

func (t *tracked) snapshot() DeviceState {
	s := t.DeviceState
	if at := t.lastPress.Load(); at != nil {
		s.LastPress = *at
	}
	s.Lights = s.Lights && !t.unlit.Load()
	s.TapOnly = t.tapOnly.Load() || s.Profile.tapOnly()
	s.Swallowed = t.swallowed.Load()
	return s
}

func (t *tracked) become(s State, err error, now instant) {
	if s != t.State {
		t.Since = now.wall
	}
	t.State, t.Err, t.Fix = s, err, fixOf(err)
	if s != Listening {
		t.Lights = false
	}
}

// notePresent brings the known devices up to date with those listed. What an open one does not list, its descriptor and
// lights, is in its claim.
func (l *Listener) notePresent(devices []Device, now instant) {
	for _, d := range devices {
		t := l.devices[d.Path]
		if t != nil && !newClaim(t.Device).Matches(d) {
			l.drop(t, now) // another device in its place
			t = nil
		}
		if t == nil {
			t = &tracked{settlingSince: now.mono, DeviceState: DeviceState{Device: d, Since: now.wall}}
			t.lights.asked = make(chan struct{}, 1)
			if l.looked {
				t.appeared, t.newcomer = now.mono, l.learn != nil
			} else if bus, ok := l.bus.(Ager); ok {
				if age, ok := bus.Age(d); ok {
					t.appeared = now.mono.Add(-age)
				}
			}
			l.devices[d.Path] = t
			l.gone = slices.DeleteFunc(l.gone, func(g DeviceState) bool { return sameUnit(g.Device, d) })
		}
		if claim, ok := l.claims.of(d); ok && d.Descriptor == nil {
			d.Descriptor, d.Lit = claim.Descriptor, claim.Lit
		}
		known := t.Device
		t.Device = d
		if t.descriptor == nil || !slices.Equal(known.Descriptor, d.Descriptor) {
			t.descriptor, t.problem = t.Device.Layout()
			t.Profile, _ = ProfileOf(t.Device)
		}
	}
}

// sameUnit tells whether two devices may well be one that moved to another port.
func sameUnit(a, b Device) bool {
	return a.Model() == b.Model() && a.Serial == b.Serial && a.Interface == b.Interface
}

// noteGone forgets the devices that are not listed any more.
func (l *Listener) noteGone(devices []Device, now instant) {
	for path, t := range l.devices {
		if !slices.ContainsFunc(devices, func(d Device) bool { return d.Path == path }) {
			l.drop(t, now)
		}
	}
}

func (l *Listener) drop(t *tracked, now instant) {
	delete(l.devices, t.Device.Path)
	if l.learn != nil {
		l.tellUnplugged(t)
	}
	if t.owner != nil {
		t.owner.cancel()
	}
	if len(t.Names) == 0 || t.State == Unneeded {
		return
	}
	l.log.Info("device was unplugged", "device", t.Device.Path, "model", t.Device.Model())
	t.become(Gone, nil, now)
	l.gone = append(l.gone, t.snapshot())
	if over := len(l.gone) - maxGone; over > 0 {
		l.gone = slices.Delete(l.gone, 0, over)
	}
}
