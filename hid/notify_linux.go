package hid

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
)

const (
	kernelUevents = 1         // the multicast group that the kernel sends to; udev's is 2
	ueventBytes   = 2048 + 64 // UEVENT_BUFFER_SIZE (linux/kobject.h) and the line before it
)

// Notify tells of devices that come and go, by the kernel's uevents. It fails where the process may not have a netlink socket
// (systemd: RestrictAddressFamilies without AF_NETLINK). In a network namespace that is not the first one it may stay silent.
func (u *USB) Notify(ctx context.Context, changed chan<- struct{}) error {
	fd, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK,
		syscall.NETLINK_KOBJECT_UEVENT)
	if err != nil {
		return fmt.Errorf("listening for uevents: %w", os.NewSyscallError("socket", err))
	}
	socket := os.NewFile(uintptr(fd), "uevents") // not blocking, so that Close ends a read
	defer socket.Close()
	if err := syscall.Bind(fd, &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK, Groups: kernelUevents}); err != nil {
		return fmt.Errorf("listening for uevents: %w", os.NewSyscallError("bind", err))
	}
	defer context.AfterFunc(ctx, func() { socket.Close() })()
	err = readUevents(socket, changed)
	if ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("listening for uevents: %w", err)
}

// readUevents reads until the socket is closed or fails.
func readUevents(socket *os.File, changed chan<- struct{}) error {
	raw, err := socket.SyscallConn()
	if err != nil {
		return err
	}
	buf := make([]byte, ueventBytes)
	for {
		var n int
		var from syscall.Sockaddr
		var recvErr error
		err := raw.Read(func(fd uintptr) bool {
			n, from, recvErr = syscall.Recvfrom(int(fd), buf, 0)
			return !errors.Is(recvErr, syscall.EAGAIN)
		})
		if err != nil {
			return err
		}
		switch {
		case errors.Is(recvErr, syscall.EINTR):
			continue
		case errors.Is(recvErr, syscall.ENOBUFS): // some were lost: look
		case recvErr != nil:
			return os.NewSyscallError("recvfrom", recvErr)
		default:
			if sender, ok := from.(*syscall.SockaddrNetlink); !ok || sender.Pid != 0 {
				continue // not the kernel
			}
			if e, ok := parseUevent(buf[:n]); !ok || !e.matters() {
				continue
			}
		}
		select {
		case changed <- struct{}{}:
		default: // a look is due already
		}
	}
}
