package store

import (
	"cmp"
	"encoding/binary"
	"errors"
	"slices"
)

// cell counts the events of one series, at one place and in one quarter hour of a
// UTC day.
type cell struct {
	// place is the number of the first sender with the desk and the site; 0 where
	// places are not told apart.
	place  uint32
	series uint32
	// quarter is 0 to 95; 0 where quarter hours are not told apart.
	quarter uint32
	// count is of events, heads of those that stand for their conversation.
	count, heads uint32
}

const quartersPerDay = 24 * 4

func (c cell) compare(d cell) int {
	return cmp.Or(cmp.Compare(c.place, d.place), cmp.Compare(c.quarter, d.quarter), cmp.Compare(c.series, d.series))
}

// addUp sorts cells and makes one of those that count the same.
func addUp(cells []cell) []cell {
	slices.SortFunc(cells, cell.compare)
	out := cells[:0]
	for _, c := range cells {
		if n := len(out); n > 0 && out[n-1].compare(c) == 0 {
			out[n-1].count += c.count
			out[n-1].heads += c.heads
			continue
		}
		out = append(out, c)
	}
	return out
}

// without returns cells that do not tell some things apart.
func without(cells []cell, forget func(*cell)) []cell {
	out := slices.Clone(cells)
	for i := range out {
		forget(&out[i])
	}
	return addUp(out)
}

// A list of cells of one place is written as varints. The cells are numbered
// quarter × stride + series, where stride is the number of series plus one. Each
// begins with how far its number is from the one before, times two. Where that is
// even, it is one event, which stands for its conversation; where it is odd, count
// and heads follow.
func appendCells(b []byte, stride uint32, cells []cell) []byte {
	last := uint64(0)
	for _, c := range cells {
		number := uint64(c.quarter)*uint64(stride) + uint64(c.series)
		step := (number - last) << 1
		last = number
		if c.count == 1 && c.heads == 1 {
			b = binary.AppendUvarint(b, step)
			continue
		}
		b = binary.AppendUvarint(b, step|1)
		b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(c.count)), uint64(c.heads))
	}
	return b
}

var errCells = errors.New("not a list of counts")

// eachCell reads what appendCells wrote; the place is the caller's to know.
func eachCell(b []byte, stride uint32, fn func(cell)) error {
	number, most := uint64(0), uint64(stride)*quartersPerDay
	for len(b) > 0 {
		step, n := uvarint(b)
		if n <= 0 {
			return errCells
		}
		b = b[n:]
		if number += step >> 1; number >= most {
			return errCells
		}
		c := cell{quarter: uint32(number / uint64(stride)), series: uint32(number % uint64(stride)), count: 1, heads: 1}
		if c.series == 0 {
			return errCells
		}
		if step&1 != 0 {
			count, n1 := uvarint(b)
			heads, n2 := uvarint(b[max(n1, 0):])
			if n1 <= 0 || n2 <= 0 || count > 1<<32-1 || heads > count {
				return errCells
			}
			c.count, c.heads = uint32(count), uint32(heads)
			b = b[n1+n2:]
		}
		fn(c)
	}
	return nil
}

// uvarint is [binary.Uvarint], faster for one byte.
func uvarint(b []byte) (uint64, int) {
	if len(b) > 0 && b[0] < 0x80 {
		return uint64(b[0]), 1
	}
	return binary.Uvarint(b)
}

// appendPlaces writes the cells of all places: for each its number, how long its
// list is, and the list.
func appendPlaces(b []byte, stride uint32, cells []cell) []byte {
	var list []byte
	for len(cells) > 0 {
		place := cells[0].place
		n := slices.IndexFunc(cells, func(c cell) bool { return c.place != place })
		if n < 0 {
			n = len(cells)
		}
		list = appendCells(list[:0], stride, cells[:n])
		b = binary.AppendUvarint(b, uint64(place))
		b = binary.AppendUvarint(b, uint64(len(list)))
		b = append(b, list...)
		cells = cells[n:]
	}
	return b
}

// eachPlace reads what appendPlaces wrote, of the places that are wanted.
func eachPlace(b []byte, stride uint32, wanted func(place uint32) bool, fn func(cell)) error {
	for len(b) > 0 {
		place, n1 := uvarint(b)
		size, n2 := uvarint(b[max(n1, 0):])
		if n1 <= 0 || n2 <= 0 || place == 0 || place > 1<<32-1 || size > uint64(len(b)-n1-n2) {
			return errCells
		}
		list := b[n1+n2:][:size]
		b = b[n1+n2+int(size):]
		if !wanted(uint32(place)) {
			continue
		}
		err := eachCell(list, stride, func(c cell) {
			c.place = uint32(place)
			fn(c)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
