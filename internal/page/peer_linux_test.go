package page

import (
	"bufio"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// loopback listens on a free port.
func loopback(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// as runs f in a thread whose sockets are another user's.
func as(t testing.TB, uid int, f func()) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root can be another user")
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // for good: the thread ends with the goroutine
		// Sockets are the file system user's: sock_alloc in the kernel's net/socket.c.
		_, _, _ = syscall.RawSyscall(syscall.SYS_SETFSUID, uintptr(uid), 0, 0)
		f()
	}()
	<-done
}

const nobody = 65534

func dial(t testing.TB, l net.Listener, network string) net.Conn {
	t.Helper()
	c, err := net.Dial(network, l.Addr().String())
	if err != nil {
		t.Error(err)
		return nil
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func accept(t testing.TB, l net.Listener) net.Conn {
	t.Helper()
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// TestOwners asks the kernel in both ways.
func TestOwners(t *testing.T) {
	for name, find := range map[string]func(local, remote netip.AddrPort) (int, error){"diag": diagOwner, "table": tableOwner} {
		t.Run(name, func(t *testing.T) {
			testOwners(t, func(c net.Conn) (int, error) { return socketOwner(find, c.RemoteAddr(), c.LocalAddr()) })
		})
	}
}

func testOwners(t *testing.T, find func(net.Conn) (int, error)) {
	l := loopback(t)
	check := func(t *testing.T, want int) {
		t.Helper()
		if got, err := find(accept(t, l)); err != nil || got != want {
			t.Errorf("owner %d, %v; want %d", got, err, want)
		}
	}
	t.Run("own", func(t *testing.T) {
		dial(t, l, "tcp4")
		check(t, os.Getuid())
	})
	t.Run("another user", func(t *testing.T) {
		as(t, nobody, func() { dial(t, l, "tcp4") })
		check(t, nobody)
	})
	t.Run("another user, through an IPv6 socket", func(t *testing.T) {
		as(t, nobody, func() { dialMapped(t, l) })
		check(t, nobody)
	})
	t.Run("IPv6", func(t *testing.T) {
		six, err := net.Listen("tcp", "[::1]:0")
		if err != nil {
			t.Skip("no IPv6 here: ", err)
		}
		defer six.Close()
		as(t, nobody, func() { dial(t, six, "tcp6") })
		if got, err := find(accept(t, six)); err != nil || got != nobody {
			t.Errorf("owner %d, %v; want %d", got, err, nobody)
		}
	})
	// Whoever sends a request and closes must not be taken for root, as whose the kernel
	// lists the socket then.
	for name, leave := range map[string]func(*net.TCPConn){
		"closed":      func(c *net.TCPConn) { _ = c.Close() },
		"reset":       func(c *net.TCPConn) { _ = errors.Join(c.SetLinger(0), c.Close()) },
		"half closed": func(c *net.TCPConn) { _ = c.CloseWrite() },
	} {
		t.Run(name, func(t *testing.T) {
			leave(dial(t, l, "tcp4").(*net.TCPConn))
			if got, err := find(accept(t, l)); err == nil {
				t.Errorf("the owner of a socket that is %s: %d", name, got)
			}
		})
	}
}

// dialMapped connects to an IPv4 address as a program does that knows only IPv6.
func dialMapped(t testing.TB, l net.Listener) {
	fd, err := syscall.Socket(syscall.AF_INET6, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Log("no IPv6 here: ", err)
		dial(t, l, "tcp4")
		return
	}
	t.Cleanup(func() { _ = syscall.Close(fd) })
	to := syscall.SockaddrInet6{Port: l.Addr().(*net.TCPAddr).Port}
	copy(to.Addr[:], net.IPv4(127, 0, 0, 1).To16())
	if err := syscall.Connect(fd, &to); err != nil {
		t.Error(err)
	}
}

// TestAnotherUser: another user of the machine is refused, though they have a good
// cookie; the desk's own user is not.
func TestAnotherUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can be another user")
	}
	var log strings.Builder
	l := loopback(t)
	port := l.Addr().(*net.TCPAddr).Port
	s := New(Options{
		Desk: newDesk(t, nil), Port: port, Key: testKey, Owners: []int{os.Getuid()},
		Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	get := func() (status int, body string) {
		c := dial(t, l, "tcp4")
		_, _ = io.WriteString(c, "GET /said HTTP/1.1\r\nHost: "+hostPort(port)+"\r\nCookie: "+s.passes.cookie(session).String()+"\r\n"+passHeader+": "+s.passes.pass(session, s.hub.run)+"\r\n\r\n")
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Error(err)
			return 0, ""
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(b)
	}
	if status, body := get(); status != 200 {
		t.Errorf("own user: %d %s", status, body)
	}
	as(t, nobody, func() {
		for range 3 * bounds[stranger] {
			if status, body := get(); status != 403 || !strings.Contains(body, "another user") {
				t.Errorf("another user: %d %s", status, body)
			}
		}
	})
	if err := s.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	<-served
	if n := strings.Count(log.String(), "\n"); n != 1 || !strings.Contains(log.String(), "uid=65534") {
		t.Errorf("log, want one line: %s", log.String())
	}
}

// BenchmarkOwner is the price of a connection.
func BenchmarkOwner(b *testing.B) {
	l := loopback(b)
	dial(b, l, "tcp4")
	c := accept(b, l)
	for name, find := range map[string]func(local, remote netip.AddrPort) (int, error){"diag": diagOwner, "table": tableOwner} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := socketOwner(find, c.RemoteAddr(), c.LocalAddr()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
