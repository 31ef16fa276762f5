package store

import (
	"os"
	"syscall"
)

// flush is what bbolt calls on this system.
func flush(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }
