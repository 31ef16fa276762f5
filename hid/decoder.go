package hid

import "slices"

// Change is one key going down or up.
type Change struct {
	Key  Key
	Down bool
}

// Decoder turns the input reports of one device into key changes. It begins with all keys up, is used by one goroutine, and
// after NewDecoder allocates nothing.
//
// A key can stand in several fields (an array and a bitmap, two reports): it is down as long as one of them says so.
type Decoder struct {
	numbered bool
	fields   []keyField
	held     []heldKey // sorted by key
	pulses   []Key     // relative keys of the report at hand
}

// heldKey is a key that is down, or that the report at hand releases.
type heldKey struct {
	key    Key
	places int  // values that say it is down
	told   bool // its press was reported
	silent bool // it was down from the start, and neither its press nor its release is reported
}

// NewDecoder makes a decoder for a device; BootKeyboard serves for a boot keyboard whose descriptor is not known. It decodes the raw
// keys besides, whatever the descriptor says of their bits; of a device that nothing describes, d is nil.
func NewDecoder(d *Descriptor, rawKeys ...Key) *Decoder {
	if d == nil {
		d = &Descriptor{}
	}
	dec := &Decoder{numbered: d.Numbered}
	values := 0
	for i := range d.Fields {
		if f := &d.Fields[i]; f.hasKeys() {
			dec.fields = append(dec.fields, newKeyField(f))
			values += f.Count
		}
	}
	for _, k := range rawKeys {
		if f, ok := newRawField(k); ok {
			dec.fields = append(dec.fields, f)
			values++
		}
	}
	// A report can release every key that is down and press as many others.
	dec.held = make([]heldKey, 0, 2*values)
	dec.pulses = make([]Key, 0, values)
	return dec
}

// Decode appends the changes that a report brings: first releases, then presses, each in order of page and usage, then keys
// that only pulse (a headset's Phone Mute), down and up at once. Byte 0 is the report id only for numbered devices. A report that is
// too short is decoded as far as it goes; an unknown or empty one, and what lies beyond the descriptor, changes nothing.
//
// A key that was held before the device was opened looks like a press in the first report: see Baseline.
func (d *Decoder) Decode(report []byte, changes []Change) []Change {
	d.apply(report)
	changes = d.release(changes)
	for i := range d.held {
		if h := &d.held[i]; !h.told && !h.silent {
			h.told = true
			changes = append(changes, Change{h.key, true})
		}
	}
	for _, k := range d.pulses {
		if _, down := d.find(k); !down {
			changes = append(changes, Change{k, true}, Change{k, false})
		}
	}
	return changes
}

// Baseline takes a report as the state to begin with: the press of a key that is down in it is not reported, nor is its
// release. Call it before Decode, and only with a report that is known to tell an old state, such as the answer of a device that is polled. Most keypads stay
// silent until a key moves: their first report is a press.
func (d *Decoder) Baseline(report []byte) {
	d.apply(report)
	d.release(nil)
	for i := range d.held {
		d.held[i].silent = !d.held[i].told
	}
}

// Down is every key that is down, in order of page and usage, those from the base line too.
func (d *Decoder) Down() []Key {
	keys := make([]Key, len(d.held))
	for i, h := range d.held {
		keys[i] = h.key
	}
	return keys
}

// Reset appends the release of every key whose press was reported, and forgets all state: for an unplugged device.
func (d *Decoder) Reset(changes []Change) []Change {
	for i := range d.fields {
		d.fields[i].reset()
	}
	for i := range d.held {
		d.held[i].places = 0
	}
	return d.release(changes)
}

// apply takes a report into the fields and the places of held keys, and notes the pulses.
func (d *Decoder) apply(report []byte) {
	d.pulses = d.pulses[:0]
	if len(report) == 0 {
		return // a zero-length transfer
	}
	id, data := uint8(0), report
	if d.numbered {
		id, data = report[0], report[1:]
	}
	for i := range d.fields {
		f := &d.fields[i]
		switch {
		case f.raw != Key{}:
			d.applyVariables(f, report)
		case f.id != id || !f.guarded(report):
		case f.array:
			d.applyArray(f, data)
		default:
			d.applyVariables(f, data)
		}
	}
}

// applyVariables reads a field with a value for each usage, as many as the report holds.
func (d *Decoder) applyVariables(f *keyField, report []byte) {
	for i := range f.down {
		bit := f.bit + i*f.size
		if bit+f.size > 8*len(report) {
			return
		}
		down := f.pressed(bitsAt(report, bit, f.size))
		if down == f.down[i] {
			continue
		}
		k := f.key(i)
		switch {
		case k == Key{}:
		case f.relative:
			d.pulses = append(d.pulses, k)
		case down:
			f.down[i] = true
			d.addPlace(k, +1)
		default:
			f.down[i] = false
			d.addPlace(k, -1)
		}
	}
}

// applyArray reads a field whose values are indices of usages. It is all or nothing: half an array would release keys.
func (d *Decoder) applyArray(f *keyField, report []byte) {
	if f.bit+f.count*f.size > 8*len(report) {
		return
	}
	f.next = f.next[:0]
	for i := range f.count {
		index, ok := f.index(bitsAt(report, f.bit+i*f.size, f.size))
		if !ok {
			continue
		}
		if f.isRollOver(index) {
			return // more keys are down than the array can tell; it stays as it was
		}
		if k := f.key(index); k != (Key{}) {
			f.next = append(f.next, k)
		}
	}
	for _, k := range f.next {
		d.addPlace(k, +1)
	}
	for _, k := range f.now {
		d.addPlace(k, -1)
	}
	f.now, f.next = f.next, f.now
}

// find is where a key is among the held ones, or would be.
func (d *Decoder) find(k Key) (int, bool) {
	return slices.BinarySearchFunc(d.held, k, func(h heldKey, k Key) int { return h.key.compare(k) })
}

func (d *Decoder) addPlace(k Key, n int) {
	i, ok := d.find(k)
	if !ok {
		d.held = slices.Insert(d.held, i, heldKey{key: k})
	}
	d.held[i].places += n
}

// release drops the keys that no value holds any more, and appends the release of those whose press was reported.
func (d *Decoder) release(changes []Change) []Change {
	kept := d.held[:0]
	for _, h := range d.held {
		if h.places > 0 {
			kept = append(kept, h)
		} else if h.told {
			changes = append(changes, Change{h.key, false})
		}
	}
	d.held = kept
	return changes
}
