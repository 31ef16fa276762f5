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

// errClosed: the kernel lists a socket that its program has closed as root's. So only
// one that is connected has an owner.
var errClosed = errors.New("the other end is closed already")

// ownerFinder returns a function that tells the user id of the program at the other end
// of a connection within this machine, or why there is none.
func ownerFinder() (func(net.Conn) (int, error), error) {
	var errs []error
	for _, find := range []func(local, remote netip.AddrPort) (int, error){diagOwner, tableOwner} {
		err := tryOut(find)
		if err == nil {
			return func(c net.Conn) (int, error) { return socketOwner(find, c.RemoteAddr(), c.LocalAddr()) }, nil
		}
		errs = append(errs, err)
	}
	return nil, errors.Join(errs...)
}

// socketOwner returns the owner of the socket at local.
func socketOwner(find func(local, remote netip.AddrPort) (int, error), local, remote net.Addr) (int, error) {
	l, errLocal := netip.ParseAddrPort(local.String())
	r, errRemote := netip.ParseAddrPort(remote.String())
	if err := errors.Join(errLocal, errRemote); err != nil {
		return 0, err
	}
	return find(l, r)
}

// tryOut looks whether the owner of a socket of our own is us.
func tryOut(find func(local, remote netip.AddrPort) (int, error)) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		return err
	}
	defer c.Close()
	uid, err := socketOwner(find, c.LocalAddr(), c.RemoteAddr())
	if err == nil && uid != os.Geteuid() {
		err = fmt.Errorf("the owner of our own socket is said to be user %d", uid)
	}
	return err
}

// The kernel's tables of TCP sockets, proc(5). A program may reach an IPv4 address
// through an IPv6 socket, which is in the second table.
const tcp4Table, tcp6Table = "/proc/net/tcp", "/proc/net/tcp6"

// tableTries is how often the tables are read: a socket beside which another one is
// opened or closed may be missed once.
const tableTries = 3

// tableOwner is diagOwner for a kernel without sock_diag(7).
func tableOwner(local, remote netip.AddrPort) (int, error) {
	for range tableTries {
		for _, table := range []string{tcp4Table, tcp6Table} {
			uid, found, err := ownerIn(table, local, remote)
			if err != nil && !errors.Is(err, os.ErrNotExist) { // a kernel may have no IPv6
				return 0, err
			}
			if found {
				return uid, nil
			}
		}
	}
	return 0, fmt.Errorf("no socket at %s", local)
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
			return 0, false, errClosed
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
