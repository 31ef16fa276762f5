package store

import (
	"encoding/binary"
	"errors"
	"hash/crc32"

	"magicbutton/internal/cx"
)

// brief is what a tally needs of a record.
type brief struct {
	series, sender uint64
	// heads says that the event stands for its conversation, counts that it was
	// neither taken back nor made by a suspect clock.
	heads, counts bool
}

// idMillis returns the instant in an event's key, in Unix ms.
func idMillis(key []byte) int64 { return int64(binary.BigEndian.Uint64(key) >> 16) }

// The first bytes of the fields of a record (protobuf.dev, "Encoding": number × 8 +
// wire type).
const (
	varintField = 0
	bytesField  = 2

	seriesTag       = fieldSeries<<3 | varintField
	senderTag       = fieldSender<<3 | varintField
	conversationTag = fieldConversation<<3 | bytesField
	clockTag        = fieldClock<<3 | varintField
	voidedTag       = fieldVoided<<3 | varintField
	lastTag         = fieldNoted<<3 | varintField
)

var errRecord = errors.New("not an event's record")

// openBrief is openRecord for a tally that reads millions: it checks the seal, and
// no more of the record than it takes out.
func openBrief(key, value []byte) (brief, error) {
	if len(key) != len(cx.ID{}) || len(value) < sealBytes {
		return brief{}, badBrief(key, value)
	}
	end := len(value) - 4
	var sum uint32
	if key := key[:cap(key)]; len(key) > len(cx.ID{})+end && &key[len(cx.ID{})] == &value[0] {
		sum = crc32.Update(eventsTable.sum, castagnoli, key[:len(cx.ID{})+end]) // both at once, see page.pair
	} else {
		sum = eventsTable.crc(key, value[:end])
	}
	if sum != binary.BigEndian.Uint32(value[end:]) || value[0] != recordVersion {
		return brief{}, badBrief(key, value)
	}
	r := brief{heads: true, counts: true}
	b, i := value[:end], 1
	if len(b) >= 6 && b[1] == seriesTag && b[2] < 0x80 && b[3] == senderTag { // as most records begin
		r.series = uint64(b[2])
		switch i = 3; {
		case b[4] < 0x80:
			r.sender, i = uint64(b[4]), 5
		case b[5] < 0x80:
			r.sender, i = uint64(b[4]&0x7f)|uint64(b[5])<<7, 6
		}
	}
	for i < len(b) {
		tag := b[i]
		if tag > lastTag { // a field of a later version
			break
		}
		switch i++; tag {
		case conversationTag:
			const bytes = 1 + len(cx.ID{}) // with their number
			if i+bytes > len(b) || int(b[i]) != len(cx.ID{}) {
				return brief{}, badBrief(key, value)
			}
			r.heads = string(b[i+1:i+bytes]) == string(key)
			i += bytes
			continue
		case seriesTag:
			r.series, _ = uvarint(b[i:])
		case senderTag:
			r.sender, _ = uvarint(b[i:])
		case clockTag, voidedTag:
			r.counts = false
		}
		for i < len(b) && b[i] >= 0x80 {
			i++
		}
		if i++; i > len(b) {
			return brief{}, badBrief(key, value)
		}
	}
	return r, nil
}

// badBrief says what is wrong with a record that openBrief cannot read.
func badBrief(key, value []byte) error {
	if _, _, err := openRecord(eventsTable, key, value); err != nil {
		return err
	}
	return eventsTable.damaged(key, errRecord)
}
