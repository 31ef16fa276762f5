package cx

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Origin is 40 random bits that one database signs its events with. The zero
// Origin means none and never signs an event.
type Origin [5]byte

// NewOrigin returns a random origin.
func NewOrigin() Origin {
	var o Origin
	for o == (Origin{}) {
		_, _ = rand.Read(o[:]) // never returns an error: crypto/rand since Go 1.24
	}
	return o
}

// String returns the origin as 8 characters of Crockford's base 32.
func (o Origin) String() string { return encodeBase32(o[:]) }

// ID names one event for good: 6 bytes Unix milliseconds of its instant, 5
// bytes origin, 5 bytes sequence of that origin, each big-endian, so that ids
// sort by time. An amendment never changes it. The zero ID means none.
type ID [16]byte

// Bounds of the parts of an [ID].
const (
	// MaxSeq is the last sequence number an origin can give out.
	MaxSeq = 1<<40 - 1
	// maxMillis is the last instant an ID can carry: 48 bits of milliseconds
	// since 1970, in the year 10889.
	maxMillis = 1<<48 - 1
)

// MakeID builds an id. An instant before 1970 or after the year 10889 is moved
// to that bound: a device's press is stored whatever the clock says.
// seq is 1 to [MaxSeq].
func MakeID(at time.Time, origin Origin, seq uint64) ID {
	ms := min(max(at.UnixMilli(), 0), maxMillis)
	var id ID
	binary.BigEndian.PutUint64(id[0:8], uint64(ms)<<16)
	copy(id[6:11], origin[:])
	id[11] = byte(seq >> 32)
	binary.BigEndian.PutUint32(id[12:16], uint32(seq))
	return id
}

// FirstID returns the smallest id of an instant: the place to start reading.
func FirstID(at time.Time) ID {
	return MakeID(at, Origin{}, 0)
}

// At returns the instant in the id, in UTC, to the millisecond.
func (id ID) At() time.Time {
	return time.UnixMilli(id.UnixMilli()).UTC()
}

// UnixMilli returns the instant in the id in milliseconds since 1970.
func (id ID) UnixMilli() int64 { return int64(binary.BigEndian.Uint64(id[0:8]) >> 16) }

// Origin returns the origin in the id.
func (id ID) Origin() Origin { return Origin(id[6:11]) }

// Seq returns the sequence number in the id, 1 or more; on the screen of its own
// desk the event is called #Seq.
func (id ID) Seq() uint64 {
	return uint64(id[11])<<32 | uint64(binary.BigEndian.Uint32(id[12:16]))
}

// IsZero reports whether the id is none.
func (id ID) IsZero() bool { return id == ID{} }

// String returns the id as 26 characters of Crockford's base 32, the form of a
// ULID (github.com/ulid/spec), or "" for the zero id.
func (id ID) String() string {
	var b [idChars]byte
	text, _ := id.AppendText(b[:0]) // never an error
	return string(text)
}

// idChars is the length of an id's text.
const idChars = 26

// AppendText writes the id as [ID.String] does to the end of b. It never returns
// an error.
func (id ID) AppendText(b []byte) ([]byte, error) {
	if id.IsZero() {
		return b, nil
	}
	high, low := binary.BigEndian.Uint64(id[:8]), binary.BigEndian.Uint64(id[8:])
	var text [idChars]byte
	for i := range 6 { // of 130 bits, the first two of which are none
		binary.LittleEndian.PutUint16(text[2*i:], crockfordPairs[high>>(56-10*i)&1023])
		binary.LittleEndian.PutUint16(text[14+2*i:], crockfordPairs[low>>(50-10*i)&1023])
	}
	binary.LittleEndian.PutUint16(text[12:], crockfordPairs[(high<<4|low>>60)&1023])
	return append(b, text[:]...), nil
}

// crockfordPairs are the two characters of ten bits, the first one low.
var crockfordPairs = func() (pairs [1024]uint16) {
	for i := range pairs {
		pairs[i] = uint16(crockford[i>>5]) | uint16(crockford[i&31])<<8
	}
	return pairs
}()

// ParseID reads what [ID.String] wrote; capitals do not matter, and I, L and O
// are read as 1, 1 and 0, as Crockford's base 32 has it.
func ParseID(s string) (ID, error) { return parseID(s) }

func parseID[T string | []byte](s T) (ID, error) {
	id, ok := quickID(s)
	if ok {
		return id, nil
	}
	if err := decodeBase32(id[:], s); err != nil {
		return ID{}, fmt.Errorf("event id %q: %w", clip(string(s)), err)
	}
	if id.Seq() == 0 {
		return ID{}, fmt.Errorf("event id %q: its sequence number is zero", s)
	}
	return id, nil
}

// quickID is parseID for what is an id; where it is false nothing is said.
func quickID[T string | []byte](s T) (id ID, ok bool) {
	if len(s) != idChars || s[0] > '7' { // 130 bits are two more than there are
		return ID{}, false
	}
	var high, low uint64
	all := int8(0)
	for i := range idChars {
		v := crockfordValues[s[i]]
		all |= v
		high = high<<5 | low>>59
		low = low<<5 | uint64(v)
	}
	binary.BigEndian.PutUint64(id[:8], high)
	binary.BigEndian.PutUint64(id[8:], low)
	if all < 0 || id.Seq() == 0 {
		return ID{}, false
	}
	return id, true
}

// MarshalText writes the id as text, the zero id as "".
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (id *ID) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*id = ID{}
		return nil
	}
	v, err := parseID(b)
	if err != nil {
		return err
	}
	*id = v
	return nil
}

// crockford is the alphabet of Crockford's base 32: no I, L, O or U.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// encodeBase32 writes b, most significant bit first, in as few characters as
// hold it: the first character carries the bits that are over.
func encodeBase32(b []byte) string {
	out := make([]byte, (len(b)*8+4)/5)
	acc, bits, in := uint(0), 0, len(b)
	for i := len(out) - 1; i >= 0; i-- {
		if bits < 5 && in > 0 {
			in--
			acc |= uint(b[in]) << bits
			bits += 8
		}
		out[i] = crockford[acc&31]
		acc >>= 5
		bits -= 5
	}
	return string(out)
}

// decodeBase32 reads exactly len(b) bytes from s.
func decodeBase32[T string | []byte](b []byte, s T) error {
	if want := (len(b)*8 + 4) / 5; len(s) != want {
		return fmt.Errorf("%d characters, want %d", len(s), want)
	}
	acc, bits, out := uint(0), 0, len(b)
	for i := len(s) - 1; i >= 0; i-- {
		v, ok := crockfordValue(s[i])
		if !ok {
			return fmt.Errorf("%q is not in Crockford's base 32", s[i])
		}
		acc |= v << bits
		bits += 5
		if bits >= 8 && out > 0 {
			out--
			b[out] = byte(acc)
			acc >>= 8
			bits -= 8
		}
	}
	if acc != 0 {
		return errors.New("too large")
	}
	return nil
}

func crockfordValue(c byte) (uint, bool) {
	v := crockfordValues[c]
	return uint(v), v >= 0
}

// crockfordValues are the values of all bytes, -1 for none.
var crockfordValues = func() (values [256]int8) {
	for c := range values {
		values[c] = int8(strings.IndexByte(crockford, byte(c)))
	}
	values['I'], values['L'], values['O'] = 1, 1, 0
	for c := byte('a'); c <= 'z'; c++ {
		values[c] = values[c-'a'+'A']
	}
	return values
}()
