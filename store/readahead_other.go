//go:build !linux

package store

import "os"

// readAhead does nothing: the system has no way to be asked.
func readAhead(*os.File) {}
