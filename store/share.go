package store

import (
	"context"
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
