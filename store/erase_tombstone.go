package store

import (
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"
	"google.golang.org/protobuf/encoding/protowire"

	"magicbutton/internal/cx"
)

// tombstone is what is left of an erased event: enough to count it as before,
// and to know it again when a copy of it comes along.
type tombstone struct {
	quarter uint64 // 1: varint, UTC quarter hours since 1970 until the one that the event fell in
	series  uint64 // 2: varint, number in seriesTable
	desk    uint64 // 3: varint, number in dictionaryTable
	site    uint64 // 4: varint, number in dictionaryTable
	counts  bool   // 5: varint 1: it was neither taken back nor of a suspect clock
	heads   bool   // 6: varint 1: it was the first event of its conversation
	rev     uint32 // 7: varint
	// sealed, 8: varint 1, says that its day was purged: the sealed day counts the
	// event, and no more is left here than that it was erased, and its quarter hour.
	sealed bool
}

// asSealed is what is left of a tombstone once its day is purged.
func (t tombstone) asSealed() tombstone { return tombstone{quarter: t.quarter, sealed: true} }

// quarterHour is how exactly the instant of an erased event is kept.
const quarterHour = 15 * time.Minute

// tombstoneKey has what never repeats of an id, and not its instant.
func tombstoneKey(id cx.ID) []byte { return id[len(id)-tombstoneKeyBytes:] }

const tombstoneKeyBytes = len(cx.Origin{}) + 5

// quarterOf returns the UTC quarter hours between 1970 and an instant.
func quarterOf(at time.Time) uint64 {
	return uint64(max(at.Unix(), 0) / int64(quarterHour/time.Second))
}

// at returns the start of the quarter hour that the event fell in.
func (t tombstone) at() time.Time {
	return time.Unix(int64(t.quarter)*int64(quarterHour/time.Second), 0).UTC()
}

// id returns what stands for the erased event's id where another event names it:
// the same but for its instant.
func (t tombstone) id(key []byte) cx.ID {
	id := cx.FirstID(t.at())
	copy(id[len(id)-tombstoneKeyBytes:], key)
	return id
}

func (t tombstone) put(tx *bolt.Tx, key []byte) error {
	b := appendUint(nil, 1, t.quarter)
	b = appendUint(b, 2, t.series)
	b = appendUint(b, 3, t.desk)
	b = appendUint(b, 4, t.site)
	b = appendUint(b, 5, protowire.EncodeBool(t.counts))
	b = appendUint(b, 6, protowire.EncodeBool(t.heads))
	b = appendUint(b, 7, uint64(t.rev))
	b = appendUint(b, 8, protowire.EncodeBool(t.sealed))
	return tombstonesTable.put(tx, key, b)
}

// parseTombstone reads a pair of tombstonesTable.
func parseTombstone(key, value []byte) (tombstone, error) {
	if len(key) != tombstoneKeyBytes {
		return tombstone{}, tombstonesTable.damaged(key, errors.New("its key is no origin and number"))
	}
	b, err := tombstonesTable.unseal(key, value)
	if err != nil {
		return tombstone{}, err
	}
	f, err := tombstonesTable.parse(key, b)
	if err != nil {
		return tombstone{}, err
	}
	return tombstone{
		quarter: f.numbers[1], series: f.numbers[2], desk: f.numbers[3], site: f.numbers[4],
		counts: f.numbers[5] == 1, heads: f.numbers[6] == 1, rev: uint32(f.numbers[7]),
		sealed: f.numbers[8] == 1,
	}, nil
}

// event returns what is known of the erased event, for a tally: its instant is
// the start of its quarter hour, and one that does not count here is voided.
func (t tombstone) event(w words, key []byte) (cx.Event, error) {
	if t.sealed {
		return cx.Event{ID: t.id(key), Voided: true}, nil
	}
	if t.series == 0 || t.series > uint64(len(w.series)) {
		return cx.Event{}, tombstonesTable.damaged(key, fmt.Errorf("series %d: %w", t.series, errUnknownNumber))
	}
	desk, err1 := w.text(t.desk)
	site, err2 := w.text(t.site)
	if err := errors.Join(err1, err2); err != nil {
		return cx.Event{}, tombstonesTable.damaged(key, err)
	}
	what := w.series[t.series-1]
	e := cx.Event{
		ID: t.id(key), Tag: what.tag, Stage: what.stage, Channel: what.channel,
		Desk: desk, Site: site, Rev: t.rev, Voided: !t.counts,
	}
	if t.heads {
		e.Conversation = e.ID
	}
	return e, nil
}

// erased reports whether a tombstone stands for an event.
func erased(tx *bolt.Tx, id cx.ID) (bool, error) {
	b, err := tombstonesTable.get(tx, tombstoneKey(id))
	return b != nil, err
}
