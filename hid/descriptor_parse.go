package hid

import (
	"fmt"
	"slices"
)

// Limits of a report descriptor. The sizes are those of Linux (include/linux/hid.h), so that what it takes is taken here;
// the rest is far above any real device and bounds what a hostile one costs.
const (
	MaxDescriptorBytes = 4096      // HID_MAX_DESCRIPTOR_SIZE
	maxReportBits      = 16384 * 8 // HID_MAX_BUFFER_SIZE
	maxFieldBits       = 256       // one value; vendor blobs, never a key
	maxFieldCount      = 12288     // HID_MAX_USAGES
	maxKeyBits         = 32        // one value of a key
	maxKeyValues       = 4096      // values of key fields in all input reports; bounds a decoder's state
	maxCollectionDepth = 32
	maxPushDepth       = 16
)

// parser walks the items of a report descriptor: HID 1.11, section 6.2.2.
type parser struct {
	d         *Descriptor
	global    globals
	pushed    []globals
	local     locals
	offset    int   // of the item at hand, in bytes
	open      []int // collections, as indices in d.Collections
	openedAt  []int // and the offsets of their items
	keyValues int
}

// globals stay in force until they are set again; Push and Pop save and restore all of them.
type globals struct {
	page        uint16
	logicalMin  item
	logicalMax  item
	size, count uint32
	reportID    uint8
}

// locals apply to the next main item and end with it.
type locals struct {
	usages     []localUsage
	min, max   item
	hasMin     bool
	hasMax     bool
	delimiter  bool // inside a delimiter set
	hasPrimary bool // and its first alternative, the only one taken, is known
}

// localUsage is a usage range. Its page may still change at the main item, unless it was given in four bytes.
type localUsage struct {
	UsageRange
	full bool
}

// ParseDescriptor reads a report descriptor: HID 1.11, section 6.2.2. It is strict about what would move the bits of a
// report and lenient about items that it does not know. The error names the offset and the item.
func ParseDescriptor(b []byte) (*Descriptor, error) {
	if len(b) > MaxDescriptorBytes {
		return nil, fmt.Errorf("report descriptor: %d bytes, more than %d", len(b), MaxDescriptorBytes)
	}
	p := parser{d: &Descriptor{bits: make(map[reportKey]int)}}
	for offset := 0; offset < len(b); {
		it, n, err := nextItem(b[offset:])
		p.offset = offset
		if err == nil {
			err = p.take(it)
		}
		if err != nil {
			return nil, fmt.Errorf("report descriptor: offset %d: %s: %w", offset, it.name(), err)
		}
		offset += n
	}
	if n := len(p.openedAt); n > 0 {
		return nil, fmt.Errorf("report descriptor: offset %d: end: the collection at offset %d is not closed", len(b), p.openedAt[n-1])
	}
	if len(p.d.bits) == 0 {
		return nil, fmt.Errorf("report descriptor: offset %d: end: there is no input, output or feature item", len(b))
	}
	return p.d, nil
}

func (p *parser) take(it item) error {
	switch it.tag {
	case tagInput, tagOutput, tagFeature, tagCollection, tagEndCollection:
		err := p.takeMain(it)
		p.local = locals{usages: p.local.usages[:0]}
		return err
	case tagUsage, tagUsageMin, tagUsageMax, tagDelimiter:
		return p.takeLocal(it)
	}
	return p.takeGlobal(it)
}

func (p *parser) takeMain(it item) error {
	if p.local.delimiter {
		return fmt.Errorf("inside a delimiter set")
	}
	if p.local.hasMax { // a maximum alone counts from 0, as in Linux
		if err := p.addUsages(item{}, p.local.max); err != nil {
			return err
		}
	}
	switch it.tag {
	case tagInput:
		return p.addField(Input, Flags(it.data))
	case tagOutput:
		return p.addField(Output, Flags(it.data))
	case tagFeature:
		return p.addField(Feature, Flags(it.data))
	case tagEndCollection:
		if len(p.open) == 0 {
			return fmt.Errorf("no collection is open")
		}
		p.open = p.open[:len(p.open)-1]
		p.openedAt = p.openedAt[:len(p.open)]
		return nil
	}
	if len(p.open) == maxCollectionDepth {
		return fmt.Errorf("more than %d levels deep", maxCollectionDepth)
	}
	c := Collection{Type: uint8(it.data), Parent: p.collection()}
	if usages := p.resolveUsages(); len(usages) > 0 {
		c.Page, c.Usage = usages[0].Page, usages[0].Min
	}
	p.open = append(p.open, len(p.d.Collections))
	p.openedAt = append(p.openedAt, p.offset)
	p.d.Collections = append(p.d.Collections, c)
	return nil
}

func (p *parser) takeGlobal(it item) error {
	g := &p.global
	switch it.tag {
	case tagUsagePage:
		if it.data > 0xffff {
			return fmt.Errorf("page %#x does not fit in 16 bits", it.data)
		}
		g.page = uint16(it.data)
	case tagLogicalMin:
		g.logicalMin = it
	case tagLogicalMax:
		g.logicalMax = it
	case tagReportSize:
		if it.data > maxFieldBits {
			return fmt.Errorf("%d bits, more than %d", it.data, maxFieldBits)
		}
		g.size = it.data
	case tagReportCount:
		if it.data > maxFieldCount {
			return fmt.Errorf("%d values, more than %d", it.data, maxFieldCount)
		}
		g.count = it.data
	case tagReportID:
		if it.data == 0 || it.data > 0xff {
			return fmt.Errorf("%d is not within 1 to 255", it.data)
		}
		g.reportID = uint8(it.data)
		p.d.Numbered = true
	case tagPush:
		if len(p.pushed) == maxPushDepth {
			return fmt.Errorf("more than %d levels deep", maxPushDepth)
		}
		p.pushed = append(p.pushed, *g)
	case tagPop:
		if len(p.pushed) == 0 {
			return fmt.Errorf("nothing was pushed")
		}
		*g = p.pushed[len(p.pushed)-1]
		p.pushed = p.pushed[:len(p.pushed)-1]
	}
	return nil // physical units, designators, strings, and what nobody has defined
}

func (p *parser) takeLocal(it item) error {
	l := &p.local
	if it.tag == tagDelimiter {
		if opens := it.data != 0; opens == l.delimiter {
			return fmt.Errorf("%d after a delimiter of the same kind", it.data)
		}
		l.delimiter, l.hasPrimary = it.data != 0, false
		return nil
	}
	if l.delimiter && l.hasPrimary {
		return nil
	}
	switch it.tag {
	case tagUsage:
		l.hasPrimary = true
		return p.addUsages(it, it)
	case tagUsageMin:
		l.min, l.hasMin = it, true
	case tagUsageMax:
		l.max, l.hasMax = it, true
	}
	if !l.hasMin || !l.hasMax {
		return nil
	}
	l.hasMin, l.hasMax, l.hasPrimary = false, false, true
	return p.addUsages(l.min, l.max)
}

// addUsages adds a range to the locals. A usage of four bytes carries its page and lends it to the other end of its range.
func (p *parser) addUsages(first, last item) error {
	u := localUsage{UsageRange{p.global.page, uint16(first.data), uint16(last.data)}, first.size == 4}
	if u.full {
		u.Page = uint16(first.data >> 16)
	}
	if last.size == 4 {
		page := uint16(last.data >> 16)
		if u.full && u.Page != page {
			return fmt.Errorf("range from page %#x to page %#x", u.Page, page)
		}
		u.Page, u.full = page, true
	}
	if u.Min > u.Max {
		return fmt.Errorf("range from %#x to %#x", u.Min, u.Max)
	}
	p.local.usages = append(p.local.usages, u)
	return nil
}

// resolveUsages gives the page now in force to the usages that it stands behind ("usage, page, input"), and joins neighbours. A
// usage that was written under an earlier page keeps that page when a later one was written under the page now in force. HID 1.11,
// section 6.2.2.8, would change it too, but pen tablets mean this, and Linux does it (hid_concatenate_last_usage_page).
func (p *parser) resolveUsages() []UsageRange {
	usages := p.local.usages
	for i := len(usages) - 1; i >= 0; i-- {
		if u := &usages[i]; !u.full {
			if u.Page == p.global.page {
				break
			}
			u.Page = p.global.page
		}
	}
	var ranges []UsageRange
	for _, u := range usages {
		if n := len(ranges); n > 0 && ranges[n-1].Page == u.Page && int(ranges[n-1].Max)+1 == int(u.Min) {
			ranges[n-1].Max = u.Max
			continue
		}
		ranges = append(ranges, u.UsageRange)
	}
	return slices.Clip(ranges)
}

func (p *parser) addField(kind Kind, flags Flags) error {
	g := &p.global
	f := Field{Kind: kind, ReportID: g.reportID, Collection: p.collection(), Flags: flags, Size: int(g.size), Count: int(g.count)}
	f.LogicalMin, f.LogicalMax = g.logicalMin.signed(), g.logicalMax.signed()
	if f.LogicalMin >= 0 && f.LogicalMax < f.LogicalMin {
		f.LogicalMax = int64(g.logicalMax.data) // real boards write 25 FF for 255
	}
	if f.LogicalMax < f.LogicalMin {
		return fmt.Errorf("logical range from %d to %d", f.LogicalMin, f.LogicalMax)
	}
	report := reportKey{kind, g.reportID}
	f.BitOffset = p.d.bits[report]
	end := f.BitOffset + f.Size*f.Count
	if end > maxReportBits {
		return fmt.Errorf("report %d is longer than %d bytes", g.reportID, maxReportBits/8)
	}
	p.d.bits[report] = end
	f.Usages = p.resolveUsages()
	if len(f.Usages) == 0 || f.Size*f.Count == 0 {
		return nil
	}
	if f.hasKeys() {
		if p.keyValues += f.Count; p.keyValues > maxKeyValues {
			return fmt.Errorf("more than %d keys", maxKeyValues)
		}
	}
	p.d.Fields = append(p.d.Fields, f)
	return nil
}

func (p *parser) collection() int {
	if len(p.open) == 0 {
		return -1
	}
	return p.open[len(p.open)-1]
}
