package agent

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"magicbutton/hid"
	"magicbutton/hid/hidtest"
	"magicbutton/internal/api"
	"magicbutton/store"
)

// freeze makes every write to a file system wait, until it is thawed.
func freeze(t *testing.T, folder string) (thaw func()) {
	t.Helper()
	const fifreeze, fithaw = 0xc0045877, 0xc0045878 // linux/fs.h
	f, err := os.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	var own, around unix.Stat_t
	if err := errors.Join(unix.Fstat(int(f.Fd()), &own), unix.Stat(filepath.Dir(folder), &around)); err != nil || own.Dev == around.Dev {
		t.Fatalf("%s is no file system of its own (%v): it is not to be frozen", folder, err)
	}
	if err := unix.IoctlSetInt(int(f.Fd()), fifreeze, 0); err != nil {
		f.Close()
		skipUnlessCI(t, fmt.Sprintf("no file system that can be frozen: %v", err))
	}
	thaw = sync.OnceFunc(func() {
		if err := errors.Join(unix.IoctlSetInt(int(f.Fd()), fithaw, 0), f.Close()); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(thaw)
	return thaw
}

// slow is longer than a write of a disk that is well takes on a busy machine.
const slow = 2 * time.Second

// A disk that hangs is told as one that fails: the first press after a while, those
// after it at once. Each counts once when it answers again, also the one that hung.
func TestDiskHangs(t *testing.T) {
	t.Parallel()
	folder := brokenDisk(t)
	db := filepath.Join(folder, "desk.db")
	b := newBus(hidtest.Keypad("1-1", "A"))
	var log logged
	r := startWith(t, b, fastButtons, Options{DB: db, Log: log.logger(), hangsAfter: slow})
	r.listening(pad)
	b.Tap(pad, key1)
	if o := r.wait(); o.Result != Stored {
		t.Fatalf("a press = %s: %v", resultNames[o.Result], o.Err)
	}
	r.blinks(1)
	thaw := freeze(t, folder)
	for range 2 {
		b.Tap(pad, key1)
		if o := r.wait(); o.Result != Waiting || !errors.Is(o.Err, errHangs) {
			t.Errorf("a press while the disk hangs = %s: %v", resultNames[o.Result], o.Err)
		}
	}
	r.blinks(1 + 3)
	within(t, time.Second, "the alarm", func() bool {
		return strings.Contains(log.String(), `level=ERROR msg="cannot save" err="the disk does not answer`)
	})
	b.Tap(pad, undoKey)
	if o := r.wait(); o.Result != Undone {
		t.Errorf("an undo of what waits = %s: %v", resultNames[o.Result], o.Err)
	}
	b.Tap(pad, key3)
	r.wait()
	if _, err := r.Desk().Log(t.Context(), api.NewEvent{Tag: "idea"}); problem(err) == nil || !strings.HasPrefix(err.Error(), "not saved: ") {
		t.Errorf("Log while the disk hangs: %v", err)
	}
	if s := r.Status(); s.Waiting != 2 || s.Trouble == nil {
		t.Errorf("status = %+v, want trouble and two presses that wait", s)
	}
	thaw()
	for _, tag := range []string{"praise", "how-to"} {
		if o := r.wait(); o.Result != Stored || !o.Late || o.Event.Tag != tag {
			t.Errorf("after it answers %s %+v, want %s stored late", resultNames[o.Result], o, tag)
		}
	}
	within(t, 10*time.Second, "the end of the alarm", func() bool {
		return strings.Contains(log.String(), `msg="can save again" stored=2 waiting=0 lost=0`)
	})
	if err := r.stop(); err != nil {
		t.Errorf("Run = %v", err)
	}
	diff(t, "stored", tagsOf(stored(t, db)), []string{"praise", "praise", "how-to"})
}

// The undo of the press that hung itself holds, too.
func TestUndoOfWhatHangs(t *testing.T) {
	t.Parallel()
	folder := brokenDisk(t)
	db := filepath.Join(folder, "desk.db")
	b := newBus(hidtest.Keypad("1-1", "A"))
	r := startWith(t, b, fastButtons, Options{DB: db, hangsAfter: 500 * time.Millisecond})
	r.listening(pad)
	thaw := freeze(t, folder)
	b.Tap(pad, key1)
	r.wait()
	b.Tap(pad, undoKey)
	if o := r.wait(); o.Result != Undone || o.Event.Tag != "praise" {
		t.Errorf("undo = %s %+v", resultNames[o.Result], o.Event)
	}
	thaw()
	within(t, 10*time.Second, "the end of the alarm", func() bool { return r.Status().Trouble == nil })
	if err := r.stop(); err != nil {
		t.Errorf("Run = %v", err)
	}
	if events := stored(t, db); len(events) != 1 || !events[0].Voided {
		t.Errorf("stored %+v, want the press once, voided", events)
	}
}

// An undo that hung is told as not done, and may be done all the same. Pressed again it
// is the same undo: the press before stays.
func TestUndoThatHangs(t *testing.T) {
	t.Parallel()
	folder := brokenDisk(t)
	db := filepath.Join(folder, "desk.db")
	b := newBus(hidtest.Keypad("1-1", "A"))
	r := startWith(t, b, fastButtons, Options{DB: db, hangsAfter: slow})
	r.listening(pad)
	for _, key := range []hid.Key{key1, key2} {
		b.Tap(pad, key)
		if o := r.wait(); o.Result != Stored {
			t.Fatalf("a press = %s: %v", resultNames[o.Result], o.Err)
		}
	}
	thaw := freeze(t, folder)
	b.Tap(pad, undoKey)
	if o := r.wait(); o.Result != NotStored || !errors.Is(o.Err, errUnderWay) {
		t.Errorf("undo while the disk hangs = %s: %v", resultNames[o.Result], o.Err)
	}
	thaw()
	within(t, 10*time.Second, "the end of the alarm", func() bool { return r.Status().Trouble == nil })
	b.Tap(pad, undoKey)
	if o := r.wait(); o.Result != Undone {
		t.Errorf("the undo again = %s: %v", resultNames[o.Result], o.Err)
	}
	if err := r.stop(); err != nil {
		t.Errorf("Run = %v", err)
	}
	events := stored(t, db)
	if len(events) != 2 || events[0].Voided || !events[1].Voided {
		t.Errorf("stored %+v, want two events, the last voided", events)
	}
}

// An agent that stops while its disk hangs does stop, and names what was not saved.
func TestStopWhileDiskHangs(t *testing.T) {
	t.Parallel()
	folder := brokenDisk(t)
	db := filepath.Join(folder, "desk.db")
	b := newBus(hidtest.Keypad("1-1", "A"))
	var log logged
	r := startWith(t, b, fastButtons, Options{DB: db, Log: log.logger(), hangsAfter: 500 * time.Millisecond})
	r.listening(pad)
	thaw := freeze(t, folder)
	for range 2 {
		b.Tap(pad, key1)
		r.wait()
	}
	ended := begin(func() (struct{}, error) { return struct{}{}, r.stop() })
	if !ended.within(15 * time.Second) {
		t.Error("the agent does not stop")
	}
	thaw()
	<-ended.done
	var left *NotSavedError
	if !errors.As(ended.err, &left) || left.Presses != 2 || !errors.Is(ended.err, errHangs) {
		t.Errorf("Run = %v, want two presses that were not saved, as the disk hangs", ended.err)
	}
	text := log.String()
	if strings.Count(text, "lost a press") != 2 || strings.Count(text, "it may be there") != 1 {
		t.Errorf("the log does not name the two presses, of which the first may be there:\n%s", text)
	}
	r.stop = func() error { return nil } // its error was looked at
	within(t, 10*time.Second, "the database is closed when the disk answers", func() bool {
		s, err := store.Open(db, store.Options{ReadOnly: true, Timeout: 10 * time.Millisecond})
		if err != nil {
			return false
		}
		return s.Close() == nil
	})
}
