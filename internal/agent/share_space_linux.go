package agent

import (
	"os"
	"syscall"
)

// freeBytes returns how much room the disk of a folder has; known is false where the
// disk does not say.
func freeBytes(folder string) (free uint64, known bool) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(folder, &disk); err != nil || disk.Blocks == 0 {
		return 0, false
	}
	blocks := disk.Bavail
	if os.Geteuid() == 0 { // a part is kept for root
		blocks = disk.Bfree
	}
	return blocks * uint64(disk.Bsize), true
}
