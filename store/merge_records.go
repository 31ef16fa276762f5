package store

import (
	"bytes"
	"maps"
	"slices"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// mergedRecords is what people wrote down in the files, by key: what the files say
// of one key is joined by rules that ask for no order.
type mergedRecords struct {
	contacts map[string]storedContacts
	actions  map[string]cx.Action
	frozen   map[string][]byte
}

func newMergedRecords() mergedRecords {
	return mergedRecords{make(map[string]storedContacts), make(map[string]cx.Action), make(map[string][]byte)}
}

func (m *merger) readRecords(tx *bolt.Tx, _ *mergeSource) error {
	all := &m.sides.records
	for key, value := range contactsTable.pairs(tx, nil) {
		c, err := parseContacts(key, value)
		if err != nil {
			return err
		}
		if known, ok := all.contacts[string(key)]; !ok || known.before(c) {
			all.contacts[string(key)] = c
		}
	}
	for key, value := range actionsTable.pairs(tx, nil) {
		a, err := parseAction(key, value)
		if err != nil {
			return err
		}
		if known, ok := all.actions[string(key)]; ok {
			a = joinActions(known, a)
		}
		all.actions[string(key)] = a
	}
	for key, value := range frozenTable.pairs(tx, nil) {
		f, err := parseFrozen(key, value)
		if err != nil {
			return err
		}
		all.frozen[string(key)] = appendFrozen(nil, f)
	}
	return nil
}

// before reports whether the other record of the same week, site and channel counts:
// that which was set later.
func (c storedContacts) before(other storedContacts) bool {
	if !c.SetAt.Equal(other.SetAt) {
		return c.SetAt.Before(other.SetAt)
	}
	return bytes.Compare(c.appendTo(nil), other.appendTo(nil)) < 0
}

func (m *merger) putRecords(w *writer) error {
	all := &m.sides.records
	for _, key := range slices.Sorted(maps.Keys(all.contacts)) {
		if err := contactsTable.put(w.tx, []byte(key), all.contacts[key].appendTo(nil)); err != nil {
			return err
		}
	}
	for _, key := range slices.Sorted(maps.Keys(all.actions)) {
		if err := actionsTable.put(w.tx, []byte(key), appendAction(nil, all.actions[key])); err != nil {
			return err
		}
	}
	for _, key := range slices.Sorted(maps.Keys(all.frozen)) {
		if err := frozenTable.put(w.tx, []byte(key), all.frozen[key]); err != nil {
			return err
		}
	}
	return nil
}
