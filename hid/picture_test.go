package hid

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// corpusFiles are the files of the shared corpus that fit a pattern; without them the test is skipped.
func corpusFiles(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(corpusDir(t), pattern))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skipf("no %s at ../shared/hid-corpus beside the project", pattern)
	}
	return files
}

// TestPagesOfFixtures cuts the pictures of another program's tests into pages, and compares with its pages.
func TestPagesOfFixtures(t *testing.T) {
	for _, model := range []string{"originalv2", "xl"} {
		t.Run(model, func(t *testing.T) {
			var want [][]byte
			var picture []byte
			for _, file := range corpusFiles(t, filepath.Join("streamdeck-fixtures", "*-"+model+"_page*.json")) {
				raw, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				var numbers []int
				if err := json.Unmarshal(raw, &numbers); err != nil {
					t.Fatal(err)
				}
				page := make([]byte, len(numbers))
				for i, n := range numbers {
					page[i] = byte(n)
				}
				want = append(want, page)
				picture = append(picture, page[8:][:binary.LittleEndian.Uint16(page[4:])]...)
			}
			p := &pictureLamp{keys: 15, paging: pagesV2}
			if diff := cmp.Diff(want, p.pages(0, picture)); diff != "" {
				t.Errorf("pages (-want +got):\n%s", diff)
			}
		})
	}
}

// TestOriginalPages compares with what Elgato's own program sent for a red key, from notes on the deck's protocol
// (gist.github.com/ProbablePrime/b65b1f46452be6c14c7ce4d0ae45d8ef).
func TestOriginalPages(t *testing.T) {
	first := "02 01 01 00 00 06 00 00 00 00 00 00 00 00 00 00 42 4D F6 3C 00 00 00 00 00 00 36 00 00 00 28 00 00 00 " +
		"48 00 00 00 48 00 00 00 01 00 18 00 00 00 00 00 C0 3C 00 00 C4 0E 00 00 C4 0E 00 00 00 00 00 00 00 00 00 00 00 00 FF"
	second := "02 01 02 00 01 06 00 00 00 00 00 00 00 00 00 00"
	p := &pictureLamp{keys: 15, width: 72, height: 72, paging: pagesOriginal}
	pages := p.show(ButtonKey(6), NotStored)
	if len(pages) != 2 {
		t.Fatalf("%d pages, want 2", len(pages))
	}
	for i, text := range []string{first, second} {
		want, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		if len(pages[i]) != 8191 || !bytes.HasPrefix(pages[i], want) {
			t.Errorf("page %d has %d bytes and begins\n% X, want 8191 and\n% X", i+1, len(pages[i]), pages[i][:len(want)], want)
		}
	}
}

func TestPages(t *testing.T) {
	tests := []struct {
		paging  picturePaging
		bytes   int
		headers []string
		part    []int // bytes of the picture in each page
	}{
		{pagesV2, 1016, []string{"02 07 04 01 f8 03 00 00"}, []int{1016}},
		{pagesV2, 1017, []string{"02 07 04 00 f8 03 00 00", "02 07 04 01 01 00 01 00"}, []int{1016, 1}},
		{
			pagesMini, 2017,
			[]string{"02 01 00 00 00 05 00 00", "02 01 01 00 00 05 00 00", "02 01 02 00 01 05 00 00"},
			[]int{1008, 1008, 1},
		},
		{pagesOriginal, 15606, []string{"02 01 01 00 00 05 00 00", "02 01 02 00 01 05 00 00"}, []int{7803, 7803}},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%d/%d", tt.paging, tt.bytes), func(t *testing.T) {
			picture := bytes.Repeat([]byte("picture"), tt.bytes/7+1)[:tt.bytes]
			p := &pictureLamp{keys: 6, paging: tt.paging}
			pages := p.pages(4, picture)
			var headers []string
			var got []byte
			for i, page := range pages {
				headers = append(headers, fmt.Sprintf("% x", page[:8]))
				start := pageHeaderV1
				if tt.paging == pagesV2 {
					start = pageHeaderV2
				}
				if i < len(tt.part) {
					got = append(got, page[start:start+tt.part[i]]...)
					if rest := page[start+tt.part[i]:]; slices.ContainsFunc(rest, func(b byte) bool { return b != 0 }) {
						t.Errorf("page %d has more than its part of the picture", i)
					}
				}
			}
			if diff := cmp.Diff(tt.headers, headers); diff != "" {
				t.Errorf("headers (-want +got):\n%s", diff)
			}
			if !bytes.Equal(got, picture) {
				t.Error("the pages do not make up the picture")
			}
		})
	}
}

func TestBitmap(t *testing.T) {
	p := &pictureLamp{keys: 6, width: 80, height: 80, paging: pagesMini}
	p.show(ButtonKey(1), 0)
	for light, c := range pictureColours {
		b := p.pictures[light]
		if want := 54 + 3*80*80; len(b) != want {
			t.Fatalf("%v: %d bytes, want %d", Light(light), len(b), want)
		}
		for i := 54; i < len(b); i += 3 {
			if got := [3]byte(b[i:]); got != [3]byte{c.B, c.G, c.R} {
				t.Fatalf("%v: pixel at %d is % x, want blue, green, red of %v", Light(light), i, got, c)
			}
		}
	}
}

func TestPictureKeys(t *testing.T) {
	tests := []struct {
		name string
		lamp *pictureLamp
		key  Key
		want byte // of the deck's own numbers, counted from 0
	}{
		{"first", &pictureLamp{keys: 15, width: 72, height: 72}, ButtonKey(1), 0},
		{"last", &pictureLamp{keys: 15, width: 72, height: 72}, ButtonKey(15), 14},
		{"a dial", &pictureLamp{keys: 8, width: 72, height: 72}, ButtonKey(9), 0},
		{"no button", &pictureLamp{keys: 8, width: 72, height: 72}, Key{Page: PageKeyboard, Usage: 4}, 0},
		{"mirrored, left", &pictureLamp{keys: 15, mirrored: 5, width: 72, height: 72}, ButtonKey(6), 9},
		{"mirrored, right", &pictureLamp{keys: 15, mirrored: 5, width: 72, height: 72}, ButtonKey(10), 5},
		{"mirrored, middle", &pictureLamp{keys: 15, mirrored: 5, width: 72, height: 72}, ButtonKey(13), 12},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.lamp.show(tt.key, Stored)[0][2]; got != tt.want {
				t.Errorf("picture on key %d, want %d", got, tt.want)
			}
		})
	}
}

// TestPicturesLieUnderTheirKeys: a deck counts its pictures as it counts the keys in its reports.
func TestPicturesLieUnderTheirKeys(t *testing.T) {
	decks := 0
	for _, p := range profiles {
		lamp, ok := p.lamp.(*pictureLamp)
		if !ok {
			continue
		}
		decks++
		for i, button := range p.fields[0].buttons[:lamp.keys] {
			if got := lamp.index(ButtonKey(int(button))); got != i {
				t.Errorf("%s: button %d has picture %d, and is key %d in the report", p.Name, button, got, i)
			}
		}
	}
	if decks < 9 {
		t.Errorf("%d decks with pictures, want 9 at least", decks)
	}
}

func TestPictureRest(t *testing.T) {
	p := &pictureLamp{keys: 3, width: 72, height: 72}
	reports := p.rest()
	flush := make([]byte, 1024)
	flush[0] = 2
	if !bytes.Equal(reports[0], flush) {
		t.Errorf("the first report is % x…, want an empty page", reports[0][:8])
	}
	want := slices.Concat(p.show(ButtonKey(1), 0), p.show(ButtonKey(2), 0), p.show(ButtonKey(3), 0))
	if diff := cmp.Diff(want, reports[1:]); diff != "" {
		t.Errorf("then (-want +got):\n%s", diff)
	}
}

func TestPictures(t *testing.T) {
	p := &pictureLamp{keys: 15, width: 72, height: 72}
	p.show(ButtonKey(1), 0)
	for light, want := range pictureColours {
		img, err := jpeg.Decode(bytes.NewReader(p.pictures[light]))
		if err != nil {
			t.Fatal(err)
		}
		if size := img.Bounds().Size(); size.X != 72 || size.Y != 72 {
			t.Errorf("%v: the picture is %v, want 72x72", Light(light), size)
		}
		wr, wg, wb, _ := want.RGBA()
		r, g, b, _ := img.At(40, 7).RGBA()
		for _, off := range []int{int(r) - int(wr), int(g) - int(wg), int(b) - int(wb)} {
			if off < -0x400 || off > 0x400 {
				t.Errorf("%v: colour %04x %04x %04x, want %v", Light(light), r, g, b, want)
			}
		}
	}
}

func TestPicturesAreEncodedOnce(t *testing.T) {
	p := &pictureLamp{keys: 15, width: 72, height: 72}
	p.show(ButtonKey(1), Stored)
	p.pictures[Stored] = []byte("mark")
	if got := p.show(ButtonKey(2), Stored)[0][pageHeaderV2:][:4]; string(got) != "mark" {
		t.Errorf("the second picture begins with %q: encoded anew", got)
	}
}
