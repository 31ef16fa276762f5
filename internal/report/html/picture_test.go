package html_test

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"magicbutton/internal/weblab"
)

// pictures is the variable that names the folder for pictures.
const pictures = "REPORT_PICTURES"

// keep writes a picture of a page into the folder for them, if there is one, for
// somebody to look at.
func keep(t *testing.T, name string, p *weblab.Page) {
	t.Helper()
	dir := os.Getenv(pictures)
	if dir == "" {
		return
	}
	full, err := png.Decode(bytes.NewReader(p.Screenshot(t)))
	if err != nil {
		t.Fatal(err)
	}
	const highest = 2900 // a longer page is cut, or no viewer shows anything of it
	picture := fewColours(full)
	for i, top := 1, 0; top < picture.Rect.Max.Y; i, top = i+1, top+highest {
		var out bytes.Buffer
		encoder := png.Encoder{CompressionLevel: png.BestCompression}
		if err := encoder.Encode(&out, picture.SubImage(image.Rect(0, top, picture.Rect.Max.X, top+highest))); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d.png", name, i)), out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// fewColours returns a picture in its most frequent colours that differ enough, which is
// a third of the size: letters have edges in hundreds of shades.
func fewColours(full image.Image) *image.Paletted {
	bounds := full.Bounds()
	counts := make(map[color.RGBA]int)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			counts[shade(full.At(x, y))]++
		}
	}
	frequent := slices.SortedFunc(maps.Keys(counts), func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	var palette color.Palette
	for _, c := range frequent {
		if len(palette) < 96 && !slices.ContainsFunc(palette, func(p color.Color) bool { return alike(c, p.(color.RGBA)) }) {
			palette = append(palette, c)
		}
	}
	nearest := make(map[color.RGBA]uint8)
	for c := range counts {
		nearest[c] = uint8(palette.Index(c))
	}
	out := image.NewPaletted(bounds, palette)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			out.SetColorIndex(x, y, nearest[shade(full.At(x, y))])
		}
	}
	return out
}

// alike reports whether two colours may be shown as one.
func alike(a, b color.RGBA) bool {
	apart := func(x, y uint8) int { return max(int(x)-int(y), int(y)-int(x)) }
	return apart(a.R, b.R)+apart(a.G, b.G)+apart(a.B, b.B) < 14
}

// shade is a colour without what no eye tells: the last two bits.
func shade(c color.Color) color.RGBA {
	r, g, b, _ := c.RGBA()
	near := func(v uint32) uint8 { return uint8(v>>8)&^3 | uint8(v>>14) } // white stays white
	return color.RGBA{near(r), near(g), near(b), 255}
}
