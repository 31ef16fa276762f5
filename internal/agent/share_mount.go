//go:build unix

package agent

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// isMountPoint reports whether another disk is mounted on a folder.
func isMountPoint(folder string, info fs.FileInfo) bool {
	above, err := os.Stat(filepath.Join(folder, ".."))
	if err != nil {
		return false
	}
	a, ok1 := info.Sys().(*syscall.Stat_t)
	b, ok2 := above.Sys().(*syscall.Stat_t)
	return ok1 && ok2 && (a.Dev != b.Dev || a.Ino == b.Ino) // the root is its own parent
}

// giveToOwner gives a file that root made to whom its folder belongs to. Where that
// is not allowed, as on another machine's disk, it stays root's.
func giveToOwner(f *os.File, folder string) {
	info, err := os.Stat(folder)
	if os.Geteuid() != 0 || err != nil {
		return
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); ok {
		_ = f.Chown(int(owner.Uid), int(owner.Gid))
	}
}

// syncDir makes a rename in a folder durable, where the folder's disk can.
func syncDir(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.EINVAL) {
		return err
	}
	return nil
}
