package page

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"syscall"
)

// What follows asks the kernel for one TCP socket: sock_diag(7), and
// include/uapi/linux/inet_diag.h. It takes microseconds, where the tables in /proc take
// milliseconds, and another user who connects as fast as they can holds up the page.
const (
	sockDiag         = 4  // NETLINK_SOCK_DIAG
	sockDiagByFamily = 20 // SOCK_DIAG_BY_FAMILY
	netlinkHeader    = 16 // struct nlmsghdr
	diagRequest      = netlinkHeader + 56
	diagAnswer       = netlinkHeader + 72
)

// diagOwner returns the user id of the socket at local that is connected to remote.
func diagOwner(local, remote netip.AddrPort) (int, error) {
	fd, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC, sockDiag)
	if err != nil {
		return 0, fmt.Errorf("asking for sockets: %w", err)
	}
	defer func() { _ = syscall.Close(fd) }()
	kernel := &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK}
	if err := syscall.Sendto(fd, diagQuestion(local, remote), 0, kernel); err != nil {
		return 0, fmt.Errorf("asking for a socket: %w", err)
	}
	var b [4096]byte
	n, from, err := syscall.Recvfrom(fd, b[:], syscall.MSG_DONTWAIT) // the kernel answered before Sendto returned
	if err != nil {
		return 0, fmt.Errorf("asking for a socket: %w", err)
	}
	if k, ok := from.(*syscall.SockaddrNetlink); !ok || k.Pid != 0 {
		return 0, errors.New("asking for a socket: the answer is not the kernel's")
	}
	return readDiag(b[:n])
}

// diagQuestion is a struct inet_diag_req_v2.
func diagQuestion(local, remote netip.AddrPort) []byte {
	b := make([]byte, 0, diagRequest)
	word := func(v uint32) { b = binary.NativeEndian.AppendUint32(b, v) }
	word(diagRequest)
	b = binary.NativeEndian.AppendUint16(b, sockDiagByFamily)
	b = binary.NativeEndian.AppendUint16(b, syscall.NLM_F_REQUEST)
	word(1) // sequence
	word(0) // to the kernel
	family := byte(syscall.AF_INET6)
	if local.Addr().Unmap().Is4() {
		family = syscall.AF_INET // it finds IPv6 sockets that are connected over IPv4, too
	}
	b = append(b, family, syscall.IPPROTO_TCP, 0, 0)
	word(0xffffffff) // any state: one that is closing must not be taken for one that is not there
	b = binary.BigEndian.AppendUint16(b, local.Port())
	b = binary.BigEndian.AppendUint16(b, remote.Port())
	for _, a := range []netip.Addr{local.Addr().Unmap(), remote.Addr().Unmap()} {
		var all [16]byte // of IPv4 the first four
		copy(all[:], a.AsSlice())
		b = append(b, all[:]...)
	}
	word(0)          // any interface
	word(0xffffffff) // INET_DIAG_NOCOOKIE
	word(0xffffffff)
	return b
}

// readDiag reads a struct inet_diag_msg.
func readDiag(b []byte) (int, error) {
	if len(b) < netlinkHeader+4 {
		return 0, errors.New("asking for a socket: a short answer")
	}
	if binary.NativeEndian.Uint16(b[4:]) == syscall.NLMSG_ERROR {
		return 0, fmt.Errorf("asking for a socket: %w", syscall.Errno(-int32(binary.NativeEndian.Uint32(b[netlinkHeader:]))))
	}
	if len(b) < diagAnswer {
		return 0, errors.New("asking for a socket: a short answer")
	}
	const established = 1 // TCP_ESTABLISHED
	m := b[netlinkHeader:]
	state, uid, inode := m[1], binary.NativeEndian.Uint32(m[64:]), binary.NativeEndian.Uint32(m[68:])
	if state != established || inode == 0 {
		return 0, errClosed
	}
	return int(uid), nil
}
