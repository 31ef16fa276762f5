package store

import (
	"context"
	"fmt"
	"os"

	bolt "go.etcd.io/bbolt"
)

// Version returns a text that is another one after each change of the file.
func (s *Store) Version(ctx context.Context) (version string, err error) {
	info, err := os.Stat(s.path) // one that was compacted counts transactions anew
	if err != nil {
		return "", fmt.Errorf("reading database %s: %w", s.path, err)
	}
	err = s.view(ctx, func(tx *bolt.Tx, _ words) error {
		version = fmt.Sprintf("%s %d %d", s.Origin(), tx.ID(), info.ModTime().UnixNano())
		return nil
	})
	return version, err
}
