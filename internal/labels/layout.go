package labels

import (
	"slices"
	"strconv"
	"strings"

	"magicbutton/hid"
	"magicbutton/internal/config"
)

// block is a group of keys that lie together, as rows and columns.
type block struct {
	title         string // "" where the device is all that there is
	rows, columns int
	keys          []place
}

// place is where a key lies in its block, from 1, and how many rows and columns it
// takes.
type place struct {
	key         hid.Key
	cap         string // what is printed on it
	row, column int
	tall, wide  int
}

// layOut places the keys of a device as they lie on it. A group of keys that
// belong together is drawn whole as soon as one of them is bound; what has no
// known place comes last, in a row. Every bound key has one place. On a panel that
// is known, nothing is drawn that belongs to another kind of device.
func layOut(m hid.Match, buttons []config.Button) []block {
	left := make([]hid.Key, 0, len(buttons))
	for _, b := range buttons {
		left = append(left, b.Key)
	}
	var out []block
	take := func(b block) {
		has := func(k hid.Key) bool {
			return slices.ContainsFunc(b.keys, func(p place) bool { return p.key == k })
		}
		if !slices.ContainsFunc(left, has) {
			return
		}
		left = slices.DeleteFunc(left, has)
		out = append(out, b)
	}
	known := panel(m)
	take(known)
	take(inRows("The whole device", []hid.Key{hid.AnyKey}, 1))
	if len(known.keys) == 0 {
		take(keypad(left))
		take(run("Function keys F13 to F24", hid.PageKeyboard, 0x68, 12)) // Usage Tables 1.5, section 10: F13 is 0x68
		take(run("Function keys F1 to F12", hid.PageKeyboard, 0x3a, 12))
		take(run("Number row", hid.PageKeyboard, 0x1e, 10)) // 1 to 9, 0
		take(arcade(left))
	}
	take(row("Other keys", left))
	if len(out) == 1 {
		out[0].title = ""
	}
	return out
}

// profile finds what is known of a model. The device is not there to be asked for
// its name, so that a profile of borrowed ids, which goes by the name, is not found.
func profile(m hid.Match) (*hid.Profile, bool) {
	return hid.ProfileOf(hid.Device{VendorID: m.VendorID, ProductID: m.ProductID})
}

// lacks reports whether a model is known not to have a key, so that nobody can press
// it there.
func lacks(m hid.Match, k hid.Key) bool {
	p, ok := profile(m)
	if !ok {
		return false
	}
	d, ok := p.Descriptor()
	if !ok || d.Has(k) {
		return false
	}
	// X-keys panels can type on interfaces of their own, which no profile describes, and
	// Corsair's is a part of a keyboard.
	const xkeys, corsair = 0x05f3, 0x1b1c
	return k.Page == hid.PageButton || m.VendorID != xkeys && m.VendorID != corsair
}

// panel is the keys of a model as its profile places them; empty where it has none.
func panel(m hid.Match) block {
	p, ok := profile(m)
	if !ok {
		return block{}
	}
	b := block{title: p.Name, rows: p.Rows, columns: p.Columns}
	for r := range p.Rows {
		for c := range p.Columns {
			if key, ok := p.ButtonAt(r, c); ok {
				b.put(key, r+1, c+1)
			}
		}
	}
	return b
}

// The rows of a numeric keypad, with usages of the keyboard page. A usage that
// stands twice is one key, two rows tall or two columns wide.
var (
	keypad17 = [][]uint16{
		{0x53, 0x54, 0x55, 0x56}, // Num Lock / * -
		{0x5f, 0x60, 0x61, 0x57}, // 7 8 9 +
		{0x5c, 0x5d, 0x5e, 0x57}, // 4 5 6 +
		{0x59, 0x5a, 0x5b, 0x58}, // 1 2 3 Enter
		{0x62, 0x62, 0x63, 0x58}, // 0 0 . Enter
	}
	// keypad18 is the pad with a Backspace above the minus.
	keypad18 = [][]uint16{
		{0x53, 0x54, 0x55, 0x2a}, // Num Lock / * Backspace
		{0x5f, 0x60, 0x61, 0x56}, // 7 8 9 -
		{0x5c, 0x5d, 0x5e, 0x57}, // 4 5 6 +
		{0x59, 0x5a, 0x5b, 0x58}, // 1 2 3 Enter
		{0x62, 0x62, 0x63, 0x58}, // 0 0 . Enter
	}
)

// keypad is the numeric keypad: with 18 keys where its Backspace is bound. Without
// a key of the keypad it is empty, as then Backspace is a keyboard's.
func keypad(bound []hid.Key) block {
	onPad := func(k hid.Key) bool { return k.Page == hid.PageKeyboard && k.Usage >= 0x53 && k.Usage <= 0x63 }
	if !slices.ContainsFunc(bound, onPad) {
		return block{}
	}
	plan := keypad17
	if slices.Contains(bound, hid.Key{Page: hid.PageKeyboard, Usage: 0x2a}) {
		plan = keypad18
	}
	b := block{title: "Number pad", rows: len(plan), columns: len(plan[0])}
	for r, usages := range plan {
		for c, usage := range usages {
			b.put(hid.Key{Page: hid.PageKeyboard, Usage: usage}, r+1, c+1)
		}
	}
	return b
}

// run is a row of keys with consecutive usages.
func run(title string, page, first uint16, n int) block {
	keys := make([]hid.Key, n)
	for i := range keys {
		keys[i] = hid.Key{Page: page, Usage: first + uint16(i)}
	}
	return inRows(title, keys, n)
}

// arcade is the buttons of an encoder or a panel that numbers them: all from the
// first to the last that is bound, but no more than such a thing has.
func arcade(bound []hid.Key) block {
	const most = 32 // buttons of the largest encoders that are sold
	last := 0
	var set []hid.Key
	for _, k := range bound {
		if k.Page == hid.PageButton {
			set = append(set, k)
			last = max(last, int(k.Usage))
		}
	}
	if last <= most {
		set = set[:0]
		for n := range last {
			set = append(set, hid.ButtonKey(n+1))
		}
	}
	return inRows("Buttons", set, 8)
}

// row is the bound keys alone, as nobody knows where they lie.
func row(title string, keys []hid.Key) block { return inRows(title, slices.Clone(keys), 6) }

// inRows lays keys in rows of about the same length, none longer than most.
func inRows(title string, keys []hid.Key, most int) block {
	b := block{title: title}
	if len(keys) == 0 {
		return b
	}
	b.rows = (len(keys) + most - 1) / most
	b.columns = (len(keys) + b.rows - 1) / b.rows
	for i, k := range keys {
		b.put(k, i/b.columns+1, i%b.columns+1)
	}
	return b
}

// put places a key. One that lies at several places reaches from the first of them
// to the last.
func (b *block) put(key hid.Key, row, column int) {
	i := slices.IndexFunc(b.keys, func(p place) bool { return p.key == key })
	if i < 0 {
		b.keys = append(b.keys, place{key: key, cap: capOf(key), row: row, column: column, tall: 1, wide: 1})
		return
	}
	b.keys[i].tall, b.keys[i].wide = row+1-b.keys[i].row, column+1-b.keys[i].column
}

// capOf is what stands on a key, as short as it can be: nobody has printed a word
// on most numbered buttons.
func capOf(k hid.Key) string {
	if k.Page == hid.PageButton {
		return strconv.Itoa(int(k.Usage))
	}
	return called(k)
}

// called is what a key is called where it stands alone.
func called(k hid.Key) string {
	return strings.TrimPrefix(k.Name(), "Keypad ")
}
