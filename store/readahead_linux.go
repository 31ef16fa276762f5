package store

import (
	"os"

	"golang.org/x/sys/unix"
)

// readAhead has the system read the file from one end to the other, in the
// background: bbolt maps it for random access, for which nothing is read before
// it is asked for. It is only advice.
func readAhead(file *os.File) { _ = unix.Fadvise(int(file.Fd()), 0, 0, unix.FADV_WILLNEED) }
