package hid

import (
	"encoding/binary"
	"errors"
)

// itemTag is an item's prefix without the bits of its size: HID 1.11, sections 6.2.2.4, 6.2.2.7 and 6.2.2.8.
type itemTag uint8

const (
	tagInput         itemTag = 0x80
	tagOutput        itemTag = 0x90
	tagFeature       itemTag = 0xb0
	tagCollection    itemTag = 0xa0
	tagEndCollection itemTag = 0xc0

	tagUsagePage   itemTag = 0x04
	tagLogicalMin  itemTag = 0x14
	tagLogicalMax  itemTag = 0x24
	tagReportSize  itemTag = 0x74
	tagReportID    itemTag = 0x84
	tagReportCount itemTag = 0x94
	tagPush        itemTag = 0xa4
	tagPop         itemTag = 0xb4

	tagUsage     itemTag = 0x08
	tagUsageMin  itemTag = 0x18
	tagUsageMax  itemTag = 0x28
	tagDelimiter itemTag = 0xa8

	tagLong itemTag = 0xfc
)

var tagNames = map[itemTag]string{
	tagInput: "input", tagOutput: "output", tagFeature: "feature", tagCollection: "collection",
	tagEndCollection: "end collection", tagUsagePage: "usage page", tagLogicalMin: "logical minimum",
	tagLogicalMax: "logical maximum", tagReportSize: "report size", tagReportID: "report id",
	tagReportCount: "report count", tagPush: "push", tagPop: "pop", tagUsage: "usage", tagUsageMin: "usage minimum",
	tagUsageMax: "usage maximum", tagDelimiter: "delimiter", tagLong: "long item",
}

// item is one item of a report descriptor.
type item struct {
	tag  itemTag
	size int // bytes of data: 0, 1, 2 or 4
	data uint32
}

// longItemPrefix announces an item with up to 255 bytes of data: HID 1.11, section 6.2.2.3. None was ever defined.
const longItemPrefix = 0xfe

var errTruncated = errors.New("cut off by the end")

// nextItem reads the item at the start of b, which is not empty, and returns its length with its prefix. The item has its tag even
// when it is cut off.
func nextItem(b []byte) (item, int, error) {
	if b[0] == longItemPrefix {
		const header = 3 // prefix, size of the data, tag
		if len(b) < header || len(b) < header+int(b[1]) {
			return item{tag: tagLong}, 0, errTruncated
		}
		return item{tag: tagLong}, header + int(b[1]), nil
	}
	it := item{tag: itemTag(b[0] &^ 3), size: int(b[0] & 3)}
	if it.size == 3 {
		it.size = 4
	}
	if len(b) < 1+it.size {
		return it, 0, errTruncated
	}
	var data [4]byte
	copy(data[:], b[1:1+it.size])
	it.data = binary.LittleEndian.Uint32(data[:])
	return it, 1 + it.size, nil
}

// signed is the data as a two's complement number of the size in which it was written.
func (it item) signed() int64 {
	switch it.size {
	case 1:
		return int64(int8(it.data))
	case 2:
		return int64(int16(it.data))
	}
	return int64(int32(it.data))
}

func (it item) name() string {
	if name, ok := tagNames[it.tag]; ok {
		return name
	}
	return "unknown item"
}
