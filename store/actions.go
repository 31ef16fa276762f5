package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"
	"google.golang.org/protobuf/encoding/protowire"

	"magicbutton/internal/cx"
)

var (
	// ErrNoAction says that no action has the id.
	ErrNoAction = errors.New("no such action")
	// ErrActions says that more than one action has an id that begins so.
	ErrActions = errors.New("more than one action may be meant")
	// ErrActionClosed says that the action was closed already.
	ErrActionClosed = errors.New("the action was closed already")
)

// The fields of an action; the id is the key. Dates are numbers such as 20261116,
// and weeks such as 202647.
const (
	fieldActionTag     = 1
	fieldActionOwner   = 2
	fieldActionWhat    = 3
	fieldActionSince   = 4
	fieldActionExpect  = 5 // and one more, as 0 is a prediction, too
	fieldActionBy      = 6
	fieldActionClosed  = 7
	fieldActionAddedAt = 8 // Unix ms
)

// actionKeyBytes is how long actionKey is: 5 bytes origin, 5 bytes number.
const actionKeyBytes = len(cx.Origin{}) + 5

func actionKey(origin cx.Origin, n uint64) []byte {
	return append(origin[:], binary.BigEndian.AppendUint64(nil, n)[3:]...)
}

// actionKeyOf returns the key of an action that was read.
func actionKeyOf(a cx.Action) ([]byte, error) {
	origin, n, err := cx.ParseActionID(a.ID)
	return actionKey(origin, n), err
}

func appendAction(b []byte, a cx.Action) []byte {
	b = appendBytes(b, fieldActionTag, []byte(a.Tag))
	b = appendBytes(b, fieldActionOwner, []byte(a.Owner))
	b = appendBytes(b, fieldActionWhat, []byte(a.What))
	b = appendUint(b, fieldActionSince, dateNumber(a.Since))
	if a.Expect != nil {
		b = appendUint(b, fieldActionExpect, uint64(*a.Expect)+1)
	}
	b = appendUint(b, fieldActionBy, uint64(a.By.Year)*100+uint64(a.By.Number))
	b = appendUint(b, fieldActionClosed, dateNumber(a.Closed))
	return appendUint(b, fieldActionAddedAt, uint64(a.AddedAt.UnixMilli()))
}

func dateNumber(d cx.Date) uint64 {
	return uint64(d.Year)*10000 + uint64(d.Month)*100 + uint64(d.Day)
}

func dateOf(n uint64) cx.Date {
	return cx.Date{Year: int(n / 10000), Month: time.Month(n / 100 % 100), Day: int(n % 100)}
}

// parseAction reads a pair of actionsTable.
func parseAction(key, value []byte) (cx.Action, error) {
	record, err := actionsTable.unseal(key, value)
	if err != nil {
		return cx.Action{}, err
	}
	return actionOf(key, record)
}

func actionOf(key, record []byte) (cx.Action, error) {
	bad := func(err error) (cx.Action, error) { return cx.Action{}, actionsTable.damaged(key, err) }
	if len(key) != actionKeyBytes {
		return bad(fmt.Errorf("its key has %d bytes, want %d", len(key), actionKeyBytes))
	}
	origin := cx.Origin(key[:len(cx.Origin{})])
	number := binary.BigEndian.Uint64(append([]byte{0, 0, 0}, key[len(origin):]...))
	if number == 0 || origin == (cx.Origin{}) {
		return bad(errors.New("its key is no origin and number"))
	}
	f, err := parseFields(record)
	if err != nil {
		return bad(err)
	}
	for _, n := range []protowire.Number{fieldActionSince, fieldActionExpect, fieldActionBy, fieldActionClosed} {
		if f.numbers[n] > 1<<31 { // so that it fits an int everywhere; Check says the rest
			return bad(fmt.Errorf("field %d is too large", n))
		}
	}
	a := cx.Action{
		ID:  cx.ActionID(origin, number),
		Tag: string(f.bytes[fieldActionTag]), Owner: string(f.bytes[fieldActionOwner]), What: string(f.bytes[fieldActionWhat]),
		Since: dateOf(f.numbers[fieldActionSince]), Closed: dateOf(f.numbers[fieldActionClosed]),
		By:      cx.Week{Year: int(f.numbers[fieldActionBy] / 100), Number: int(f.numbers[fieldActionBy] % 100)},
		AddedAt: millis(int64(f.numbers[fieldActionAddedAt])),
	}
	if n := f.numbers[fieldActionExpect]; n > 0 {
		expect := int(n - 1)
		a.Expect = &expect
	}
	if err := a.Check(); err != nil {
		return bad(err)
	}
	return a, nil
}

// Actions returns what was done about tags: open actions first, then by the day on
// which they began, the latest first.
func (s *Store) Actions(ctx context.Context) (all []cx.Action, err error) {
	err = s.view(ctx, func(tx *bolt.Tx, _ words) (err error) {
		all, err = readActions(tx)
		return err
	})
	return all, err
}

func readActions(tx *bolt.Tx) (all []cx.Action, err error) {
	for key, value := range actionsTable.pairs(tx, nil) {
		a, err := parseAction(key, value)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	slices.SortFunc(all, cx.CompareActions)
	return all, nil
}

// AddAction stores an action, its words scrubbed, and returns it as it is stored. ID
// and AddedAt are the store's.
func (s *Store) AddAction(ctx context.Context, a cx.Action) (cx.Action, error) {
	a.Scrub()
	if err := badRecord(a.Check()); err != nil {
		return cx.Action{}, err
	}
	_, err := s.write(ctx, func(w *writer) error {
		all, err := readActions(w.tx)
		if err != nil {
			return err
		}
		// Above those of other origins, too, so that mostly the number alone is enough
		// to type in a file that was merged.
		number := uint64(1)
		for _, other := range all {
			_, n, err := cx.ParseActionID(other.ID)
			if err != nil {
				return err
			}
			number = max(number, n+1)
		}
		a.ID, a.AddedAt = cx.ActionID(w.origin, number), w.now
		return actionsTable.put(w.tx, actionKey(w.origin, number), appendAction(nil, a))
	})
	if err != nil {
		return cx.Action{}, err
	}
	return a, nil
}

// CloseAction ends an open action on a day and returns it. id is that of the action,
// or as much of it as no other action has: see [cx.FindAction]. The error is
// [ErrNoAction], [ErrActions] or [ErrActionClosed] where no open action is meant.
func (s *Store) CloseAction(ctx context.Context, id string, on cx.Date) (closed cx.Action, err error) {
	_, err = s.write(ctx, func(w *writer) error {
		all, err := readActions(w.tx)
		if err != nil {
			return err
		}
		if closed, err = oneAction(all, id); err != nil {
			return err
		}
		if !closed.Open() {
			return fmt.Errorf("action %s, closed on %s: %w", closed.ID, closed.Closed, ErrActionClosed)
		}
		closed.Closed = on
		if err := errors.Join(cx.CheckDate("closed", on), closed.Check()); err != nil {
			return badRecord(fmt.Errorf("action %s: %w", closed.ID, err))
		}
		key, err := actionKeyOf(closed)
		if err != nil {
			return err
		}
		return actionsTable.put(w.tx, key, appendAction(nil, closed))
	})
	if err != nil {
		return cx.Action{}, err
	}
	return closed, nil
}

// oneAction returns the one action that a typed id means.
func oneAction(all []cx.Action, id string) (cx.Action, error) {
	switch found := cx.FindAction(all, id); len(found) {
	case 0:
		return cx.Action{}, fmt.Errorf("action %q: %w", id, ErrNoAction)
	case 1:
		return found[0], nil
	default:
		var ids []string
		for _, a := range found {
			ids = append(ids, a.ID)
		}
		return cx.Action{}, fmt.Errorf("action %q: %w: %s", id, ErrActions, strings.Join(ids, ", "))
	}
}

// joinActions returns what two copies of one action come to, whichever comes first:
// a closed one wins over an open one, of two closed ones that which ended earlier,
// and words that were erased stay so.
func joinActions(a, b cx.Action) cx.Action {
	if string(appendAction(nil, b)) < string(appendAction(nil, a)) {
		a, b = b, a // of what should not differ, and does, that which sorts first
	}
	if a.Open() || !b.Open() && b.Closed.Before(a.Closed) {
		a.Closed = b.Closed
	}
	if b.What == cx.ErasedWords {
		a.What = b.What
	}
	if b.Owner == cx.ErasedWords {
		a.Owner = b.Owner
	}
	return a
}
