package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"time"

	bolt "go.etcd.io/bbolt"
	"google.golang.org/protobuf/encoding/protowire"

	"magicbutton/internal/cx"
)

// Refuse counts a press that was seen and not counted, on the UTC day of at, for
// the origin that signs new events.
func (s *Store) Refuse(ctx context.Context, at time.Time, device, key string) error {
	if err := errors.Join(cx.CheckName("device", device), cx.CheckName("key", key)); err != nil {
		return err
	}
	_, err := s.write(ctx, func(w *writer) error {
		k := refusalKey(at, w.origin, device, key)
		b, err := refusalsTable.get(w.tx, k)
		if err != nil {
			return err
		}
		var n uint64
		if b != nil {
			if n, err = parseCount(k, b); err != nil {
				return err
			}
		}
		return refusalsTable.put(w.tx, k, protowire.AppendVarint(nil, n+1))
	})
	return err
}

// Refusals returns the counts of the UTC days that begin in a period, half-open,
// by day, origin, device and key. A zero from or to is no bound.
func (s *Store) Refusals(ctx context.Context, from, to time.Time) (all []Refusal, err error) {
	err = s.view(ctx, func(tx *bolt.Tx, _ words) error {
		for key, value := range refusalsTable.pairs(tx, nil) {
			r, err := parseRefusal(key, value)
			if err != nil {
				return err
			}
			if r.Day.Before(from) || !to.IsZero() && !r.Day.Before(to) {
				continue
			}
			all = append(all, r)
		}
		return nil
	})
	return all, err
}

// refusalKey separates names by a zero, which none contains. It begins with the day,
// and the origin keeps the desks apart where they have the same keypads.
func refusalKey(at time.Time, origin cx.Origin, device, key string) []byte {
	b := binary.BigEndian.AppendUint32(nil, utcDay(at))
	b = append(b, origin[:]...)
	return append(append(append(b, device...), 0), key...)
}

func parseRefusal(key, value []byte) (Refusal, error) {
	b, err := refusalsTable.unseal(key, value)
	if err != nil {
		return Refusal{}, err
	}
	n, err := parseCount(key, b)
	if err != nil {
		return Refusal{}, err
	}
	const dayBytes, originBytes = 4, len(cx.Origin{})
	if len(key) < dayBytes+originBytes {
		return Refusal{}, refusalsTable.damaged(key, errors.New("its key has no day or no origin"))
	}
	day, rest := key[:dayBytes], key[dayBytes:]
	device, name, ok := bytes.Cut(rest[originBytes:], []byte{0})
	if !ok {
		return Refusal{}, refusalsTable.damaged(key, errors.New("its key has no device"))
	}
	return Refusal{
		Day: dayStart(binary.BigEndian.Uint32(day)), Origin: cx.Origin(rest[:originBytes]),
		Device: string(device), Key: string(name), Count: int(n),
	}, nil
}

func parseCount(key, b []byte) (uint64, error) {
	v, n := protowire.ConsumeVarint(b)
	if n != len(b) {
		return 0, refusalsTable.damaged(key, errors.New("not a count"))
	}
	return v, nil
}
