package store

import "magicbutton/internal/cx"

// twice reports an event whose sequence number another event of its origin has. In
// a merged file that is no damage: two copies of one machine gave it out.
func (c *checker) twice(id cx.ID) {
	report := c.damage
	if merged, err := isMerged(c.tx); err == nil && merged {
		report = c.remark
	}
	report("event %s: another event of origin %s has the sequence number %d", id, id.Origin(), id.Seq())
}
