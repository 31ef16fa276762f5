package usblab_test

import (
	"bytes"
	"encoding/binary"
	"image/color"
	"image/jpeg"
	"testing"

	"magicbutton/internal/usblab"
)

// picture is what a Stream Deck was told to show on a key, counted from 0.
type picture struct {
	key   int
	light string // black, green, or another
}

// checkPictures wants a deck whose keys were all made black, and whose 7th key, which was pressed, showed green and is black again.
func checkPictures(t *testing.T, deck *usblab.Device) {
	t.Helper()
	const keys, pressed = 15, 6
	shown := pictures(t, deck.Outputs(t))
	for last := len(shown) - 1; last < keys || shown[last].light != "black"; last = len(shown) - 1 {
		shown = pictures(t, deck.WaitOutputs(t, len(deck.Outputs(t))+1))
	}
	for key, p := range shown[:keys] {
		if p != (picture{key, "black"}) {
			t.Errorf("picture %d when the deck was opened = %v, want key %d black", key, p, key)
		}
	}
	green := 0
	for _, p := range shown[keys:] {
		if p.key != pressed || p.light != "black" && p.light != "green" {
			t.Errorf("%v was shown, want only the pressed key to be green or black", p)
		}
		if p.light == "green" {
			green++
		}
	}
	if green == 0 {
		t.Errorf("the pressed key was never green: %v", shown)
	}
}

// pictures puts the pages together that a deck of the second generation got: report 2, command 7, key, last page, length and number of
// the page in two bytes each, a part of a JPEG picture (docs.elgato.com/streamdeck/hid/general).
func pictures(t *testing.T, outputs []usblab.Output) []picture {
	t.Helper()
	const header = 8
	var list []picture
	var file []byte
	for _, o := range outputs {
		if len(o.Data) != 1024 || o.Data[0] != 2 {
			t.Fatalf("output report of %d bytes, %x…; want 1024 bytes with id 2", len(o.Data), o.Data[:min(8, len(o.Data))])
		}
		if o.Data[1] != 7 {
			continue // an empty page, which ends what an earlier program began
		}
		key, last := int(o.Data[2]), o.Data[3] == 1
		length, page := int(binary.LittleEndian.Uint16(o.Data[4:])), int(binary.LittleEndian.Uint16(o.Data[6:]))
		if page == 0 {
			file = nil
		}
		file = append(file, o.Data[header:header+length]...)
		if last {
			list = append(list, picture{key, lightOf(t, file)})
		}
	}
	return list
}

// lightOf names the colour in the middle of a key's picture.
func lightOf(t *testing.T, file []byte) string {
	t.Helper()
	const side = 72
	img, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatalf("a picture is no JPEG: %v", err)
	}
	if b := img.Bounds(); b.Dx() != side || b.Dy() != side {
		t.Errorf("a picture is %d by %d pixels, want %d each way", b.Dx(), b.Dy(), side)
	}
	const strong = 0x80
	c := color.RGBAModel.Convert(img.At(side/2, side/2)).(color.RGBA)
	switch r, g, b := c.R >= strong, c.G >= strong, c.B >= strong; {
	case !r && !g && !b:
		return "black"
	case g && !r && !b:
		return "green"
	}
	return "another"
}
