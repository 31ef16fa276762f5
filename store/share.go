package store

import (
	"context"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"
)

// Version returns a text that is another one after each change of the file.
func (s *Store) Version(ctx context.Context) (version string, err error) {
	err = s.view(ctx, func(tx *bolt.Tx, _ words) error {
		version = fmt.Sprintf("%s %d %d", s.Origin(), tx.ID(), tx.Size())
		return nil
	})
	return version, err
}

// CopyTo writes a compact copy of the database to a new file. What is stored
// meanwhile is not in it.
func (s *Store) CopyTo(path string) error {
	db, err := bolt.Open(path, fileMode, nil)
	if err != nil {
		return err
	}
	err = bolt.Compact(db, s.db, 1<<20)
	return errors.Join(err, db.Sync(), db.Close())
}
