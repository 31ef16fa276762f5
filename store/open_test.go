package store

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
	"google.golang.org/protobuf/encoding/protowire"

	"magicbutton/internal/cx"
)

// a file of some events, as bytes.
func sampleFile(t *testing.T) []byte {
	t.Helper()
	s := newStore(t, &clock{epoch})
	eachMinute(t, s, 2000)
	writeDown(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// reseal makes the header pages valid again after a change to them.
func reseal(b []byte, change func(h *header)) {
	for _, page := range []int{0, os.Getpagesize()} {
		h := (*header)(b[page+metaAt:])
		change(h)
		putSum(h)
	}
}

// inside changes a database through bbolt.
func inside(t *testing.T, b []byte, change func(tx *bolt.Tx) error) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "inside.db")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(change); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if b, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestOpenBadFile(t *testing.T) {
	good := sampleFile(t)
	page := os.Getpagesize()
	changed := func(change func(b []byte)) []byte {
		b := bytes.Clone(good)
		change(b)
		return b
	}
	tests := map[string]struct {
		content []byte
		want    error
	}{
		"text":                       {[]byte("id,at,tag\n"), ErrNotDatabase},
		"much text":                  {bytes.Repeat([]byte("id,at,tag\n"), 1<<16), ErrNotDatabase},
		"empty":                      {nil, ErrTruncated},
		"zeroes":                     {make([]byte, len(good)), ErrNotDatabase},
		"cut after the magic":        {good[:metaAt+4], ErrNotDatabase},
		"cut in the first header":    {good[:page-1], ErrTruncated},
		"cut after the first header": {good[:page], ErrTruncated},
		"cut in the second header":   {good[:page+metaAt+10], ErrTruncated},
		"cut after both headers":     {good[:2*page], ErrTruncated},
		"cut in the middle":          {good[:len(good)/4], ErrTruncated},
		"first header flipped":       {changed(func(b []byte) { b[metaAt+metaTx] ^= 1 }), ErrDamaged},
		"second header flipped":      {changed(func(b []byte) { b[page+metaAt+metaPages] ^= 0x80 }), ErrDamaged},
		"both headers flipped":       {changed(func(b []byte) { b[metaAt+metaTx] ^= 1; b[page+metaAt+metaTx] ^= 1 }), ErrDamaged},
		"first header zeroed":        {changed(func(b []byte) { clear(b[:page]) }), ErrDamaged},
		"newer bbolt": {changed(func(b []byte) {
			reseal(b, func(h *header) { h[metaVersion] = 3 })
		}), ErrNotDatabase},
		"root is no page": {changed(func(b []byte) {
			reseal(b, func(h *header) { h[metaAt] = 1 }) // the root bucket's page: a header
		}), ErrDamaged},
		"another program's bbolt file": {inside(t, nil, func(tx *bolt.Tx) error {
			_, err := tx.CreateBucket([]byte("other"))
			return err
		}), ErrNotDatabase},
		"newer format": {inside(t, good, func(tx *bolt.Tx) error {
			return metaTable.put(tx, formatKey, protowire.AppendVarint(nil, uint64(len(migrations)+1)))
		}), ErrNewer},
		"bucket missing": {inside(t, good, func(tx *bolt.Tx) error { return tx.DeleteBucket(notesTable.name) }), ErrDamaged},
		"no origin": {inside(t, good, func(tx *bolt.Tx) error {
			return metaTable.put(tx, fileKey, nil)
		}), ErrDamaged},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "events.db")
			if err := os.WriteFile(path, tt.content, 0o600); err != nil {
				t.Fatal(err)
			}
			for _, o := range []Options{{ReadOnly: true}, {}, {Create: true}} {
				s, err := Open(path, o)
				if s != nil {
					t.Fatalf("Open(%+v) opened it", o)
				}
				if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), path) {
					t.Errorf("Open(%+v) = %v, want %q with the file's name", o, err, tt.want)
				}
				b, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(b, tt.content) {
					t.Fatalf("Open(%+v) changed the file", o)
				}
			}
		})
	}
}

func TestOpenMissing(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "none", "events.db")
	for _, o := range []Options{{}, {ReadOnly: true}, {ReadOnly: true, Create: true}} {
		_, err := Open(path, o)
		if !errors.Is(err, fs.ErrNotExist) || strings.Count(err.Error(), path) != 1 {
			t.Errorf("Open(%+v) = %v, want fs.ErrNotExist and the name once", o, err)
		}
	}
	if names, err := os.ReadDir(folder); err != nil || len(names) > 0 {
		t.Errorf("something was made: %v, %v", names, err)
	}
	if _, err := Open(folder, Options{}); !errors.Is(err, ErrNotDatabase) {
		t.Errorf("Open of a folder: %v", err)
	}
	if _, err := Open(folder, Options{ReadOnly: true}); !errors.Is(err, ErrNotDatabase) {
		t.Errorf("Open of a folder to read: %v", err)
	}
}

// A crash while a database was made leaves only a file of another name.
func TestCreateAfterCrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	if err := os.WriteFile(path+".new", []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := openStore(t, path, Options{Create: true})
	add(t, s, press(epoch, "praise"))
	if _, err := os.Stat(path + ".new"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the half-made file is still there: %v", err)
	}
}

func TestLocks(t *testing.T) {
	s := newStore(t, &clock{epoch})
	soon := 100 * time.Millisecond
	for name, o := range map[string]Options{
		"second writer":        {Timeout: soon},
		"reader beside writer": {ReadOnly: true, Timeout: soon},
	} {
		_, err := Open(s.Path(), o)
		if !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), s.Path()) || !strings.Contains(err.Error(), "process ") {
			t.Errorf("%s: %v, want ErrLocked with file and process", name, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	reader := openStore(t, s.Path(), Options{ReadOnly: true})
	openStore(t, s.Path(), Options{ReadOnly: true})
	if _, err := Open(s.Path(), Options{Timeout: soon}); !errors.Is(err, ErrLocked) || strings.Contains(err.Error(), "(process") {
		t.Errorf("writer beside readers: %v, want ErrLocked without a process", err)
	}
	if _, err := reader.Append(t.Context(), press(epoch, "praise")); !errors.Is(err, ErrReadOnly) {
		t.Errorf("Append to a reader: %v, want ErrReadOnly", err)
	}
}

func TestClosed(t *testing.T) {
	s := newStore(t, &clock{epoch})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Append(t.Context(), press(epoch, "praise")); !errors.Is(err, ErrClosed) {
		t.Errorf("Append: %v, want ErrClosed", err)
	}
	if _, err := s.Info(t.Context()); !errors.Is(err, ErrClosed) {
		t.Errorf("Info: %v, want ErrClosed", err)
	}
}

// A copy of the file on another machine signs its events with another origin.
func TestOtherMachine(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "events.db")
	machine := func(name, id string) Options {
		file := filepath.Join(folder, name)
		if err := os.WriteFile(file, []byte(id), 0o600); err != nil {
			t.Fatal(err)
		}
		return Options{Create: true, MachineIDFile: file}
	}
	one, two := machine("one", "8c1f\n"), machine("two", "77aa\n")
	none := Options{MachineIDFile: filepath.Join(folder, "none")}
	run := func(o Options) (origin cx.Origin, id cx.ID) {
		t.Helper()
		s, err := Open(path, o)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		e := add(t, s, press(epoch, "praise"))
		if e.ID.Origin() != s.Origin() {
			t.Errorf("the event is signed with %s, not %s", e.ID.Origin(), s.Origin())
		}
		return s.Origin(), e.ID
	}
	first, _ := run(one)
	if again, _ := run(one); again != first {
		t.Error("the origin changed on the same machine")
	}
	if unknown, _ := run(none); unknown != first {
		t.Error("the origin changed where the machine is unknown")
	}
	second, id := run(two)
	if second == first {
		t.Error("the origin is the same on another machine")
	}
	if id.Seq() != 1 {
		t.Errorf("a new origin began at %d", id.Seq())
	}
	s := openStore(t, path, Options{ReadOnly: true})
	info, err := s.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(info.Origins) != 2 || s.Origin() != second {
		t.Errorf("Info = %+v, want two origins and %s in force", info, second)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(b, []byte("8c1f")) || bytes.Contains(b, []byte("77aa")) {
		t.Error("a machine's id is in the file")
	}
}
