package store

import (
	"context"
	"fmt"

	bolt "go.etcd.io/bbolt"
)

// copySnapshot makes a file of what a transaction sees, with changes put over it.
// The file is durable; where the error is not nil there is none.
func copySnapshot(ctx context.Context, tx *bolt.Tx, path, like string, over changes, steps *steps) error {
	c, err := newFileCopy(path, like)
	if err != nil {
		return err
	}
	err = guard(func() error {
		format, err := readFormat(tx)
		if err != nil {
			return err
		}
		for _, t := range tablesOf(format) {
			if err := c.copyTable(ctx, tx, t, over, steps); err != nil {
				return err
			}
		}
		return putSequences(c.tx, over.sequences)
	})
	if err == nil {
		err = c.finish()
	}
	if err != nil {
		c.discard()
	}
	return err
}

// copyTable puts a table of a transaction into the copy, with changes put over it.
// Each record's checksum is looked at: damage is not carried on.
func (c *fileCopy) copyTable(ctx context.Context, tx *bolt.Tx, t table, over changes, steps *steps) error {
	if _, err := c.bucket(t); err != nil {
		return err
	}
	changed := over.keys(t)
	putChanged := func() error {
		key := changed[0]
		changed = changed[1:]
		if value := over.records[recordKey{t.sum, key}]; value != nil {
			return c.put(t, []byte(key), value)
		}
		return nil
	}
	err := eachPair(ctx, t, tx, steps, func(key, value []byte) error {
		replaced := false
		for len(changed) > 0 && changed[0] <= string(key) {
			replaced = changed[0] == string(key)
			if err := putChanged(); err != nil {
				return err
			}
		}
		if replaced {
			return nil
		}
		return c.put(t, key, value)
	})
	for err == nil && len(changed) > 0 {
		err = putChanged()
	}
	if err == nil {
		_, err = c.bucket(t) // after a commit, so that there is a transaction
	}
	return err
}

// eachPair calls fn with each record of a table as a snapshot sees it, each page
// and each checksum verified. The bytes live until fn returns. steps may be nil.
func eachPair(ctx context.Context, t table, tx *bolt.Tx, steps *steps, fn func(key, value []byte) error) error {
	tree, err := t.treeOf(tx)
	if tree == nil || err != nil {
		return err
	}
	if err := tree.edges(t); err != nil {
		return err
	}
	n := 0
	ok, err := tree.first()
	for ; ok && err == nil; ok, err = tree.next() {
		if n++; n%progressEvery == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			if steps != nil {
				steps.add(progressEvery)
			}
		}
		key, value := tree.pair()
		if _, err := t.unseal(key, value); err != nil {
			return err
		}
		if err := fn(key, value); err != nil {
			return err
		}
	}
	return err
}

// readThrough verifies all that a snapshot sees.
func readThrough(ctx context.Context, tx *bolt.Tx) error {
	return guard(func() error {
		format, err := readFormat(tx)
		if err != nil {
			return err
		}
		for _, t := range tablesOf(format) {
			if err := eachPair(ctx, t, tx, nil, func(_, _ []byte) error { return nil }); err != nil {
				return err
			}
		}
		return nil
	})
}

// checkCopy checks a file that was written, before it gets its name.
func checkCopy(ctx context.Context, path string, steps *steps) (CheckReport, error) {
	s, err := Open(path, Options{ReadOnly: true})
	if err != nil {
		return CheckReport{}, err
	}
	report, err := s.Check(ctx, steps.second())
	if e := s.Close(); err == nil {
		err = e
	}
	if err == nil && !report.OK() {
		err = fmt.Errorf("%w: the copy would have %d faults, the first is: %s", ErrDamaged, len(report.Damage), report.Damage[0])
	}
	return report, err
}

// steps tells how far work has got that goes through all records twice.
type steps struct {
	progress   func(done, total int)
	done, half int
}

// newSteps guesses how many records a file has.
func newSteps(tx *bolt.Tx, progress func(done, total int)) (*steps, error) {
	s := &steps{progress: progress, half: 1}
	if progress == nil {
		s.progress = func(int, int) {}
	}
	origins, err := readOrigins(tx)
	for _, o := range origins {
		s.half += int(o.LastSeq) // most records are events
	}
	return s, err
}

// add counts records of the first half.
func (s *steps) add(n int) {
	s.done = min(s.done+n, s.half)
	s.progress(s.done, 2*s.half)
}

// second returns what to tell of the second half.
func (s *steps) second() func(done, total int) {
	return func(done, total int) {
		if total > 0 {
			s.progress(s.half+int(int64(s.half)*int64(min(done, total))/int64(total)), 2*s.half)
		}
	}
}
