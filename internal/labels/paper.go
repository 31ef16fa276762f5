package labels

import "math"

// paper is what of a page is for the keys of a card, in millimetres: of both A4
// (210 × 297) and US Letter (215.9 × 279.4) that much is left inside margins of
// 12, under the head and above the foot of a card, less 2 for edges. Nothing may be
// wider: a browser would shrink every page for it, and the stickers with it.
type paper struct{ width, height float64 }

var (
	upright = paper{184, 168}
	lying   = paper{253, 108}
)

const (
	caseMM   = 4   // from the edge of the drawn device to its keys
	keyGapMM = 1.5 // between two keys
	titleMM  = 8   // above a group of keys, where there are several
	widestMM = 46  // of a cell: a larger key is no easier to read
	flatMM   = 32  // up to this height, keys may be taller than wide
)

// size is a cell of a card: a key and its share of the gaps.
type size struct{ w, h float64 }

// cells returns how large the cells of each group of keys are, when the card is on
// this paper.
func (p paper) cells(blocks []block) []size {
	rows, keys := 0, 0
	height := p.height
	for _, b := range blocks {
		rows, keys = rows+b.rows, keys+len(b.keys)
		height -= 2 * caseMM
		if len(blocks) > 1 {
			height -= titleMM
		}
	}
	var out []size
	for _, b := range blocks {
		w := min((p.width-2*caseMM)/float64(b.columns), widestMM)
		h := min(height/float64(rows), max(w*0.75, flatMM))
		if keys == 1 {
			w, h = 110, 65 // one button is one big picture
		}
		out = append(out, size{w, max(h, 9)}) // so many keys go on over the page
	}
	return out
}

// legible compares cells: how much text the smallest of them takes. A cell that is
// taller than wide takes no more for it, as words are wide.
func legible(cells []size) float64 {
	smallest := math.Inf(1)
	for _, c := range cells {
		smallest = min(smallest, c.w*min(c.h, c.w))
	}
	return smallest
}
