package agent

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// DiskTrouble looks whether the database's file may be written and its disk has room.
// It writes nothing: what it cannot foresee, the next press finds out.
func DiskTrouble(path string) error {
	const mayWrite = 2 // W_OK, access(2)
	// A right that was taken away counts at the next start: the open file stays open.
	if err := syscall.Access(path, mayWrite); err != nil && !errors.Is(err, syscall.EACCES) {
		return &fs.PathError{Op: "writing to", Path: path, Err: err}
	}
	var disk syscall.Statfs_t
	if known := syscall.Statfs(path, &disk); known == nil && disk.Blocks > 0 { // some do not say
		blocks := disk.Bavail
		if os.Geteuid() == 0 { // a part is kept for root
			blocks = disk.Bfree
		}
		if free := blocks * uint64(disk.Bsize); free < noRoomBytes {
			return &fs.PathError{Op: "writing to", Path: path, Err: noRoom(free)}
		}
	}
	return nil
}
