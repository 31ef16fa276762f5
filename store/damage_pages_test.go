package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"
)

// A free list that is damaged is told when the file is opened for writing, and
// costs nothing: bbolt would believe it, and write over pages that are in use or
// take memory for a billion free ones.
func TestOpenDoesNotBelieveFreelist(t *testing.T) {
	good := sampleFile(t)
	newest := (*header)(good[metaAt:])
	if second := (*header)(good[os.Getpagesize()+metaAt:]); second.uint64(metaTx) > newest.uint64(metaTx) {
		newest = second
	}
	at := int(newest.uint64(metaFreelist)) * os.Getpagesize()
	entries := at + pageHeadBytes
	if n := binary.NativeEndian.Uint16(good[at+pageCount:]); n < 2 {
		t.Fatalf("the sample has %d free pages, want 2 or more", n)
	}
	native := binary.NativeEndian
	for name, damage := range map[string]func(b []byte){
		"its number":            func(b []byte) { b[at+pageID] ^= 1 },
		"its kind":              func(b []byte) { native.PutUint16(b[at+pageFlags:], leafPage) },
		"how many pages follow": func(b []byte) { b[at+pageOverflow+3] ^= 0x40 },
		"more entries than fit": func(b []byte) { native.PutUint16(b[at+pageCount:], 0xfffe) },
		"a billion entries":     func(b []byte) { native.PutUint16(b[at+pageCount:], 0xffff); native.PutUint64(b[entries:], 1<<33) },
		"a header page":         func(b []byte) { native.PutUint64(b[entries:], 1) },
		"a page behind the end": func(b []byte) { b[entries+7] ^= 0x40 },
		"the same page twice":   func(b []byte) { copy(b[entries+8:entries+16], b[entries:entries+8]) },
		"the page that lists them": func(b []byte) {
			native.PutUint16(b[at+pageCount:], 1)
			native.PutUint64(b[entries:], newest.uint64(metaFreelist))
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := bytes.Clone(good)
			damage(b)
			path := filepath.Join(t.TempDir(), "events.db")
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := Open(path, Options{})
			if err == nil {
				s.Close()
			}
			if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), path) {
				t.Errorf("Open = %v, want ErrDamaged and the file's name", err)
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, b) {
				t.Errorf("the file was changed (%v)", err)
			}
		})
	}
}

// Pages that lead back to one another are told. bbolt follows them until the
// memory is full.
func TestCheckOfPagesInCircles(t *testing.T) {
	b := sampleFile(t)
	page := os.Getpagesize()
	circles := 0
	for id := 2; id < len(b)/page; id++ {
		p := b[id*page : (id+1)*page]
		if binary.NativeEndian.Uint16(p[pageFlags:]) == branchPage {
			// The page of its first entry: behind the place and length of the key.
			binary.NativeEndian.PutUint64(p[pageHeadBytes+8:], uint64(id))
			circles++
		}
	}
	if circles == 0 {
		t.Fatal("the sample has no branch page")
	}
	path := filepath.Join(t.TempDir(), "events.db")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := Open(path, Options{}); err == nil || !strings.Contains(err.Error(), "leads back to itself") {
		_ = s.Close()
		t.Errorf("Open for writing: %v, want a page that leads back to itself", err)
	}
	s, err := Open(path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	report, err := s.Check(t.Context(), nil)
	if err != nil || !strings.Contains(strings.Join(report.Damage, "\n"), "leads back to itself") {
		t.Errorf("Check = %+v, %v, want a page that leads back to itself", report, err)
	}
}

// A check that cannot follow a page does not say of the events on it that they never
// came.
func TestCheckOfLostPages(t *testing.T) {
	good := sampleFile(t)
	page, lost := os.Getpagesize(), 0
	for id := 2; id < len(good)/page; id++ {
		b := bytes.Clone(good)
		clear(b[id*page : (id+1)*page])
		path := filepath.Join(t.TempDir(), "events.db")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(path, Options{ReadOnly: true})
		if err != nil {
			continue
		}
		report, err := s.Check(t.Context(), nil)
		if err == nil && !report.OK() {
			lost++
			if told := strings.Join(report.Remarks, "\n"); strings.Contains(told, "have no event") {
				t.Errorf("page %d is lost: %q, and %s", id, report.Damage, told)
			}
		}
		s.Close()
	}
	if lost == 0 {
		t.Error("no page is missed")
	}
}

// A counter of texts that fell back gives out no number again: every event that
// names it would change its tag.
func TestTextsAreNotWrittenOver(t *testing.T) {
	b := inside(t, sampleFile(t), func(tx *bolt.Tx) error {
		texts := dictionaryTable.in(tx)
		return texts.SetSequence(texts.Sequence() - 1)
	})
	path := filepath.Join(t.TempDir(), "events.db")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Append(t.Context(), press(epoch, "never-seen")); !errors.Is(err, ErrDamaged) {
		t.Errorf("Append with a new tag: %v, want ErrDamaged", err)
	}
}
