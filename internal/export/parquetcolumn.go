package export

import (
	"encoding/binary"
	"math/bits"
)

// parquetColumn holds a column's part of a row group.
type parquetColumn struct {
	column
	rows, nulls int
	known       []uint32 // of each row whether it is not null, where that may be
	plain       []byte   // the values, but for those with a dictionary
	bits        int      // in the last byte of plain, of truth values
	least, most int64    // of numbers
	dictionary  map[string]uint32
	words       []byte   // of the dictionary
	refs        []uint32 // of each row into the dictionary
}

func newParquetColumn(c column) *parquetColumn {
	p := &parquetColumn{column: c}
	if c.kind == kindWord {
		p.dictionary = make(map[string]uint32)
	}
	return p
}

// reset makes room for the next row group in the same memory.
func (c *parquetColumn) reset() {
	c.rows, c.nulls, c.bits = 0, 0, 0
	c.known, c.plain, c.words, c.refs = c.known[:0], c.plain[:0], c.words[:0], c.refs[:0]
	clear(c.dictionary)
}

// physical is what the values are in the file.
func (c *parquetColumn) physical() int64 {
	switch c.kind {
	case kindWord, kindText:
		return parquetByteArray
	case kindBool:
		return parquetBoolean
	case kindDay:
		return parquetInt32
	}
	return parquetInt64
}

func (c *parquetColumn) encoding() int64 {
	if c.dictionary != nil {
		return encodingDictionary
	}
	return encodingPlain
}

// add adds a row and returns about how much memory that took.
func (c *parquetColumn) add(v value) int {
	c.rows++
	if c.optional {
		if v.null {
			c.nulls++
			c.known = append(c.known, 0)
			return 4
		}
		c.known = append(c.known, 1)
	}
	before := len(c.plain) + len(c.words)
	switch c.physical() {
	case parquetByteArray:
		c.addText(v.text)
	case parquetBoolean:
		c.addBit(v.n)
	case parquetInt32:
		c.plain = binary.LittleEndian.AppendUint32(c.plain, uint32(v.n))
	default:
		c.plain = binary.LittleEndian.AppendUint64(c.plain, uint64(v.n))
	}
	if first := c.rows-c.nulls == 1; first || v.n < c.least {
		c.least = v.n
	}
	if first := c.rows-c.nulls == 1; first || v.n > c.most {
		c.most = v.n
	}
	return len(c.plain) + len(c.words) - before + 4
}

func (c *parquetColumn) addText(s string) {
	if c.dictionary == nil {
		c.plain = appendByteArray(c.plain, s)
		return
	}
	ref, ok := c.dictionary[s]
	if !ok {
		ref = uint32(len(c.dictionary))
		c.dictionary[s] = ref
		c.words = appendByteArray(c.words, s)
	}
	c.refs = append(c.refs, ref)
}

func (c *parquetColumn) addBit(bit int64) {
	if c.bits%8 == 0 {
		c.plain = append(c.plain, 0)
	}
	c.plain[len(c.plain)-1] |= byte(bit) << (c.bits % 8)
	c.bits++
}

func appendByteArray(b []byte, s string) []byte {
	return append(binary.LittleEndian.AppendUint32(b, uint32(len(s))), s...)
}

// bound writes a number as statistics have it, nil where there is none.
func (c *parquetColumn) bound(n int64) []byte {
	if c.rows == c.nulls {
		return nil
	}
	switch c.physical() {
	case parquetInt32:
		return binary.LittleEndian.AppendUint32(nil, uint32(n))
	case parquetInt64:
		return binary.LittleEndian.AppendUint64(nil, uint64(n))
	}
	return nil
}

// page returns the page with the rows, before it is packed.
func (c *parquetColumn) page() []byte {
	var b []byte
	if c.optional {
		b = appendRuns(make([]byte, 4), c.known, 1)
		binary.LittleEndian.PutUint32(b, uint32(len(b)-4))
	}
	if c.dictionary == nil {
		if b == nil {
			return c.plain
		}
		return append(b, c.plain...)
	}
	// A dictionary of one word would take no bits, which some readers do not expect.
	width := max(bits.Len(uint(len(c.dictionary)-1)), 1)
	return appendRuns(append(b, byte(width)), c.refs, width)
}

// leastRun is from how many equal numbers on they are written as a run.
const leastRun = 8

// appendRuns writes numbers of so many bits in the hybrid of runs and packed bits
// (parquet-format, Encodings.md, "Run Length Encoding / Bit-Packing Hybrid").
func appendRuns(b []byte, numbers []uint32, width int) []byte {
	for len(numbers) > 0 {
		if n := runOf(numbers); n >= leastRun {
			b = binary.AppendUvarint(b, uint64(n)<<1)
			for shift := 0; shift < width; shift += 8 {
				b = append(b, byte(numbers[0]>>shift))
			}
			numbers = numbers[n:]
			continue
		}
		// Eights that no run begins at; only the very last may lack some.
		n := 8
		for n < len(numbers) && !startsRun(numbers[n:]) {
			n += 8
		}
		b = binary.AppendUvarint(b, uint64(n/8)<<1|1)
		b = appendPacked(b, numbers[:min(n, len(numbers))], n, width)
		numbers = numbers[min(n, len(numbers)):]
	}
	return b
}

// runOf returns how many numbers are as the first.
func runOf(numbers []uint32) int {
	n := 1
	for n < len(numbers) && numbers[n] == numbers[0] {
		n++
	}
	return n
}

func startsRun(numbers []uint32) bool {
	return len(numbers) >= leastRun && runOf(numbers[:leastRun]) == leastRun
}

// appendPacked writes n numbers bit by bit, the lowest first, zeros behind those
// that there are.
func appendPacked(b []byte, numbers []uint32, n, width int) []byte {
	var held uint64
	used := 0
	for i := range n {
		if i < len(numbers) {
			held |= uint64(numbers[i]) << used
		}
		for used += width; used >= 8; used -= 8 {
			b = append(b, byte(held))
			held >>= 8
		}
	}
	return b
}
