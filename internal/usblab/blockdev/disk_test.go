package blockdev

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const testSectors = 8

// sectors returns an image that shows one letter for each sector.
func sectors(letters string) []byte {
	var b []byte
	for _, l := range []byte(letters) {
		b = append(b, bytes.Repeat([]byte{l}, SectorSize)...)
	}
	return b
}

// letters is the other way round; "?" is a sector of more than one letter.
func letters(image []byte) string {
	var s []byte
	for at := 0; at < len(image); at += SectorSize {
		sector := image[at : at+SectorSize]
		if bytes.Count(sector, sector[:1]) == SectorSize {
			s = append(s, sector[0])
		} else {
			s = append(s, '?')
		}
	}
	return string(s)
}

func TestCut(t *testing.T) {
	all := func() bool { return true }
	second := func() func() bool {
		n := 0
		return func() bool { n++; return n%2 == 0 }
	}
	tests := []struct {
		name string
		cut  Cut
		want string
	}{
		{"before everything", Cut{After: 0}, "........"},
		{"a write is lost", Cut{After: 1}, "........"},
		{"a write is kept", Cut{After: 1, Keep: all}, "aaaa...."},
		{"a write is torn by sectors", Cut{After: 1, Keep: second(), Unit: SectorSize}, ".a.a...."},
		{"a write is torn in halves", Cut{After: 1, Keep: second(), Unit: 2 * SectorSize}, "..aa...."},
		{"a write is torn behind its beginning", Cut{After: 1, Keep: second(), Unit: SectorSize, Whole: 2 * SectorSize}, "..a....."},
		{"a flush covers what was before it", Cut{After: 2}, "aaaa...."},
		{"and not what comes after it", Cut{After: 3}, "aaaa...."},
		{"a later write survives an earlier one", Cut{After: 4, Keep: second()}, "aacc...."},
		{"a write through the cache is kept alone", Cut{After: 5}, "aaaa...d"},
		{"all is flushed", Cut{After: 6}, "abcc...d"},
		{"the last flush was a lie", Cut{After: 6, Lies: 1}, "aaaa...."},
		{"all flushes were lies", Cut{After: 6, Lies: 100}, "........"},
		{"a disk that lies may keep everything all the same", Cut{After: 6, Lies: 2, Keep: all}, "abcc...d"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := New(sectors("........"))
			d.write(sectors("aaaa"), 0, false)
			d.flush()
			d.write(sectors("bb"), SectorSize, false)
			d.write(sectors("cc"), 2*SectorSize, false)
			d.write(sectors("d"), 7*SectorSize, true)
			d.flush()
			image, err := d.Log().Image(test.cut)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, letters(image)); diff != "" {
				t.Errorf("Image(%+v) (-want +got):\n%s", test.cut, diff)
			}
		})
	}
}

func TestNoSuchCut(t *testing.T) {
	d := New(sectors("."))
	d.flush()
	for _, cut := range []Cut{{After: -1}, {After: 2}, {After: 1, Unit: 100}, {After: 1, Unit: -SectorSize}} {
		if _, err := d.Log().Image(cut); err == nil {
			t.Errorf("Image(%+v) gives no error", cut)
		}
	}
}

// A log stays as it is while its disk goes on.
func TestLogStays(t *testing.T) {
	d := New(sectors("..."))
	d.write(sectors("a"), 0, false)
	log := d.Log()
	d.flush()
	d.Reset(sectors("xyz"))
	d.write(sectors("b"), 0, false)
	if log.Len() != 1 || d.Requests() != 1 {
		t.Errorf("the log has %d requests and the disk %d, want 1 and 1", log.Len(), d.Requests())
	}
	image, err := log.Image(Cut{After: 1, Keep: func() bool { return true }})
	if got := letters(image); err != nil || got != "a.." {
		t.Errorf("image = %q, %v, want %q", got, err, "a..")
	}
}
