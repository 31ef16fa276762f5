package hid

import (
	"encoding/binary"
	"math/bits"
)

// reportKeys are the fields with keys in the reports with one id. A device sends mostly what it sent before, so that what did not change
// since is passed over.
type reportKeys struct {
	id     uint8
	fields []keyField
	pulses bool     // some are relative, so that an equal report is news
	end    int      // bytes up to the end of the last field, id excluded
	last   []uint64 // the last report, at least as far as end; empty where that is too much to keep
	fresh  bool     // the fields took all of last
}

// maxLastBytes is the most that is kept of a report: a full-speed USB packet. Longer ones are decoded whole each time.
const maxLastBytes = 64

// prepare is called when all fields are there.
func (r *reportKeys) prepare() {
	for i := range r.fields {
		f := &r.fields[i]
		r.end = max(r.end, f.lastByte+1)
		r.pulses = r.pulses || f.relative
	}
	if r.end <= maxLastBytes {
		r.last = make([]uint64, (r.end+7)/8)
	}
}

func (r *reportKeys) reset() {
	for i := range r.fields {
		r.fields[i].reset()
	}
	r.fresh = false
}

// news is from which to which byte the data differs from the last; low is above high when it does not.
func (r *reportKeys) news(data []byte) (low, high int) {
	if len(r.last) == 0 || len(data) < r.end {
		r.fresh = false
		return 0, len(data)
	}
	low, high = r.end, -1
	for i := range r.last {
		word := wordAt(data[8*i:])
		changed := word ^ r.last[i]
		if changed == 0 {
			continue
		}
		r.last[i] = word
		low = min(low, 8*i+bits.TrailingZeros64(changed)/8)
		high = 8*i + 7 - bits.LeadingZeros64(changed)/8
	}
	if !r.fresh {
		r.fresh = true
		return 0, len(data)
	}
	return low, high
}

// wordAt is the first 8 bytes, zeros where there are less.
func wordAt(b []byte) uint64 {
	if len(b) >= 8 {
		return binary.LittleEndian.Uint64(b)
	}
	var word uint64
	for i, v := range b {
		word |= uint64(v) << (8 * i)
	}
	return word
}

// applyReport takes a report into its fields. Data is what follows the report id.
func (d *Decoder) applyReport(r *reportKeys, report, data []byte) {
	low, high := r.news(data)
	if low > high && !r.pulses {
		return
	}
	for i := range r.fields {
		f := &r.fields[i]
		if (f.lastByte < low || f.firstByte > high) && !f.relative {
			continue
		}
		if len(f.guards) > 0 && !f.guarded(report) {
			r.fresh = false
			continue
		}
		if !f.array {
			d.applyVariables(f, data)
		} else if !d.applyArray(f, data, low, high) {
			r.fresh = false
		}
	}
}

// applyVariables reads a field with a value for each usage, as many as the report holds.
func (d *Decoder) applyVariables(f *keyField, data []byte) {
	values := f.count
	if space := 8*len(data) - f.bit; values*f.size > space {
		values = space / f.size
	}
	for first := 0; first < values; first += wordBits {
		word := &f.down[first/wordBits]
		pressed, known := f.pressed(data, first, min(values-first, wordBits))
		changed := (pressed ^ *word) & known
		if !f.relative {
			*word ^= changed
		}
		for ; changed != 0; changed &= changed - 1 {
			i := bits.TrailingZeros32(changed)
			k := f.key(first + i)
			switch {
			case k == Key{}:
			case f.relative:
				d.pulses = append(d.pulses, k)
			case pressed>>i&1 != 0:
				d.addPlace(k.order())
			default:
				d.dropPlace(k.order())
			}
		}
	}
}

// applyArray reads a field whose values are indices of usages, of which only the bytes from low to high are news. It is all or nothing: half
// an array would release keys, and one that says that more keys are down than it can tell leaves everything as it was; then it is false.
func (d *Decoder) applyArray(f *keyField, data []byte, low, high int) bool {
	if f.lastByte >= len(data) {
		return false
	}
	if f.bytes && low == high { // the usual report: one key went down or up
		value := data[low]
		names, rollOver := f.named(uint32(value))
		if !rollOver {
			d.fill(&f.slots[low-f.firstByte], int64(value), names)
		}
		return !rollOver
	}
	for i := range f.slots {
		s := &f.slots[i]
		s.said = int64(f.raw(data, i))
		if s.said == s.value {
			continue
		}
		var rollOver bool
		if s.names, rollOver = f.named(uint32(s.said)); rollOver {
			return false
		}
	}
	for i := range f.slots {
		if s := &f.slots[i]; s.said != s.value {
			d.fill(s, s.said, s.names)
		}
	}
	return true
}

// fill puts another value into a slot of an array: one key loses a place and another gains one, so that a key that only moves to another slot
// stays as it is.
func (d *Decoder) fill(s *slot, value int64, names uint32) {
	if s.key != 0 {
		d.dropPlace(s.key)
	}
	if names != 0 {
		d.addPlace(names)
	}
	s.value, s.key = value, names
}
