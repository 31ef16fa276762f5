package export

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"magicbutton/internal/cx"
)

// csvLine writes events as lines of CSV, as encoding/csv would write their cells.
type csvLine struct {
	instants           instants
	place, what, maker repeated
}

// append writes one event's line to the end of b.
func (c *csvLine) append(b []byte, e *cx.Event) []byte {
	id := len(b)
	b, _ = e.ID.AppendText(b) // never an error
	idEnd := len(b)
	b = c.instants.append(append(b, ','), e.ID.UnixMilli())
	b = append(b, ',')
	if !e.RecordedAt.IsZero() {
		b = c.instants.append(b, e.RecordedAt.UnixMilli())
	}
	b = c.place.append(b, appendTwoCells, e.Desk, e.Site, "")
	b = c.what.append(b, appendCells, e.Tag, string(e.Stage), string(e.Channel))
	if e.Tried == "" {
		b = append(b, ",,,"...)
	} else {
		b = append(appendCell(append(b, ','), string(e.Tried)), ',')
		b = append(strconv.AppendBool(b, e.Forced), ',')
	}
	if e.Conversation == e.ID {
		b = append(b, b[id:idEnd]...)
	} else {
		b, _ = e.Conversation.AppendText(b)
	}
	b = appendCell(append(b, ','), e.Note)
	b = c.maker.append(b, appendCells, string(e.Source), e.Device, e.Key)
	b = appendCell(append(b, ','), string(e.Clock))
	b = strconv.AppendUint(append(b, ','), uint64(e.Rev), 10)
	b = strconv.AppendBool(append(b, ','), e.Voided)
	return append(b, '\n')
}

// appendTwoCells writes two cells, each behind a comma.
func appendTwoCells(b []byte, x, y, _ string) []byte {
	return appendCell(append(appendCell(append(b, ','), x), ','), y)
}

// appendCells writes three cells, each behind a comma.
func appendCells(b []byte, x, y, z string) []byte {
	return appendCell(append(appendTwoCells(b, x, y, ""), ','), z)
}

// What a byte of a text means for its cell.
const (
	cellPlain = iota
	cellSpace // needs quotes where the text begins with it
	cellQuote // needs quotes wherever it stands
	cellGuard // gets a ' before it where the text begins with it
)

var cellBytes = func() (kinds [256]byte) {
	for c := range kinds {
		switch b := byte(c); {
		case b == ',' || b == '"' || b == '\n' || b == '\r':
			kinds[c] = cellQuote
		case guarded(b):
			kinds[c] = cellGuard
		case b == ' ' || b == '\v' || b == '\f' || b >= utf8.RuneSelf:
			kinds[c] = cellSpace
		}
	}
	return kinds
}()

// appendCell writes the cell of a text to the end of b.
func appendCell(b []byte, s string) []byte {
	if s == "" {
		return b
	}
	if cellBytes[s[0]] != cellPlain {
		return appendOddCell(b, s)
	}
	text := s
	for ; len(text) >= 8; text = text[8:] {
		if eight := word(text); hasByte(eight, ',')|hasByte(eight, '"')|hasByte(eight, '\n')|hasByte(eight, '\r') != 0 {
			return appendOddCell(b, s)
		}
	}
	for i := range len(text) {
		if cellBytes[text[i]] == cellQuote {
			return appendOddCell(b, s)
		}
	}
	if s == `\.` { // ends a file for PostgreSQL
		return appendOddCell(b, s)
	}
	return append(b, s...)
}

// word returns the first eight bytes of a text as a number.
func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// hasByte is not 0 where one of the eight bytes of a word is c
// (graphics.stanford.edu/~seander/bithacks.html, "Determine if a word has a zero
// byte").
func hasByte(word uint64, c byte) uint64 {
	word ^= ones * uint64(c)
	return (word - ones) &^ word & highs
}

// appendOddCell is appendCell for texts that may need a ' or quotes.
func appendOddCell(b []byte, s string) []byte {
	s = textCell(s)
	if first, _ := utf8.DecodeRuneInString(s); !strings.ContainsAny(s, ",\"\r\n") && !unicode.IsSpace(first) && s != `\.` {
		return append(b, s...)
	}
	b = append(b, '"')
	for {
		before, after, found := strings.Cut(s, `"`)
		b = append(b, before...)
		if !found {
			return append(b, '"')
		}
		b, s = append(b, `""`...), after
	}
}
