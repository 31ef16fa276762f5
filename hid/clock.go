package hid

import "time"

// instant is one moment on two clocks. Mono never jumps, and stands still while the computer sleeps: it is for waiting and
// for timing fingers. Wall is what Options.Now says, which people set: it is for people.
type instant struct{ mono, wall time.Time }

func (l *Listener) now() instant { return instant{mono: time.Now(), wall: l.opts.Now()} }

// wallAt is what the wall clock said at an earlier moment of the other one.
func (n instant) wallAt(mono time.Time) time.Time {
	return mono.Add(n.wall.Round(0).Sub(n.mono.Round(0)))
}

const (
	// suspendedFor is how far the wall clock must run ahead of the monotonic one to be taken for a sleep. A clock that is
	// set forward looks the same, and only costs a reopening.
	suspendedFor = 5 * time.Second

	// resumeEvery is how soon a device may be opened anew after it last was for a sleep, by the monotonic clock: a wall clock that
	// keeps jumping must not keep a device closed. A sleep within that time has it opened when the time is over.
	resumeEvery = 30 * time.Second
)

// sleepWatch notices that the computer slept. After that some devices are dead without an error, under the same path.
type sleepWatch struct {
	last  instant
	slept bool      // and nothing was done about it yet
	quiet time.Time // no reopening before
}

// resumed takes the present moment, and tells whether the computer slept and the device is to be opened anew.
func (w *sleepWatch) resumed(now instant) bool {
	if !w.last.mono.IsZero() && now.wall.Round(0).Sub(w.last.wall.Round(0))-now.mono.Sub(w.last.mono) > suspendedFor {
		w.slept = true
	}
	w.last = now
	return w.slept && !now.mono.Before(w.quiet)
}
