package store

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"magicbutton/internal/cx"
)

// record is an event's state as it is stored; text is in the dictionary. Zero
// values are not written.
type record struct {
	series       uint64 // 1: varint, number in seriesTable
	sender       uint64 // 2: varint, number in sendersTable
	recorded     int64  // 3: zigzag, RecordedAt minus the id's instant, in ms
	conversation cx.ID  // 4: 16 bytes; left out where it is the event's own id
	tried        uint64 // 5: varint, number in dictionaryTable
	forced       bool   // 6: varint 1
	clock        uint64 // 7: varint, number in dictionaryTable
	rev          uint32 // 8: varint
	voided       bool   // 9: varint 1
	noted        bool   // 10: varint 1: a note was stored, under the same key in notesTable
	// rest holds the fields of a later version of the program, which is free to
	// add some with higher numbers to this format. They are kept through
	// corrections.
	rest []byte
}

const (
	fieldSeries = iota + 1
	fieldSender
	fieldRecorded
	fieldConversation
	fieldTried
	fieldForced
	fieldClock
	fieldRev
	fieldVoided
	fieldNoted
)

// appendTo writes the record to the end of b.
func (r record) appendTo(b []byte) []byte {
	b = appendUint(b, fieldSeries, r.series)
	b = appendUint(b, fieldSender, r.sender)
	b = appendUint(b, fieldRecorded, protowire.EncodeZigZag(r.recorded))
	if !r.conversation.IsZero() {
		b = appendBytes(b, fieldConversation, r.conversation[:])
	}
	b = appendUint(b, fieldTried, r.tried)
	b = appendUint(b, fieldForced, protowire.EncodeBool(r.forced))
	b = appendUint(b, fieldClock, r.clock)
	b = appendUint(b, fieldRev, uint64(r.rev))
	b = appendUint(b, fieldVoided, protowire.EncodeBool(r.voided))
	b = appendUint(b, fieldNoted, protowire.EncodeBool(r.noted))
	return append(b, r.rest...)
}

// parseRecord reads what appendTo wrote, and nothing else: there is one way to
// write a record, so that equal states are equal bytes.
func parseRecord(b []byte) (record, error) {
	var r record
	last := protowire.Number(0)
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return record{}, protowire.ParseError(n)
		}
		if num <= last {
			return record{}, fmt.Errorf("field %d follows field %d", num, last)
		}
		if num > fieldNoted {
			err := r.keepRest(b)
			return r, err
		}
		last = num
		size, err := r.parseField(num, typ, b[n:])
		if err != nil {
			return record{}, fmt.Errorf("field %d: %w", num, err)
		}
		b = b[n+size:]
	}
	return r, nil
}

func (r *record) parseField(num protowire.Number, typ protowire.Type, b []byte) (int, error) {
	if num == fieldConversation {
		v, n := protowire.ConsumeBytes(b)
		if typ != protowire.BytesType || n < 0 || len(v) != len(r.conversation) {
			return 0, errors.New("not the 16 bytes of an id")
		}
		r.conversation = cx.ID(v)
		if r.conversation.IsZero() {
			return 0, errNotCanonical
		}
		return n, nil
	}
	v, n := protowire.ConsumeVarint(b)
	if typ != protowire.VarintType || n < 0 {
		return 0, errors.New("not a number")
	}
	if v == 0 || n != protowire.SizeVarint(v) {
		return 0, errNotCanonical
	}
	return n, r.setNumber(num, v)
}

var errNotCanonical = errors.New("not in its canonical form")

func (r *record) setNumber(num protowire.Number, v uint64) error {
	flag := func(to *bool) error {
		if v != 1 {
			return errNotCanonical
		}
		*to = true
		return nil
	}
	switch num {
	case fieldSeries:
		r.series = v
	case fieldSender:
		r.sender = v
	case fieldRecorded:
		r.recorded = protowire.DecodeZigZag(v)
	case fieldTried:
		r.tried = v
	case fieldForced:
		return flag(&r.forced)
	case fieldClock:
		r.clock = v
	case fieldRev:
		if v > math.MaxUint32 {
			return errors.New("too large")
		}
		r.rev = uint32(v)
	case fieldVoided:
		return flag(&r.voided)
	case fieldNoted:
		return flag(&r.noted)
	}
	return nil
}

// keepRest takes fields with numbers that this version does not know.
func (r *record) keepRest(b []byte) error {
	for rest := b; len(rest) > 0; {
		num, _, n := protowire.ConsumeField(rest)
		if n < 0 {
			return protowire.ParseError(n)
		}
		if num <= fieldNoted {
			return fmt.Errorf("field %d follows a later one", num)
		}
		rest = rest[n:]
	}
	r.rest = slices.Clone(b)
	return nil
}

// appendUint writes a field, or nothing for 0.
func appendUint(b []byte, num protowire.Number, v uint64) []byte {
	if v == 0 {
		return b
	}
	return protowire.AppendVarint(protowire.AppendTag(b, num, protowire.VarintType), v)
}

// appendBytes writes a field, or nothing where v is empty.
func appendBytes(b []byte, num protowire.Number, v []byte) []byte {
	if len(v) == 0 {
		return b
	}
	return protowire.AppendBytes(protowire.AppendTag(b, num, protowire.BytesType), v)
}

// fields are those of a small record, by number. Unknown ones are skipped.
type fields struct {
	numbers map[protowire.Number]uint64
	bytes   map[protowire.Number][]byte
}

// parseFields reads a record other than an event's. The bytes in it live as long
// as b.
func parseFields(b []byte) (fields, error) {
	f := fields{make(map[protowire.Number]uint64), make(map[protowire.Number][]byte)}
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return fields{}, protowire.ParseError(n)
		}
		b = b[n:]
		switch typ {
		case protowire.VarintType:
			f.numbers[num], n = protowire.ConsumeVarint(b)
		case protowire.BytesType:
			f.bytes[num], n = protowire.ConsumeBytes(b)
		default:
			n = protowire.ConsumeFieldValue(num, typ, b)
		}
		if n < 0 {
			return fields{}, protowire.ParseError(n)
		}
		b = b[n:]
	}
	return f, nil
}

// parse reads the small record that is stored under key.
func (t table) parse(key, record []byte) (fields, error) {
	f, err := parseFields(record)
	if err != nil {
		return fields{}, t.damaged(key, err)
	}
	return f, nil
}
