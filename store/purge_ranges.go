package store

import (
	"errors"
	"slices"
	"sort"

	bolt "go.etcd.io/bbolt"
	"google.golang.org/protobuf/encoding/protowire"

	"magicbutton/internal/cx"
)

// seqRange is a run of sequence numbers, both ends in it.
type seqRange struct{ first, last uint64 }

// seqRanges are runs in order, none of which touches the next.
type seqRanges []seqRange

// has reports whether a number is in one of the runs.
func (r seqRanges) has(seq uint64) bool {
	i := sort.Search(len(r), func(i int) bool { return r[i].last >= seq })
	return i < len(r) && r[i].first <= seq
}

// count returns how many numbers there are.
func (r seqRanges) count() (n uint64) {
	for _, run := range r {
		n += run.last - run.first + 1
	}
	return n
}

// with returns the runs with more numbers in them.
func (r seqRanges) with(seqs []uint64) seqRanges {
	all := slices.Clone(r)
	for _, n := range seqs {
		all = append(all, seqRange{n, n})
	}
	slices.SortFunc(all, func(a, b seqRange) int {
		switch {
		case a.first < b.first:
			return -1
		case a.first > b.first:
			return 1
		}
		return 0
	})
	out := all[:0]
	for _, run := range all {
		if n := len(out); n > 0 && run.first <= out[n-1].last+1 {
			out[n-1].last = max(out[n-1].last, run.last)
			continue
		}
		out = append(out, run)
	}
	return out
}

// put stores the runs as pairs of varints: the numbers left out before a run, and
// how many follow its first.
func (r seqRanges) put(tx *bolt.Tx, o cx.Origin) error {
	var b []byte
	next := uint64(0)
	for _, run := range r {
		b = protowire.AppendVarint(b, run.first-next)
		b = protowire.AppendVarint(b, run.last-run.first)
		next = run.last + 1
	}
	return purgedTable.put(tx, o[:], b)
}

// readPurged returns the numbers of an origin whose events were purged.
func readPurged(tx *bolt.Tx, o cx.Origin) (seqRanges, error) {
	b, err := purgedTable.get(tx, o[:])
	if b == nil || err != nil {
		return nil, err
	}
	return parsePurged(o[:], b)
}

// parsePurged reads a record of purgedTable.
func parsePurged(key, record []byte) (out seqRanges, err error) {
	bad := func(what string) (seqRanges, error) { return nil, purgedTable.damaged(key, errors.New(what)) }
	if len(key) != len(cx.Origin{}) {
		return bad("its key is no origin")
	}
	next := uint64(0)
	for len(record) > 0 {
		gap, n := protowire.ConsumeVarint(record)
		if n < 0 {
			return bad("it is cut off")
		}
		more, m := protowire.ConsumeVarint(record[n:])
		if m < 0 {
			return bad("it is cut off")
		}
		record = record[n+m:]
		run := seqRange{next + gap, next + gap + more}
		if gap > cx.MaxSeq || more > cx.MaxSeq || run.last > cx.MaxSeq || run.first == 0 || len(out) > 0 && gap == 0 {
			return bad("its numbers are not in order")
		}
		out = append(out, run)
		next = run.last + 1
	}
	return out, nil
}
