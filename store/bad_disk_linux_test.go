package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"magicbutton/internal/cx"
)

// badDisk makes the writes of this process to any file fail, one chosen call or
// all from one on. The kernel itself asks it before each call (seccomp_unotify(2)),
// so that what fails is what bbolt really calls. It cannot be taken off a process.
type badDisk struct {
	mu      sync.Mutex
	calls   int  // since it was armed
	fails   int  // the number of the call that fails, from 1; 0 is none
	lasting bool // and all after it
	failed  bool // one did
}

// seccompNotif and seccompResp are struct seccomp_notif and seccomp_notif_resp of
// linux/seccomp.h.
type seccompNotif struct {
	id    uint64
	pid   uint32
	flags uint32
	nr    int32
	arch  uint32
	ip    uint64
	args  [6]uint64
}

type seccompResp struct {
	id    uint64
	val   int64
	error int32
	flags uint32
}

// newBadDisk puts a filter on all threads of this process.
func newBadDisk() (*badDisk, error) {
	asked := []uint32{unix.SYS_PWRITE64, unix.SYS_FDATASYNC, unix.SYS_FSYNC, unix.SYS_FTRUNCATE}
	filter := []unix.SockFilter{{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0}} // seccomp_data.nr
	for i, nr := range asked {
		filter = append(filter, unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: nr, Jt: uint8(len(asked) - i)})
	}
	filter = append(filter,
		unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
		unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_USER_NOTIF})
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return nil, err
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	const flags = unix.SECCOMP_FILTER_FLAG_TSYNC | unix.SECCOMP_FILTER_FLAG_NEW_LISTENER | unix.SECCOMP_FILTER_FLAG_TSYNC_ESRCH
	listener, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, flags, uintptr(unsafe.Pointer(&program)))
	if errno != 0 {
		return nil, fmt.Errorf("seccomp: %w", errno)
	}
	d := &badDisk{}
	go d.answer(listener)
	return d, nil
}

// answer decides each call. It makes none of those itself.
func (d *badDisk) answer(listener uintptr) {
	for {
		var call seccompNotif
		if _, _, errno := unix.Syscall(unix.SYS_IOCTL, listener, unix.SECCOMP_IOCTL_NOTIF_RECV, uintptr(unsafe.Pointer(&call))); errno != 0 {
			continue // the thread that asked was interrupted, and asks again
		}
		answer := seccompResp{id: call.id, flags: unix.SECCOMP_USER_NOTIF_FLAG_CONTINUE}
		if d.refuses() {
			answer.flags, answer.error = 0, -int32(syscall.ENOSPC)
			if call.nr == unix.SYS_FDATASYNC || call.nr == unix.SYS_FSYNC {
				answer.error = -int32(syscall.EIO)
			}
		}
		_, _, _ = unix.Syscall(unix.SYS_IOCTL, listener, unix.SECCOMP_IOCTL_NOTIF_SEND, uintptr(unsafe.Pointer(&answer)))
	}
}

func (d *badDisk) refuses() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls++
	if d.fails == 0 || d.calls < d.fails || d.calls > d.fails && !d.lasting {
		return false
	}
	d.failed = true
	return true
}

// arm lets the n-th call from now on fail; 0 heals the disk. It returns whether one
// failed since it was armed last.
func (d *badDisk) arm(n int, lasting bool) (failed bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	failed = d.failed
	d.calls, d.fails, d.lasting, d.failed = 0, n, lasting, false
	return failed
}

// Whichever of its writes and flushes fails, and whether one does or all from there
// on: a store loses nothing that it acknowledged, can be read meanwhile, goes on
// when the disk is well again, and stores no event twice.
func TestBadDisk(t *testing.T) {
	out, err := child(t, "bad-disk", t.TempDir()).Output()
	if strings.HasPrefix(string(out), "skip: ") {
		skipUnlessCI(t, string(out))
	}
	if err != nil || !strings.HasSuffix(string(out), "ok\n") {
		t.Fatalf("the process on a bad disk: %v\n%s", err, out)
	}
	t.Log(string(out))
}

func runOnBadDisk(folder string) int {
	disk, err := newBadDisk()
	if err != nil {
		fmt.Println("skip: no calls can be made to fail:", err)
		return 0
	}
	for _, lasting := range []bool{false, true} {
		for n := 1; ; n++ {
			path := filepath.Join(folder, fmt.Sprintf("%v-%d.db", lasting, n))
			failed, unsure, err := tryBadDisk(disk, path, n, lasting)
			if err != nil {
				fmt.Printf("call %d fails, lasting %v: %v\n", n, lasting, err)
				return 1
			}
			if !failed {
				fmt.Printf("lasting %v: %d calls\n", lasting, n-1)
				break
			}
			if unsure {
				fmt.Printf("lasting %v: unsure at call %d\n", lasting, n)
			}
			_ = os.Remove(path)
		}
	}
	fmt.Println("ok")
	return 0
}

// tryBadDisk stores events on a disk of which one call fails.
func tryBadDisk(disk *badDisk, path string, fails int, lasting bool) (failed, unsure bool, err error) {
	ctx := context.Background()
	s, err := Open(path, Options{Create: true})
	if err != nil {
		return false, false, err
	}
	disk.arm(fails, lasting)
	const events = 8
	for i := range events {
		n := press(epoch, fmt.Sprintf("tag-%d", i))
		n.Event.Note = strings.Repeat("words ", 300) // so that the file grows
		got, err := s.Append(ctx, n)
		for tries := 0; err != nil; tries++ {
			if tries == 3 {
				return false, false, fmt.Errorf("event %d is not stored on a disk that is well: %w", i, err)
			}
			if errors.Is(err, ErrUnsure) {
				unsure = true
				n.Tried = got[0].Event
			} else if e := onlyEvents(ctx, s, i); e != nil {
				return false, false, fmt.Errorf("after %w: %w", err, e)
			}
			failed = disk.arm(0, false)
			got, err = s.Append(ctx, n)
		}
		if err := onlyEvents(ctx, s, i+1); err != nil {
			return false, false, err
		}
	}
	failed = disk.arm(0, false) || failed
	if err := s.Close(); err != nil {
		return false, false, err
	}
	return failed, unsure, soundWith(ctx, path, events)
}

// onlyEvents returns an error where a store has not just the first events.
func onlyEvents(ctx context.Context, s *Store, want int) error {
	n := 0
	for e, err := range s.Events(ctx, cx.EventQuery{}) {
		if err != nil {
			return err
		}
		if tag := fmt.Sprintf("tag-%d", n); e.Tag != tag {
			return fmt.Errorf("event %d is %q", n, e.Tag)
		}
		n++
	}
	if n != want {
		return fmt.Errorf("%d events are stored, want %d", n, want)
	}
	return nil
}

// soundWith returns an error where a file is not sound or has not just these events.
func soundWith(ctx context.Context, path string, events int) error {
	s, err := Open(path, Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer s.Close()
	report, err := s.Check(ctx, nil)
	if err != nil {
		return err
	}
	if !report.OK() || report.Missing > 0 {
		return fmt.Errorf("check: %q, %q", report.Damage, report.Remarks)
	}
	return onlyEvents(ctx, s, events)
}
