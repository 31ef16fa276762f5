package hid

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"sync"
)

// picturePaging is how a Stream Deck takes the picture of a key: pages in output reports of one length.
type picturePaging uint8

const (
	// pagesV2 is JPEG in reports of 1024 bytes (docs.elgato.com/streamdeck/hid/general).
	pagesV2 picturePaging = iota
	// pagesMini is BMP in reports of 1024 bytes (docs.elgato.com/streamdeck/hid/module-6).
	pagesMini
	// pagesOriginal is BMP in two halves, in reports of 8191 bytes (abcminiuser/python-elgato-streamdeck, StreamDeckOriginal.py).
	pagesOriginal
)

// pictureID is the output report with a page of a picture, on every Stream Deck.
const pictureID = 2

// pictureLamp is a Stream Deck: the pressed key itself shows a colour. A control without a picture, such as a dial, is
// answered on the first key.
type pictureLamp struct {
	keys          int // with a picture: buttons 1 to keys
	mirrored      int // keys in a row that the deck counts from the right; 0: it counts as we do
	width, height int // of a key's picture, in pixels
	paging        picturePaging

	encode   sync.Once
	pictures [NotStored + 1][]byte // one for each Light, the first being black
}

// pictureColours are of the answers. Black is how a key looks else.
var pictureColours = [NotStored + 1]color.RGBA{
	{0, 0, 0, 0xff},
	Stored:    {0, 0xc0, 0, 0xff},
	Refused:   {0xff, 0xa0, 0, 0xff},
	NotStored: {0xff, 0, 0, 0xff},
}

// rest makes all keys black. Before, an empty page ends the picture that a killed program may have left half sent, as
// python-elgato-streamdeck does when it opens a deck.
func (p *pictureLamp) rest() [][]byte {
	flush := make([]byte, p.reportBytes())
	flush[0] = pictureID
	reports := [][]byte{flush}
	for n := range p.keys {
		reports = append(reports, p.show(ButtonKey(n+1), 0)...)
	}
	return reports
}

func (p *pictureLamp) show(key Key, light Light) [][]byte {
	p.encode.Do(func() {
		for l, c := range pictureColours {
			p.pictures[l] = p.encoded(c)
		}
	})
	return p.pages(p.index(key), p.pictures[light])
}

func (p *pictureLamp) covered() bool { return true }

// index is the deck's number for a key's picture, counted from 0.
func (p *pictureLamp) index(key Key) int {
	n := int(key.Usage) - 1
	if key.Page != PageButton || n < 0 || n >= p.keys {
		n = 0
	}
	if p.mirrored > 0 {
		column := n % p.mirrored
		n += p.mirrored - 1 - 2*column
	}
	return n
}

// encoded is a picture of one colour in the deck's format. Being of one colour it needs none of the turning and mirroring
// that the models differ in.
func (p *pictureLamp) encoded(c color.RGBA) []byte {
	if p.paging != pagesV2 {
		return bitmap(p.width, p.height, c)
	}
	img := image.NewRGBA(image.Rect(0, 0, p.width, p.height))
	draw.Draw(img, img.Bounds(), image.NewUniform(c), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}); err != nil {
		panic("hid: encoding a picture: " + err.Error()) // only of a size that JPEG does not have
	}
	return b.Bytes()
}

// bitmapHeaderBytes are of both headers of a Windows bitmap.
const bitmapHeaderBytes = 14 + 40

// bitmapDensity is 96 pixels an inch in pixels a metre, as Elgato's own program says (its recorded pictures).
const bitmapDensity = 3780

// bitmap is a Windows bitmap of one colour, 24 bits a pixel.
func bitmap(width, height int, c color.RGBA) []byte {
	row := (3*width + 3) / 4 * 4
	b := make([]byte, bitmapHeaderBytes+row*height)
	copy(b, "BM")
	put := binary.LittleEndian.PutUint32
	put(b[2:], uint32(len(b)))
	put(b[10:], bitmapHeaderBytes)
	put(b[14:], 40)
	put(b[18:], uint32(width))
	put(b[22:], uint32(height))
	b[26], b[28] = 1, 24 // planes, bits a pixel
	put(b[34:], uint32(row*height))
	put(b[38:], bitmapDensity)
	put(b[42:], bitmapDensity)
	for y := range height {
		for x := range width {
			copy(b[bitmapHeaderBytes+y*row+3*x:], []byte{c.B, c.G, c.R})
		}
	}
	return b
}
