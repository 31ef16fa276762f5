//go:build !linux

package store

import "os"

// flush is what bbolt calls on this system.
func flush(f *os.File) error { return f.Sync() }
