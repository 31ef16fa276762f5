package labels

import (
	"testing"

	"magicbutton/hid"
)

// What is wider than the paper makes a browser shrink every page, and a sticker
// of 12 mm is none then. 186 and 255 mm are A4's and US Letter's widths, whichever is
// less, inside margins of 12 mm.
func TestCardFitsPaper(t *testing.T) {
	for _, columns := range []int{1, 2, 4, 5, 8, 10, 12, 16, 18, 20} {
		keys := make([]hid.Key, 3*columns)
		for i := range keys {
			keys[i] = hid.ButtonKey(i + 1)
		}
		blocks := []block{inRows("", keys, columns), inRows("", keys[:columns], columns)}
		for page, most := range map[paper]size{upright: {186, 255 - 75}, lying: {255, 186 - 70}} {
			const edges = 1 // millimetres, both sides together
			height := 0.0
			for i, cell := range page.cells(blocks) {
				if w := cell.w*float64(blocks[i].columns) + 2*caseMM + edges; w > most.w {
					t.Errorf("%d columns of %.1f mm are %.1f mm wide, more than %v", columns, cell.w, w, most.w)
				}
				height += cell.h*float64(blocks[i].rows) + 2*caseMM + titleMM
			}
			if height > most.h {
				t.Errorf("%d columns: the keys are %.1f mm tall, and head and foot leave %v", columns, height, most.h)
			}
		}
	}
}
