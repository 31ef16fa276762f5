package page

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
)

// The kernel's tables of TCP sockets, proc(5). A program may reach an IPv4 address
// through an IPv6 socket, which is in the second table.
const tcp4Table, tcp6Table = "/proc/net/tcp", "/proc/net/tcp6"

// canTellOwners says why the system cannot tell whose a connection is, nil where it can.
func canTellOwners() error {
	f, err := os.Open(tcp4Table)
	if err != nil {
		return err
	}
	return f.Close()
}

// ownerTries is how often the tables are read: a socket beside which another one is
// opened or closed may be missed once.
const ownerTries = 3

// ownerOf returns the user id of the program at the other end of a connection within
// this machine. It must still be connected: the kernel lists a socket that its program
// has closed as root's.
func ownerOf(c net.Conn) (int, error) {
	theirs, errTheirs := netip.ParseAddrPort(c.RemoteAddr().String())
	ours, errOurs := netip.ParseAddrPort(c.LocalAddr().String())
	if err := errors.Join(errTheirs, errOurs); err != nil {
		return 0, err
	}
	for range ownerTries {
		for _, table := range []string{tcp4Table, tcp6Table} {
			uid, found, err := ownerIn(table, theirs, ours)
			if err != nil && !errors.Is(err, os.ErrNotExist) { // a kernel may have no IPv6
				return 0, err
			}
			if found {
				return uid, nil
			}
		}
	}
	return 0, fmt.Errorf("no open socket at %s", theirs)
}

// ownerIn looks for a socket in one of the tables.
func ownerIn(table string, local, remote netip.AddrPort) (uid int, found bool, err error) {
	f, err := os.Open(table)
	if err != nil {
		return 0, false, err
	}
	defer f.Close()
	wide := table == tcp6Table
	from, to := []byte(tableAddress(local, wide)), []byte(tableAddress(remote, wide))
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if !bytes.Contains(lines.Bytes(), from) {
			continue
		}
		// sl, local_address, rem_address, st, tx_queue:rx_queue, tr:tm->when, retrnsmt, uid,
		// timeout, inode: Documentation/networking/proc_net_tcp.rst of the kernel.
		const colLocal, colRemote, colState, colUID, colInode = 1, 2, 3, 7, 9
		f := bytes.Fields(lines.Bytes())
		if len(f) <= colInode || !bytes.Equal(f[colLocal], from) || !bytes.Equal(f[colRemote], to) {
			continue
		}
		const established = "01" // TCP_ESTABLISHED
		if string(f[colState]) != established || string(f[colInode]) == "0" {
			return 0, false, nil // closed, or half: nobody's, whatever the uid says
		}
		uid, err := strconv.Atoi(string(f[colUID]))
		return uid, err == nil, err
	}
	return 0, false, lines.Err()
}

// tableAddress writes an address as the tables do: words of 32 bits as the machine has
// them in memory, and the port.
func tableAddress(a netip.AddrPort, wide bool) string {
	var b []byte
	switch ip := a.Addr().Unmap(); {
	case wide:
		all := a.Addr().As16()
		b = all[:]
	case ip.Is4():
		all := ip.As4()
		b = all[:]
	default:
		return "none" // an IPv6 address is not in the table of IPv4
	}
	var out []byte
	for ; len(b) > 0; b = b[4:] {
		out = fmt.Appendf(out, "%08X", binary.NativeEndian.Uint32(b))
	}
	return string(fmt.Appendf(out, ":%04X", a.Port()))
}
