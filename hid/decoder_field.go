package hid

import (
	"math"
	"slices"
)

// keyField is an input field with keys, made ready for decoding, and what it last said.
type keyField struct {
	id               uint8
	bit, size, count int // bit counts from after the report id
	array            bool
	relative         bool // each 1 is a press of its own
	wide             bool // a variable of more than one bit
	nullable         bool // a value outside the logical range says "nothing"
	min, max         int64
	usages           []indexedRange
	profiled         bool // see Field
	inverted         bool // pressed when zero
	guards           []guard
	raw              Key // a raw key's one bit, counted from the report's first byte whatever its id; the zero Key: no raw key

	down      []bool // variables: which values are pressed; always false where relative
	now, next []Key  // arrays: the keys that are down, a key in two slots twice; next is scratch
}

// indexedRange is a usage range and the index of its first usage in the field.
type indexedRange struct {
	first int
	UsageRange
}

func newKeyField(f *Field) keyField {
	k := keyField{
		id: f.ReportID, bit: f.BitOffset, size: f.Size, count: f.Count,
		array: !f.Variable(), relative: f.Flags&FlagRelative != 0, wide: f.wide(),
		nullable: f.Flags&FlagNullState != 0, min: f.LogicalMin, max: f.LogicalMax,
		profiled: f.profiled, inverted: f.inverted, guards: f.guards,
	}
	for first, r := range f.slots() {
		k.usages = append(k.usages, indexedRange{first, r})
	}
	if k.array {
		k.now, k.next = make([]Key, 0, f.Count), make([]Key, 0, f.Count)
	} else {
		k.down = make([]bool, f.Count)
	}
	return k
}

// newRawField is the field of a raw key; false when it is none.
func newRawField(k Key) (keyField, bool) {
	offset, bit, inverted, ok := k.Raw()
	return keyField{bit: 8*offset + bit, size: 1, count: 1, inverted: inverted, raw: k, down: make([]bool, 1)}, ok
}

// guarded reports whether a report carries the field.
func (f *keyField) guarded(report []byte) bool {
	for _, g := range f.guards {
		if !g.passes(report) {
			return false
		}
	}
	return true
}

// reset forgets what the field last said.
func (f *keyField) reset() {
	clear(f.down)
	f.now = f.now[:0]
}

// value is what raw bits of the field mean: two's complement where the logical minimum is negative.
func (f *keyField) value(raw uint32) int64 {
	if f.min < 0 && raw>>(f.size-1) != 0 {
		return int64(raw) - 1<<f.size
	}
	return int64(raw)
}

// pressed reports whether a variable says that its key is down.
func (f *keyField) pressed(raw uint32) bool {
	if f.wide && f.nullable {
		if v := f.value(raw); v < f.min || v > f.max {
			return false
		}
	}
	return raw != 0 != f.inverted
}

// index is the index of the usage that a slot of an array names; false when the slot is empty. HID 1.11, section 6.2.2.5: a value
// outside the logical range means that nothing is pressed.
func (f *keyField) index(raw uint32) (int, bool) {
	v := f.value(raw)
	if v < f.min || v > f.max || v-f.min > math.MaxInt32 {
		return 0, false
	}
	return int(v - f.min), true
}

// usage is the usage with this index. The last usage of a variable field serves for all values that follow.
func (f *keyField) usage(index int) (page, usage uint16, ok bool) {
	i, exact := slices.BinarySearchFunc(f.usages, index, func(r indexedRange, index int) int { return r.first - index })
	if !exact {
		i-- // the range that begins before it
	}
	r := f.usages[i]
	if offset := index - r.first; offset < r.len() {
		return r.Page, r.Min + uint16(offset), true
	}
	return r.Page, r.Max, !f.array
}

// key is the key with this index, the zero Key when it is none.
func (f *keyField) key(index int) Key {
	if f.raw != (Key{}) {
		return f.raw
	}
	page, usage, ok := f.usage(index)
	if f.profiled && page == PageButton {
		return Key{page, usage}
	}
	if !ok || !isKey(page, usage) || f.wide && isAnalog(page, usage) {
		return Key{}
	}
	return Key{page, usage}
}

// isRollOver reports whether an index of an array says that more keys are down than it has slots.
func (f *keyField) isRollOver(index int) bool {
	page, usage, ok := f.usage(index)
	return ok && page == PageKeyboard && usage == usageErrorRollOver
}

// bitsAt reads 1 to 32 bits, the lowest first, that lie within the report.
func bitsAt(report []byte, bit, size int) uint32 {
	var v uint64
	for i, b := range report[bit/8 : (bit+size+7)/8] {
		v |= uint64(b) << (8 * i)
	}
	return uint32(v >> (bit % 8) & (1<<size - 1))
}
