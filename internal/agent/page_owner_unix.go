//go:build unix

package agent

import (
	"fmt"
	"io/fs"
	"os"
	"slices"
	"syscall"
)

// pageOwners are the users whose programs may connect to the page: who runs the agent,
// who owns the database, and root, who may do all anyway.
func pageOwners(db string) []int {
	owners := []int{0, os.Geteuid()}
	if info, err := os.Stat(db); err == nil {
		if s, ok := info.Sys().(*syscall.Stat_t); ok {
			owners = append(owners, int(s.Uid))
		}
	}
	slices.Sort(owners)
	return slices.Compact(owners)
}

// openToOthers says that a file was not for its owner alone, "" where it is. What others
// could read is no secret any more.
func openToOthers(info fs.FileInfo) string {
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return fmt.Sprintf("others could read it (%s)", mode)
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	if ok && os.Geteuid() != 0 && int(s.Uid) != os.Geteuid() {
		return "it was another user's"
	}
	return ""
}

// giveToOwnerOf gives a file that root made to the owner of another one.
func giveToOwnerOf(f *os.File, like string) error {
	info, err := os.Stat(like)
	if os.Geteuid() != 0 || err != nil {
		return err
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok || s.Uid == 0 {
		return nil
	}
	return f.Chown(int(s.Uid), int(s.Gid))
}
