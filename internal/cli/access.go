//go:build unix

package cli

import (
	"fmt"
	"io/fs"
	"os/user"
	"strconv"
	"syscall"
)

// accessText says in words who may read and write a file.
func accessText(info fs.FileInfo) string {
	mode := info.Mode().Perm()
	owner, group := "its owner", "its group"
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		owner, group = ownerName(st.Uid), groupName(st.Gid)
	}
	out := ""
	for _, who := range []struct {
		name string
		bits fs.FileMode
	}{{"The user " + owner, mode >> 6}, {"the group " + group, mode >> 3}, {"every user of this computer", mode}} {
		if what := rights(who.bits); what != "" {
			if out != "" {
				out += ", "
			}
			out += who.name + " may " + what
		}
	}
	switch {
	case out == "":
		return fmt.Sprintf("Nobody but who administers this computer may open it (%v).", mode)
	case mode&0o077 == 0:
		out += ", and no other user"
	}
	return fmt.Sprintf("%s (%v).", out, mode)
}

// rights names what the lowest three bits of a mode allow.
func rights(bits fs.FileMode) string {
	switch {
	case bits&6 == 6:
		return "read and write it"
	case bits&4 != 0:
		return "read it"
	case bits&2 != 0:
		return "write it"
	}
	return ""
}

func ownerName(id uint32) string {
	n := strconv.FormatUint(uint64(id), 10)
	if u, err := user.LookupId(n); err == nil {
		return u.Username
	}
	return n
}

func groupName(id uint32) string {
	n := strconv.FormatUint(uint64(id), 10)
	if g, err := user.LookupGroupId(n); err == nil {
		return g.Name
	}
	return n
}
