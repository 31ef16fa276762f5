package store

import (
	"context"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// Merged reports whether [Merge] made the file. Its catalogue is then that of many
// desks.
func (s *Store) Merged(ctx context.Context) (merged bool, err error) {
	err = s.view(ctx, func(tx *bolt.Tx, _ words) (err error) {
		merged, err = isMerged(tx)
		return err
	})
	return merged, err
}

// twice reports an event whose sequence number another event of its origin has. In
// a merged file that is no damage: two copies of one machine gave it out.
func (c *checker) twice(id cx.ID) {
	report := c.damage
	if merged, err := isMerged(c.tx); err == nil && merged {
		report = c.remark
	}
	report("event %s: another event of origin %s has the sequence number %d", id, id.Origin(), id.Seq())
}
