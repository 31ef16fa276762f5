package hid

import (
	"iter"
	"math"
)

// Descriptor is what a report descriptor says about a device's reports. It is read-only once parsed and may be shared.
type Descriptor struct {
	// Numbered: every report starts with a byte that holds its report id.
	Numbered bool
	// Collections are in the order in which they open, so that a parent stands before its children.
	Collections []Collection
	// Fields are in the order of the descriptor. Padding, that is fields without a usage, is left out.
	Fields []Field

	bits map[reportKey]int // size of each report, padding included, report id excluded

	unconfirmed bool // a Profile says it, which nobody saw on hardware
}

// Kind is the direction of a report.
type Kind uint8

// The kinds of reports.
const (
	Input   Kind = iota // from the device: presses
	Output              // to the device: lights
	Feature             // both ways: settings
)

type reportKey struct {
	kind Kind
	id   uint8
}

// Collection groups fields. One without a parent names what the whole is: a keyboard, a mouse, a consumer control.
type Collection struct {
	Type        uint8 // 0 physical, 1 application, 2 logical; more in HID 1.11, section 6.2.2.6
	Page, Usage uint16
	Parent      int // index in Descriptor.Collections, -1 for none
}

// Flags are the data bits of an input, output or feature item: HID 1.11, section 6.2.2.5.
type Flags uint16

// The flags that matter for keys and lights.
const (
	// FlagConstant is what padding has. On an input field with usages it is a mistake of the device, whose media keys come
	// with it and work (258a:0027 and its relatives): the kernel decodes them, and so does Decoder.
	FlagConstant  Flags = 1 << 0
	FlagVariable  Flags = 1 << 1 // a value for each usage; without it an array of usage indices
	FlagRelative  Flags = 1 << 2 // a change since the last report, not a state
	FlagNullState Flags = 1 << 6 // a value outside the logical range says "nothing"
)

// Field is one main item: Count values of Size bits each, one after the other.
type Field struct {
	Kind       Kind
	ReportID   uint8 // 0 where reports are not numbered
	Collection int   // index in Descriptor.Collections, -1 for none
	Flags      Flags
	BitOffset  int // of the first value, counted from after the report id
	Size       int // bits of one value, 1 to 256
	Count      int // values, 1 to 12288
	// LogicalMin and LogicalMax bound a value. A negative minimum makes values signed.
	LogicalMin, LogicalMax int64
	// Usages are what the values, or the indices of an array, stand for, in order.
	Usages []UsageRange

	// What only a Profile says.
	profiled bool    // the field is one's, so that button 0 is a key
	inverted bool    // pressed when zero
	guards   []guard // of reports that carry the field
}

// UsageRange is the usages Min to Max of a page, both included.
type UsageRange struct {
	Page, Min, Max uint16
}

// len is how many usages the range has, 1 to 65536.
func (r UsageRange) len() int { return int(r.Max) - int(r.Min) + 1 }

// Variable reports whether the field has a value for each of its usages; otherwise it is an array of usage indices.
func (f *Field) Variable() bool { return f.Flags&FlagVariable != 0 }

// ReportBytes is the length of a report in bytes with its report id where there is one; 0 when there is no such report.
func (d *Descriptor) ReportBytes(kind Kind, id uint8) int {
	bits, ok := d.bits[reportKey{kind, id}]
	if !ok {
		return 0
	}
	n := (bits + 7) / 8
	if d.Numbered {
		n++
	}
	return n
}

// slots are the field's usages that can appear in a report, range by range, each with the index of its first: of the value of a
// variable, or that an array names.
func (f *Field) slots() iter.Seq2[int, UsageRange] {
	limit := f.Count
	if !f.Variable() {
		limit = int(min(f.LogicalMax-f.LogicalMin, math.MaxInt32-1)) + 1
	}
	return func(yield func(int, UsageRange) bool) {
		first := 0
		for _, r := range f.Usages {
			left := limit - first
			if left <= 0 {
				return
			}
			if r.len() > left {
				r.Max = r.Min + uint16(left-1)
			}
			if !yield(first, r) {
				return
			}
			first += r.len()
		}
	}
}

// measures reports whether the field's values are amounts whatever their usage: a wheel, an axis, a vendor's blob. A button
// that is a whole byte is no such thing: it is pressed when it is not 0.
func (f *Field) measures() bool {
	return f.Size > maxKeyBits || f.wide() && f.Flags&FlagRelative != 0
}

// wide reports whether each usage has more than one bit.
func (f *Field) wide() bool { return f.Variable() && f.Size > 1 }

// keys are the slots that may be keys, range by range. Inside a range of a wide field some may still be analog.
func (f *Field) keys() iter.Seq[UsageRange] {
	return func(yield func(UsageRange) bool) {
		if f.Kind != Input || f.measures() {
			return
		}
		for _, r := range f.slots() {
			lowest, highest := f.keyUsages(r.Page)
			r.Min, r.Max = max(r.Min, lowest), min(r.Max, highest)
			if r.Min > r.Max || f.wide() && r.Min == r.Max && isAnalog(r.Page, r.Min) {
				continue
			}
			if !yield(r) {
				return
			}
		}
	}
}

// keyUsages is the range of usages on a page that are keys in this field.
func (f *Field) keyUsages(page uint16) (lowest, highest uint16) {
	if f.profiled && page == PageButton {
		return 0, 0xffff
	}
	return keyUsages(page)
}

// hasKeys reports whether an array index or a variable of the field may be a key.
func (f *Field) hasKeys() bool {
	for range f.keys() {
		return true
	}
	return false
}

// Has reports whether an input report of this device can carry the key. A device with keys has AnyKey, unless it is one such as a
// security key. A raw key may be in any report of a device that does not say what its reports mean, or of which only a Profile
// says so that nobody confirmed: it may be wrong.
func (d *Descriptor) Has(k Key) bool {
	if k == AnyKey {
		return d.HasKeys() && !d.private()
	}
	if k.isRaw() {
		return d.takesRaw()
	}
	for i := range d.Fields {
		f := &d.Fields[i]
		for r := range f.keys() {
			if r.Page == k.Page && r.Min <= k.Usage && k.Usage <= r.Max {
				if !f.wide() || !isAnalog(k.Page, k.Usage) {
					return true
				}
			}
		}
	}
	return false
}
