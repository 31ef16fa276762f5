package agent

import (
	"time"

	"golang.org/x/sys/unix"
)

// Uptime returns what tells how long the computer has run, its sleep included, which
// nobody can set; nil where nothing tells.
func Uptime() func() time.Duration {
	return func() time.Duration {
		var ts unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts); err != nil {
			panic(err) // Linux has had it since 2.6.39, and Go needs a later one
		}
		return time.Duration(ts.Nano())
	}
}
