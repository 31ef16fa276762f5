package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// ErrRevision says that a frozen week has another next revision: somebody froze it
// meanwhile.
var ErrRevision = errors.New("not the next revision")

// A frozen week's key is the week, 8 bytes Unix ms of when it was written, and the
// SHA-256 of its numbers, so that revisions are in order and one that two files have
// is one. Which number a revision has follows from the order.
const (
	frozenSumAt    = weekKeyBytes + 8
	frozenKeyBytes = frozenSumAt + 32
)

// The fields of a frozen week.
const (
	fieldFrozenZone    = 1
	fieldFrozenNumbers = 2
)

func frozenKey(f cx.Frozen) ([]byte, error) {
	sum, err := hex.DecodeString(f.SHA256)
	if err != nil {
		return nil, err
	}
	b := binary.BigEndian.AppendUint64(weekKey(f.Week), uint64(f.FrozenAt.UnixMilli()))
	return append(b, sum...), nil
}

// parseFrozen reads a pair of frozenTable, but for its revision.
func parseFrozen(key, value []byte) (cx.Frozen, error) {
	record, err := frozenTable.unseal(key, value)
	if err != nil {
		return cx.Frozen{}, err
	}
	return frozenOf(key, record)
}

func frozenOf(key, record []byte) (cx.Frozen, error) {
	bad := func(err error) (cx.Frozen, error) { return cx.Frozen{}, frozenTable.damaged(key, err) }
	if len(key) != frozenKeyBytes {
		return bad(fmt.Errorf("its key has %d bytes, want %d", len(key), frozenKeyBytes))
	}
	f, err := parseFields(record)
	if err != nil {
		return bad(err)
	}
	out := cx.Frozen{
		Week: parseWeekKey(key), Zone: string(f.bytes[fieldFrozenZone]),
		FrozenAt: millis(int64(binary.BigEndian.Uint64(key[weekKeyBytes:]))),
		SHA256:   hex.EncodeToString(key[frozenSumAt:]), Numbers: bytes.Clone(f.bytes[fieldFrozenNumbers]),
	}
	if err := out.Check(); err != nil {
		return bad(err)
	}
	return out, nil
}

func appendFrozen(b []byte, f cx.Frozen) []byte {
	b = appendBytes(b, fieldFrozenZone, []byte(f.Zone))
	return appendBytes(b, fieldFrozenNumbers, f.Numbers)
}

// Frozen returns what a closed week was written as, the oldest first. Each zone whose
// week it is has revisions of its own. Where two files wrote the same numbers one
// after the other, the first stands.
func (s *Store) Frozen(ctx context.Context, week cx.Week) (all []cx.Frozen, err error) {
	err = s.view(ctx, func(tx *bolt.Tx, _ words) (err error) {
		all, err = readFrozen(tx, week)
		return err
	})
	return all, err
}

func readFrozen(tx *bolt.Tx, week cx.Week) (all []cx.Frozen, err error) {
	if err := cx.CheckWeek("week", week); err != nil {
		return nil, err
	}
	last := make(map[string]cx.Frozen) // by zone
	prefix := weekKey(week)
	for key, value := range frozenTable.pairs(tx, prefix) {
		if !bytes.HasPrefix(key, prefix) {
			break
		}
		f, err := parseFrozen(key, value)
		if err != nil {
			return nil, err
		}
		if before := last[f.Zone]; before.SHA256 != f.SHA256 {
			f.Revision = before.Revision + 1
			last[f.Zone] = f
			all = append(all, f)
		}
	}
	return all, nil
}

// Freeze writes a closed week down. Where its last revision has the same numbers
// nothing is written. Revision must be the next one, else the error is an
// [ErrRevision], or 0, which means whichever it is. FrozenAt is the store's.
func (s *Store) Freeze(ctx context.Context, f cx.Frozen) error {
	if err := badRecord(f.Check()); err != nil {
		return err
	}
	_, err := s.write(ctx, func(w *writer) error {
		all, err := readFrozen(w.tx, f.Week)
		if err != nil {
			return err
		}
		var last cx.Frozen
		at := time.Time{}
		for _, other := range all {
			at = other.FrozenAt
			if other.Zone == f.Zone {
				last = other
			}
		}
		if last.SHA256 == f.SHA256 {
			return nil
		}
		if f.Revision != 0 && f.Revision != last.Revision+1 {
			return fmt.Errorf("freezing %s as revision %d: %w, which is %d", f.Week, f.Revision, ErrRevision, last.Revision+1)
		}
		g := f // the transaction may be run again
		g.FrozenAt = later(w.now, at)
		key, err := frozenKey(g)
		if err != nil {
			return err
		}
		return frozenTable.put(w.tx, key, appendFrozen(nil, g))
	})
	return err
}
