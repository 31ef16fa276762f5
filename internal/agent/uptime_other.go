//go:build !linux

package agent

import "time"

// Uptime returns what tells how long the computer has run, its sleep included, which
// nobody can set; nil where nothing tells.
func Uptime() func() time.Duration { return nil }
