package agent

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"magicbutton/hid/hidtest"
	"magicbutton/internal/config"
	"magicbutton/internal/cx"
)

// A full disk is known within five seconds, before it costs a press. The presses that
// it does not take wait, and are stored within ten seconds of there being room.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	folder := smallDisk(t)
	db := filepath.Join(folder, "desk.db")
	b := newBus(hidtest.Keypad("1-1", "A"))
	var log logged
	r := startWith(t, b, fastButtons, Options{DB: db, Log: log.logger()})
	r.listening(pad)
	free := fill(t, folder)
	within(t, 5*time.Second, "the alarm", func() bool { return r.Status().Trouble != nil })
	within(t, time.Second, "its line in the log", func() bool {
		return strings.Contains(log.String(), "level=ERROR msg=\"cannot save\" err=\"writing to "+db+": no space left on device")
	})
	n := r.pressUntilWaiting()
	pressed := time.Now()
	b.Tap(pad, key3) // a double could follow: its own instant is before it is known
	r.wait()
	told := time.Now()
	s := r.Status()
	if s.Waiting != 2 || s.NotSaved != 2 || s.Trouble == nil {
		t.Errorf("status = %+v, want trouble and two presses that wait", s)
	}
	free()
	for _, tag := range []string{"praise", "how-to"} {
		if o := r.wait(); o.Result != Stored || !o.Late || o.Event.Tag != tag {
			t.Errorf("after there is room %s %+v, want %s stored late", resultNames[o.Result], o, tag)
		}
	}
	within(t, 10*time.Second, "the end of the alarm", func() bool { return r.Status().Trouble == nil })
	if s := r.Status(); s.Waiting != 0 || s.SavedLate != 2 || s.Stored != uint64(n+2) {
		t.Errorf("status = %+v, want %d stored, 2 of them late", s, n+2)
	}
	within(t, time.Second, "its line in the log", func() bool { return strings.Contains(log.String(), "msg=\"can save again\" stored=2 waiting=0 lost=0") })
	if err := r.stop(); err != nil {
		t.Errorf("Run = %v", err)
	}
	events := stored(t, db)
	if len(events) != n+2 {
		t.Fatalf("%d events are stored, want %d", len(events), n+2)
	}
	last := events[len(events)-1]
	if last.Tag != "how-to" || last.At().Before(pressed.Truncate(time.Millisecond)) || last.At().After(told) || last.RecordedAt.Before(last.At()) {
		t.Errorf("the last event is %s of %s, recorded at %s; pressed from %s to %s", last.Tag, last.At(), last.RecordedAt, pressed, told)
	}
}

// A right that is taken away and given back costs nothing, and the light says what
// becomes of a press: not saved, and saved.
func TestRightLost(t *testing.T) {
	t.Parallel()
	db := dbPath(t)
	b := newBus(hidtest.Keypad("1-1", "A"))
	r := startWith(t, b, fastButtons, Options{DB: db})
	r.listening(pad)
	probe := filepath.Join(filepath.Dir(db), "probe")
	if f, err := os.Create(probe); err != nil {
		t.Fatal(err)
	} else {
		immutable(t, probe, true)
		_, err := f.Write([]byte("x"))
		immutable(t, probe, false)
		if f.Close(); !errors.Is(err, syscall.EPERM) {
			skipUnlessCI(t, fmt.Sprintf("a file that is immutable can be written where it is open: %v", err))
		}
	}
	immutable(t, db, true)
	t.Cleanup(func() { immutable(t, db, false) }) // or the folder could not be removed
	b.Tap(pad, key1)
	// bbolt tells of a file that cannot grow in words alone; it grows where somebody reads meanwhile.
	if o := r.wait(); o.Result != Waiting || !strings.Contains(fmt.Sprint(o.Err), syscall.EPERM.Error()) {
		t.Errorf("outcome = %s, %v; want not permitted", resultNames[o.Result], o.Err)
	}
	r.blinks(3)
	b.Tap(pad, undoKey)
	if o := r.wait(); o.Result != Undone || o.Event.Tag != "praise" {
		t.Errorf("undo = %s %+v, want praise taken back before it was saved", resultNames[o.Result], o.Event)
	}
	r.blinks(3 + 1)
	b.Tap(pad, key1)
	r.wait()
	r.blinks(3 + 1 + 3)
	immutable(t, db, false)
	if o := r.wait(); o.Result != Stored || !o.Late {
		t.Errorf("outcome = %s, want stored late", resultNames[o.Result])
	}
	r.blinks(3 + 1 + 3 + 1)
	if err := r.stop(); err != nil {
		t.Errorf("Run = %v", err)
	}
	diff(t, "stored", tagsOf(stored(t, db)), []string{"praise"})
}

// A disk that the kernel takes the right to write from, as it does at an error, loses
// nothing that was acknowledged: the log names what the agent could not save.
func TestDiskTurnsReadOnly(t *testing.T) {
	t.Parallel()
	folder := brokenDisk(t)
	db := filepath.Join(folder, "desk.db")
	b := newBus(hidtest.Keypad("1-1", "A"))
	var log logged
	r := startWith(t, b, fastButtons, Options{DB: db, Log: log.logger()})
	r.listening(pad)
	for range 5 {
		b.Tap(pad, key1)
		if o := r.wait(); o.Result != Stored {
			t.Fatal(o.Err)
		}
	}
	if err := syscall.Mount("none", folder, "ext4", syscall.MS_REMOUNT, "abort"); err != nil { // ext4(5): as after an error
		t.Fatal(err)
	}
	b.Tap(pad, key1)
	if o := r.wait(); o.Result != Waiting || !strings.Contains(fmt.Sprint(o.Err), syscall.EROFS.Error()) {
		t.Errorf("outcome = %s, %v; want a read-only file system", resultNames[o.Result], o.Err)
	}
	within(t, 5*time.Second, "the alarm", func() bool {
		return strings.Contains(log.String(), "level=ERROR msg=\"cannot save\"")
	})
	if n := len(allEvents(t, r.store)); n != 5 {
		t.Errorf("%d events can be read, want 5", n)
	}
	err := r.stop()
	r.stop = func() error { return nil }
	if err == nil || strings.Count(log.String(), "msg=\"lost a press\" tag=praise at=20") != 1 {
		t.Errorf("Run = %v; the log:\n%s", err, log.String())
	}
	if n := len(stored(t, db)); n != 5 {
		t.Errorf("%d events are stored, want 5", n)
	}
}

// An agent that stops while the disk is full ends with an error, and its log says
// which presses nobody has.
func TestStopOnFullDisk(t *testing.T) {
	t.Parallel()
	folder := smallDisk(t)
	db := filepath.Join(folder, "desk.db")
	if err := startWith(t, nil, fastButtons, Options{DB: db}).stop(); err != nil {
		t.Fatal(err)
	}
	defer fill(t, folder)()
	// While somebody reads, the pages of before the last change are not free yet: a press
	// that found no room for that reason alone is stored when the agent stops. Each that is
	// stored leaves less room in the file, until no press finds any.
	const rounds = 100
	kept := 0
	for range rounds {
		var log logged
		r := startWith(t, nil, fastButtons, Options{DB: db, Log: log.logger()})
		made := r.logUntilWaiting() + 2
		r.logUntilWaiting()
		err := r.stop()
		r.stop = func() error { return nil } // its error is looked at here
		before := kept
		kept = len(stored(t, db))
		lost := before + made - kept
		var left *NotSavedError
		if errors.As(err, &left) != (lost > 0) || lost > 0 && left.Presses != lost {
			t.Fatalf("Run = %v, want that %d presses were not saved; the log:\n%s", err, lost, log.String())
		}
		if n := strings.Count(log.String(), "level=ERROR msg=\"lost a press\" tag=praise at=20"); n != lost {
			t.Fatalf("the log names %d lost presses, want %d:\n%s", n, lost, log.String())
		}
		if lost == 2 {
			return
		}
	}
	t.Fatalf("%d presses found room on a full disk, want that two are lost", kept)
}

// An agent that starts on a disk that is full, or read-only, comes up when it is not.
func TestStartOnSickDisk(t *testing.T) {
	t.Run("full", func(t *testing.T) {
		t.Parallel()
		folder := smallDisk(t)
		db := filepath.Join(folder, "desk.db")
		makeDB(t, db)
		free := fill(t, folder)
		b := newBus(hidtest.Keypad("1-1", "A"))
		long := strings.Repeat("a label that is not in the file yet ", 2)
		var tags strings.Builder
		for i := range 500 { // more than fits into the free pages of the file
			fmt.Fprintf(&tags, "[[tag]]\ncode = 'more-%d'\nlabel = '%s'\n", i, long)
		}
		r := startWith(t, b, tags.String()+fastButtons, Options{DB: db})
		if r.Status().Trouble == nil {
			t.Error("an agent that could not store its tags is not in trouble")
		}
		// What is pressed on the terminal waits. A keypad is not taken before it can be
		// noted that it must be given back.
		var waiting Outcome
		for n := 0; waiting.Result != Waiting; n++ {
			waiting = r.Desk().Press(t.Context(), Press{Source: cx.SourceTerminal, At: time.Now(), Action: config.Action{Tag: "praise"}})
			if waiting.Result != Waiting && waiting.Result != Stored || n > 1000 {
				t.Fatalf("a press on a full disk = %s: %v", resultNames[waiting.Result], waiting.Err)
			}
		}
		free()
		if o := r.wait(); o.Result != Stored || !o.Late {
			t.Errorf("outcome = %s, want stored late", resultNames[o.Result])
		}
		r.listening(pad)
		b.Tap(pad, key1)
		if o := r.wait(); o.Result != Stored {
			t.Errorf("outcome = %s, want stored", resultNames[o.Result])
		}
		within(t, 10*time.Second, "the end of the alarm", func() bool { return r.Status().Trouble == nil })
		if c, err := r.store.Catalogue(t.Context()); err != nil || len(c.Tags()) < 500 {
			t.Errorf("the database has %d tags, %v; want those of the configuration", len(c.Tags()), err)
		}
	})
	t.Run("read-only", func(t *testing.T) {
		t.Parallel()
		folder := smallDisk(t)
		db := filepath.Join(folder, "desk.db")
		makeDB(t, db)
		remount := func(flag uintptr) {
			if err := syscall.Mount("tmpfs", folder, "tmpfs", syscall.MS_REMOUNT|flag, ""); err != nil {
				t.Fatal(err)
			}
		}
		remount(syscall.MS_RDONLY)
		var log logged
		time.AfterFunc(1500*time.Millisecond, func() { remount(0) })
		r := startWith(t, nil, "", Options{DB: db, Log: log.logger()})
		if mustLog(t, r.Desk(), "praise"); strings.Count(log.String(), "cannot save") != 1 {
			t.Errorf("the log does not say once that it waited:\n%s", log.String())
		}
	})
	t.Run("full and none yet", func(t *testing.T) {
		t.Parallel()
		folder := smallDisk(t)
		defer fill(t, folder)()
		_, err := Open(t.Context(), Options{DB: filepath.Join(folder, "desk.db"), Load: loadTags})
		if !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("Open = %v, want that there is no space", err)
		}
	})
}
