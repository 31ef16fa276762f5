package store

import (
	"context"
	"errors"
	"io/fs"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// eraseAgain erases what had been erased from the database at path, of which there
// may be none. unread says why that could not be read: it may be what a backup is
// restored for.
func (s *Store) eraseAgain(ctx context.Context, path string, o RestoreOptions) (n int, unread, err error) {
	old, err := Open(path, Options{ReadOnly: true, Timeout: o.Timeout})
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil, nil
	}
	if err != nil {
		return 0, err, nil
	}
	dead := make(map[cx.ID]bool) // what stands for the erased events
	unread = old.view(ctx, func(tx *bolt.Tx, _ words) error {
		for key, value := range tombstonesTable.pairs(tx, nil) {
			t, err := parseTombstone(key, value)
			if err != nil {
				return err
			}
			dead[t.id(key)] = true
		}
		return nil
	})
	again := s.eraseActionsAgain(ctx, old)
	if err := errors.Join(again, old.Close(), ctx.Err()); err != nil {
		return 0, unread, err
	}
	ids, err := s.stillThere(ctx, dead)
	if err != nil || len(ids) == 0 {
		return 0, unread, err
	}
	erased, err := s.Erase(ctx, ids, nil)
	return len(erased.IDs), unread, err
}

// stillThere returns the events that something stands for in another database.
func (s *Store) stillThere(ctx context.Context, dead map[cx.ID]bool) (ids []cx.ID, err error) {
	err = s.view(ctx, func(tx *bolt.Tx, _ words) error {
		for stand := range dead {
			end := cx.FirstID(stand.At().Add(quarterHour))
			for key := range eventsTable.pairs(tx, stand[:6]) { // its instant
				if !bytesLess(key, end[:]) {
					break
				}
				if id := cx.ID(key); string(tombstoneKey(id)) == string(tombstoneKey(stand)) {
					ids = append(ids, id)
				}
			}
		}
		return nil
	})
	return ids, err
}
