package store

import (
	bolt "go.etcd.io/bbolt"
)

// mergedSeals are the sealed days of all files.
type mergedSeals map[string][]byte

// sealedDays returns the days whose summary is the record.
func sealedDays(tx *bolt.Tx) (map[uint32]bool, error) { return nil, nil }

func (m *merger) readSeals(tx *bolt.Tx, s *mergeSource) error { return nil }

func (m *merger) putSeals(w *writer) error { return nil }

// keepParts notes what each origin has in a day that is about to be sealed, so
// that the sealed days of many desks add up, and none is counted twice.
func (w *writer) keepParts(day uint32) error { return nil }
