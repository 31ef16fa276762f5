package store

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"
	"google.golang.org/protobuf/encoding/protowire"

	"magicbutton/internal/cx"
)

// ErrTotalAndChannels says that a week and site would have both a total of its
// contacts and numbers per channel, which would count conversations twice.
var ErrTotalAndChannels = errors.New("a total and numbers per channel exclude each other")

// storedContacts is a number of contacts as it is stored. One that was taken away
// stays as a mark, so that it does not come back out of another file.
type storedContacts struct {
	cx.Contacts
	removed bool
}

// appendTo writes the record to the end of b: 1: count; 2: when it was set, Unix
// ms; 3: 1 where it was taken away.
func (c storedContacts) appendTo(b []byte) []byte {
	b = appendUint(b, 1, uint64(c.Count))
	b = appendUint(b, 2, uint64(c.SetAt.UnixMilli()))
	return appendUint(b, 3, protowire.EncodeBool(c.removed))
}

// weekKeyBytes is how long weekKey is.
const weekKeyBytes = 3

// weekKey writes a week so that weeks are in order: 2 bytes year, 1 byte number.
func weekKey(w cx.Week) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(w.Year)), byte(w.Number))
}

func parseWeekKey(b []byte) cx.Week {
	return cx.Week{Year: int(binary.BigEndian.Uint16(b)), Number: int(b[2])}
}

// contactsKey is week, site, a zero, which no name contains, and channel.
func contactsKey(k cx.ContactsKey) []byte {
	b := append(weekKey(k.Week), k.Site...)
	return append(append(b, 0), k.Channel...)
}

// parseContacts reads a pair of contactsTable.
func parseContacts(key, value []byte) (storedContacts, error) {
	record, err := contactsTable.unseal(key, value)
	if err != nil {
		return storedContacts{}, err
	}
	return contactsOf(key, record)
}

func contactsOf(key, record []byte) (storedContacts, error) {
	bad := func(err error) (storedContacts, error) { return storedContacts{}, contactsTable.damaged(key, err) }
	if len(key) < weekKeyBytes {
		return bad(errors.New("its key has no week"))
	}
	site, channel, ok := bytes.Cut(key[weekKeyBytes:], []byte{0})
	if !ok {
		return bad(errors.New("its key has no channel"))
	}
	f, err := parseFields(record)
	if err != nil {
		return bad(err)
	}
	if f.numbers[1] > cx.MaxContacts || f.numbers[3] > 1 {
		return bad(errors.New("not a number of contacts"))
	}
	c := storedContacts{cx.Contacts{
		Week: parseWeekKey(key), Site: string(site), Channel: cx.Channel(channel),
		Count: int(f.numbers[1]), SetAt: millis(int64(f.numbers[2])),
	}, f.numbers[3] == 1}
	if err := c.Check(); err != nil {
		return bad(err)
	}
	return c, nil
}

// Contacts returns how many conversations were handled, as far as it is known, by
// week, site and channel. Where the files that were merged said both a total and
// numbers per channel of one week and site, what was said last counts.
func (s *Store) Contacts(ctx context.Context) (all []cx.Contacts, err error) {
	err = s.view(ctx, func(tx *bolt.Tx, _ words) (err error) {
		all, err = readContacts(tx)
		return err
	})
	return all, err
}

func readContacts(tx *bolt.Tx) (all []cx.Contacts, err error) {
	for key, value := range contactsTable.pairs(tx, nil) {
		c, err := parseContacts(key, value)
		if err != nil {
			return nil, err
		}
		if !c.removed {
			all = append(all, c.Contacts)
		}
	}
	slices.SortFunc(all, cx.CompareContacts)
	return oneKind(all), nil
}

// oneKind leaves of each week and site either the total or the channels: those of
// which one was set last, and the total of equals.
func oneKind(all []cx.Contacts) []cx.Contacts {
	totalStands := make(map[cx.ContactsKey]bool) // by week and site
	for i, c := range all {
		of := cx.ContactsKey{Week: c.Week, Site: c.Site}
		if c.Channel == "" { // the first of its week and site
			totalStands[of] = !slices.ContainsFunc(all[i:], func(d cx.Contacts) bool {
				return d.Week == c.Week && d.Site == c.Site && d.SetAt.After(c.SetAt)
			})
		}
	}
	return slices.DeleteFunc(all, func(c cx.Contacts) bool {
		total, both := totalStands[cx.ContactsKey{Week: c.Week, Site: c.Site}]
		return both && total != (c.Channel == "")
	})
}

// SetContacts stores how many conversations were handled, all of it or nothing; a
// number that is there already is replaced. SetAt is the store's. The error is an
// [ErrTotalAndChannels] where a week and site would have both kinds.
func (s *Store) SetContacts(ctx context.Context, contacts []cx.Contacts) error {
	var errs []error
	for _, c := range contacts {
		if err := c.Check(); err != nil {
			errs = append(errs, fmt.Errorf("contacts of %s: %w", contactsName(c), err))
		}
	}
	if err := badRecord(errors.Join(errs...)); err != nil {
		return err
	}
	_, err := s.write(ctx, func(w *writer) error {
		known, err := readContacts(w.tx)
		if err != nil {
			return err
		}
		if err := bothKinds(contacts, known); err != nil {
			return err
		}
		for _, c := range contacts {
			if err := w.putContacts(storedContacts{Contacts: c}); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// RemoveContacts takes numbers of contacts away; what is not known stays so. With a
// total go the numbers per channel of its week and site: where files were merged they
// may be hidden behind it, and would be back.
func (s *Store) RemoveContacts(ctx context.Context, keys []cx.ContactsKey) error {
	_, err := s.write(ctx, func(w *writer) error {
		all, err := withChannels(w.tx, keys)
		if err != nil {
			return err
		}
		for _, k := range all {
			known, err := contactsTable.has(w.tx, contactsKey(k))
			if err != nil {
				return err
			}
			if !known {
				continue
			}
			if err := w.putContacts(storedContacts{cx.Contacts{Week: k.Week, Site: k.Site, Channel: k.Channel}, true}); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// withChannels returns keys, and those of the channels that belong to the totals.
func withChannels(tx *bolt.Tx, keys []cx.ContactsKey) ([]cx.ContactsKey, error) {
	all := slices.Clone(keys)
	for key, value := range contactsTable.pairs(tx, nil) {
		c, err := parseContacts(key, value)
		if err != nil {
			return nil, err
		}
		if !c.removed && c.Channel != "" && slices.Contains(keys, cx.ContactsKey{Week: c.Week, Site: c.Site}) &&
			!slices.Contains(keys, c.Key()) {
			all = append(all, c.Key())
		}
	}
	return all, nil
}

// putContacts stores a record with the instant of now, or a later one where the clock
// went back: of two files the later record counts.
func (w *writer) putContacts(c storedContacts) error {
	key := contactsKey(c.Key())
	c.SetAt = w.now
	b, err := contactsTable.get(w.tx, key)
	if err != nil {
		return err
	}
	if b != nil {
		before, err := contactsOf(key, b)
		if err != nil {
			return err
		}
		c.SetAt = later(w.now, before.SetAt)
	}
	return contactsTable.put(w.tx, key, c.appendTo(nil))
}

// later returns now, or the next millisecond after last where now is not after it.
func later(now, last time.Time) time.Time {
	if now.After(last) {
		return now
	}
	return last.Add(time.Millisecond)
}

// bothKinds refuses a total beside numbers per channel.
func bothKinds(contacts, known []cx.Contacts) error {
	var errs []error
	for i, c := range contacts {
		for _, d := range slices.Concat(contacts[:i], known) {
			if c.Week == d.Week && c.Site == d.Site && (c.Channel == "") != (d.Channel == "") {
				errs = append(errs, fmt.Errorf("contacts of %s: %d are known of %s: %w", contactsName(c), d.Count, contactsName(d), ErrTotalAndChannels))
				break
			}
		}
	}
	return errors.Join(errs...)
}

func contactsName(c cx.Contacts) string {
	name := c.Week.String()
	if c.Site != "" {
		name += fmt.Sprintf(", site %q", c.Site)
	}
	return name + ", " + cmp.Or(string(c.Channel), "all channels")
}
