package store

import (
	"encoding/binary"
	"errors"
	"fmt"

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
	if len(key) != len(cx.ID{}) {
		return brief{}, eventsTable.damaged(key, fmt.Errorf("its key has %d bytes, want %d", len(key), len(cx.ID{})))
	}
	b, err := eventsTable.unseal(key, value)
	if err != nil {
		return brief{}, err
	}
	r := brief{heads: true, counts: true}
	for len(b) > 1 {
		tag := b[0]
		if tag > lastTag { // a field of a later version
			break
		}
		if tag == conversationTag {
			if len(b) < 2+len(cx.ID{}) || b[1] != byte(len(cx.ID{})) {
				return brief{}, eventsTable.damaged(key, errRecord)
			}
			r.heads = string(b[2:2+len(cx.ID{})]) == string(key)
			b = b[2+len(cx.ID{}):]
			continue
		}
		v, n := uvarint(b[1:])
		if n <= 0 || tag&7 != varintField {
			return brief{}, eventsTable.damaged(key, errRecord)
		}
		b = b[1+n:]
		switch tag {
		case seriesTag:
			r.series = v
		case senderTag:
			r.sender = v
		case clockTag, voidedTag:
			r.counts = false
		}
	}
	return r, nil
}
