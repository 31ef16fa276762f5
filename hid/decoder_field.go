package hid

import (
	"math"
	"slices"
)

// keyField is an input field with keys, made ready for decoding, and what it last said.
type keyField struct {
	bit, size, count    int // bit counts from after the report id
	firstByte, lastByte int // those with its values, counted as bit is
	array               bool
	bytes               bool // each value is a byte of the report
	relative            bool // each 1 is a press of its own
	nullable            bool // a value outside the logical range says "nothing"
	min, max            int64
	usages              []indexedRange
	profiled            bool // see Field
	inverted            bool // pressed when zero
	guards              []guard
	rawKey              Key // a raw key, whose one bit counts from the first byte of any report; the zero Key: none

	down  []uint32 // variables: a bit for each value, set while it is pressed; never where relative
	slots []slot   // arrays
}

// slot is one value of an array: what it said last, and what the report at hand says, which counts once the whole array was read.
type slot struct {
	value, said int64  // -1: nothing yet
	key, names  uint32 // the order of the key that this is, 0 when it is none
}

// emptySlot is a slot that said nothing yet.
var emptySlot = slot{value: -1, said: -1}

// wordBits is how many values share a word of keyField.down.
const wordBits = 32

// indexedRange is a usage range and the index of its first usage in the field.
type indexedRange struct {
	first int
	UsageRange
}

func newKeyField(f *Field) keyField {
	k := keyField{
		bit: f.BitOffset, size: f.Size, count: f.Count,
		firstByte: f.BitOffset / 8, lastByte: (f.BitOffset + f.Size*f.Count - 1) / 8,
		bytes: f.BitOffset%8 == 0 && f.Size == 8, array: !f.Variable(), relative: f.Variable() && f.Flags&FlagRelative != 0,
		nullable: f.Flags&FlagNullState != 0, min: f.LogicalMin, max: f.LogicalMax,
		profiled: f.profiled, inverted: f.inverted, guards: f.guards,
	}
	for first, r := range f.slots() {
		k.usages = append(k.usages, indexedRange{first, r})
	}
	if k.array {
		k.slots = slices.Repeat([]slot{emptySlot}, f.Count)
	} else {
		k.down = make([]uint32, (f.Count+wordBits-1)/wordBits)
	}
	return k
}

// newRawField is the field of a raw key; false when it is none.
func newRawField(k Key) (keyField, bool) {
	offset, bit, inverted, ok := k.Raw()
	return keyField{bit: 8*offset + bit, size: 1, count: 1, inverted: inverted, rawKey: k, down: make([]uint32, 1)}, ok
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
	for i := range f.slots {
		f.slots[i] = emptySlot
	}
}

// value is what raw bits of the field mean: two's complement where the logical minimum is negative.
func (f *keyField) value(raw uint32) int64 {
	if f.min < 0 && raw>>(f.size-1) != 0 {
		return int64(raw) - 1<<f.size
	}
	return int64(raw)
}

// pressed tells which of up to wordBits variables say that their key is down. Known has a bit for each of them.
func (f *keyField) pressed(report []byte, first, n int) (pressed, known uint32) {
	known = uint32(1<<n - 1)
	if f.size == 1 {
		pressed = bitsAt(report, f.bit+first, n)
	} else {
		for i := range n {
			if f.presses(f.raw(report, first+i)) {
				pressed |= 1 << i
			}
		}
	}
	if f.inverted {
		pressed ^= known
	}
	return pressed, known
}

// presses reports whether the value of a variable of more than one bit says that its key is down.
func (f *keyField) presses(raw uint32) bool {
	if f.nullable {
		if v := f.value(raw); v < f.min || v > f.max {
			return false
		}
	}
	return raw != 0
}

// named is the order of the key that a value of an array names, 0 when it names none. RollOver is that more keys are down than the array can
// tell.
func (f *keyField) named(raw uint32) (order uint32, rollOver bool) {
	index, ok := f.index(raw)
	if !ok {
		return 0, false
	}
	page, usage, ok := f.usage(index)
	if !ok || !isKey(page, usage) {
		return 0, ok && page == PageKeyboard && usage == usageErrorRollOver
	}
	return Key{page, usage}.order(), false
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
	r := &f.usages[0]
	if index >= r.len() {
		i, exact := slices.BinarySearchFunc(f.usages, index, func(r indexedRange, index int) int { return r.first - index })
		if !exact {
			i-- // the range that begins before it
		}
		r = &f.usages[i]
	}
	if offset := index - r.first; offset < r.len() {
		return r.Page, r.Min + uint16(offset), true
	}
	return r.Page, r.Max, !f.array
}

// key is the key of the variable with this index, the zero Key when it is none.
func (f *keyField) key(index int) Key {
	if f.rawKey != (Key{}) {
		return f.rawKey
	}
	page, usage, ok := f.usage(index)
	switch {
	case f.profiled && page == PageButton:
		return Key{page, usage} // button 0 too
	case !ok || !isKey(page, usage) || f.size > 1 && isAnalog(page, usage):
		return Key{}
	}
	return Key{page, usage}
}

// raw is value i of the field.
func (f *keyField) raw(report []byte, i int) uint32 {
	if f.bytes {
		return uint32(report[f.bit>>3+i])
	}
	return bitsAt(report, f.bit+i*f.size, f.size)
}

// bitsAt reads 1 to 32 bits, the lowest first, that lie within the report.
func bitsAt(report []byte, bit, size int) uint32 {
	var v uint64
	for i, b := range report[bit/8 : (bit+size+7)/8] {
		v |= uint64(b) << (8 * i)
	}
	return uint32(v >> (bit % 8) & (1<<size - 1))
}
