package hid

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
	reports  []reportKeys
	raw      []keyField
	held     []heldKey // sorted by key
	fewer    bool      // the report at hand may release keys
	more     bool      // and press others
	pulses   []Key     // relative keys of the report at hand
}

// heldKey is a key that is down, or that the report at hand releases.
type heldKey struct {
	order  uint32 // the key's
	places int32  // values that say it is down
	told   bool   // its press was reported
	silent bool   // it was down from the start, and neither its press nor its release is reported
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
			r := dec.reportKeys(f.ReportID)
			r.fields = append(r.fields, newKeyField(f))
			values += f.Count
		}
	}
	for i := range dec.reports {
		dec.reports[i].prepare()
	}
	for _, k := range rawKeys {
		if f, ok := newRawField(k); ok {
			dec.raw = append(dec.raw, f)
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
	if d.fewer {
		changes = d.release(changes)
	}
	if d.more {
		changes = d.press(changes)
	}
	for _, k := range d.pulses {
		if _, down := d.find(k.order()); !down {
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
		keys[i] = keyOf(h.order)
	}
	return keys
}

// Reset appends the release of every key whose press was reported, and forgets all state: for an unplugged device.
func (d *Decoder) Reset(changes []Change) []Change {
	for i := range d.reports {
		d.reports[i].reset()
	}
	for i := range d.raw {
		d.raw[i].reset()
	}
	for i := range d.held {
		d.held[i].places = 0
	}
	return d.release(changes)
}

// reportKeys is where the fields of a report are, made anew for the first of them.
func (d *Decoder) reportKeys(id uint8) *reportKeys {
	for i := range d.reports {
		if d.reports[i].id == id {
			return &d.reports[i]
		}
	}
	d.reports = append(d.reports, reportKeys{id: id})
	return &d.reports[len(d.reports)-1]
}

// apply takes a report into the fields and the places of held keys, and notes the pulses.
func (d *Decoder) apply(report []byte) {
	d.pulses, d.fewer, d.more = d.pulses[:0], false, false
	if len(report) == 0 {
		return // a zero-length transfer
	}
	for i := range d.raw {
		d.applyVariables(&d.raw[i], report)
	}
	id, data := uint8(0), report
	if d.numbered {
		id, data = report[0], report[1:]
	}
	for i := range d.reports {
		if r := &d.reports[i]; r.id == id {
			d.applyReport(r, report, data)
			return
		}
	}
}

// find is where a key is among the held ones, or would be.
func (d *Decoder) find(order uint32) (int, bool) {
	low, high := 0, len(d.held)
	for low < high {
		if middle := (low + high) / 2; d.held[middle].order < order {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low, low < len(d.held) && d.held[low].order == order
}

// addPlace notes one more value that says that a key is down.
func (d *Decoder) addPlace(order uint32) {
	i, ok := d.find(order)
	if !ok {
		d.held = append(d.held, heldKey{order: order})
		for j := len(d.held) - 1; j > i; j-- {
			d.held[j], d.held[j-1] = d.held[j-1], d.held[j]
		}
		d.more = true
	}
	d.held[i].places++
}

// dropPlace notes that one value says so no more.
func (d *Decoder) dropPlace(order uint32) {
	if i, ok := d.find(order); ok {
		d.held[i].places--
		d.fewer = true
	}
}

// press appends the press of the keys that are new.
func (d *Decoder) press(changes []Change) []Change {
	for i := range d.held {
		if h := &d.held[i]; !h.told && !h.silent {
			h.told = true
			changes = append(changes, Change{keyOf(h.order), true})
		}
	}
	return changes
}

// release drops the keys that no value holds any more, and appends the release of those whose press was reported.
func (d *Decoder) release(changes []Change) []Change {
	kept := d.held[:0]
	for _, h := range d.held {
		if h.places > 0 {
			kept = append(kept, h)
		} else if h.told {
			changes = append(changes, Change{keyOf(h.order), false})
		}
	}
	d.held = kept
	return changes
}
