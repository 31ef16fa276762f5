package store

import (
	"encoding/binary"
	"errors"
	"iter"
	"slices"

	"magicbutton/internal/cx"
)

// salvageBatch is how many records go into one transaction.
const salvageBatch = 20_000

// each calls fn with the large records of some pages.
func (v *salvager) each(pages iter.Seq[largePage], fn func(p largePage, t table, key, record []byte) error) error {
	for p := range pages {
		if err := v.ctx.Err(); err != nil {
			return err
		}
		err := v.wreck.records(p.id, func(t table, key, record []byte) error {
			if !isLarge(t) {
				return nil
			}
			return fn(p, t, key, record)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// put calls fn with the large records, many in one transaction.
func (v *salvager) put(fn func(w *writer, p largePage, t table, key, record []byte) error) error {
	next, stop := iter.Pull(slices.Values(v.large))
	defer stop()
	for more := true; more; {
		err := v.store.update(func(w *writer) error {
			n := 0
			var page largePage
			for page, more = next(); more; page, more = next() {
				err := v.each(slices.Values([]largePage{page}), func(p largePage, t table, key, record []byte) error {
					n++
					return fn(w, p, t, key, record)
				})
				if err != nil || n >= salvageBatch {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// putEvents writes the events: of each the highest revision, from pages in use, and
// what is nowhere else from those that were.
func (v *salvager) putEvents() error {
	// A copy on a free page may be of an event that was purged or erased since. What
	// says so must be whole, or no copy is trusted.
	old := v.wreck.whole[string(tombstonesTable.name)] && v.wreck.whole[string(purgedTable.name)]
	outdated := make(map[cx.ID]bool)
	older := make(map[cx.ID]bool)
	latest, err := v.corrected(old)
	if err != nil {
		return err
	}
	err = v.put(func(w *writer, p largePage, t table, key, record []byte) error {
		if t.sum != eventsTable.sum || len(key) != len(cx.ID{}) || p.state == stale && !old {
			return nil
		}
		id := cx.ID(key)
		r, err := parseRecord(record)
		if err != nil || v.buried(id) {
			return nil //nolint:nilerr // a record that this program did not write is left out
		}
		known, ok, err := storedRecord(w.tx, id)
		if err != nil || ok && known.rev >= r.rev {
			return err
		}
		if p.state != inUse {
			if rev, corrected := latest[id]; corrected && r.rev <= rev {
				outdated[id] = !ok
				return nil
			}
		}
		delete(outdated, id)
		if p.state == stale {
			older[id] = true
		}
		v.saw(id, w)
		return eventsTable.put(w.tx, key, v.lost.mend(r).appendTo(nil))
	})
	for _, gone := range outdated {
		if gone {
			v.report.Outdated++
		}
	}
	v.report.Older = len(older)
	return err
}

// corrected returns the highest former revision of each event that has one: what is
// no later was corrected. Nobody asks where no page needs it.
func (v *salvager) corrected(old bool) (map[cx.ID]uint32, error) {
	latest := make(map[cx.ID]uint32)
	if !slices.ContainsFunc(v.large, func(p largePage) bool { return p.state == unknown || p.state == stale && old }) {
		return latest, nil
	}
	err := v.each(slices.Values(v.large), func(_ largePage, t table, key, _ []byte) error {
		if t.sum == historyTable.sum && len(key) == revisionKeyBytes {
			id := cx.ID(key[:len(cx.ID{})])
			latest[id] = max(latest[id], binary.BigEndian.Uint32(key[len(id):]))
		}
		return nil
	})
	return latest, err
}

// putHangers writes the former states and the notes of the events that were saved.
// Those on free pages were deleted, most of them because they are not to be kept.
func (v *salvager) putHangers() error {
	orphans := make(map[string]bool)
	defer func() { v.report.Orphans = len(orphans) }()
	err := v.put(func(w *writer, p largePage, t table, key, record []byte) error {
		if t.sum != historyTable.sum || len(key) != revisionKeyBytes || p.state == stale {
			return nil
		}
		r, err := parseRecord(record)
		if err != nil || binary.BigEndian.Uint32(key[len(cx.ID{}):]) != r.rev {
			return nil //nolint:nilerr // as in putEvents
		}
		now, ok, err := storedRecord(w.tx, cx.ID(key[:len(cx.ID{})]))
		if !ok && err == nil {
			orphans[string(key)] = true
		}
		if err != nil || !ok || now.rev <= r.rev {
			return err
		}
		return historyTable.put(w.tx, key, v.lost.mend(r).appendTo(nil))
	})
	if err != nil {
		return err
	}
	return v.put(func(w *writer, p largePage, t table, key, record []byte) error {
		if t.sum != notesTable.sum || p.state == stale || len(key) < len(cx.ID{}) {
			return nil
		}
		of := eventsTable
		if len(key) == revisionKeyBytes {
			of = historyTable
		}
		b, err := of.get(w.tx, key)
		if b == nil && err == nil && !v.buried(cx.ID(key[:len(cx.ID{})])) {
			orphans[string(key)+"note"] = true
		}
		if b == nil || err != nil {
			return err
		}
		r, err := parseRecord(b)
		if err != nil || !r.noted || cx.CheckNote(string(record)) != nil {
			return err
		}
		if known, err := notesTable.has(w.tx, key); known || err != nil {
			return err
		}
		return notesTable.put(w.tx, key, record)
	})
}

// saw notes the highest number of an origin.
func (v *salvager) saw(id cx.ID, w *writer) {
	r, ok := v.origins[id.Origin()]
	if !ok {
		r.created = w.now
	}
	r.lastSeq = max(r.lastSeq, id.Seq())
	v.origins[id.Origin()] = r
}

// putSmall writes the other buckets.
func (v *salvager) putSmall() error {
	return v.store.update(func(w *writer) error {
		for _, t := range allTables {
			for _, key := range v.keys(t) {
				p := v.small[t.sum][key]
				if err := v.putPiece(w, t, []byte(key), p); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (v *salvager) putPiece(w *writer, t table, key []byte, p piece) error {
	switch t.sum {
	case metaTable.sum, recentTable.sum, dictionaryTable.sum, seriesTable.sum, sendersTable.sum:
		return nil // the new file's own, or written already
	case catalogueTable.sum:
		if _, err := catalogueOf(key, p.record); err != nil {
			return nil //nolint:nilerr // as in putEvents
		}
		_, err := w.appendWord(t, p.record)
		return err
	case originsTable.sum:
		return v.putOrigin(key, p)
	case daysTable.sum: // a summary is made again, the record of purged events is not
		return v.putSeal(w, key, p)
	case tombstonesTable.sum:
		return v.putTombstone(w, key, p)
	case purgedTable.sum: // kept whatever page it is on: they only grow
	case refsTable.sum:
		if p.state == stale || len(p.record) != len(cx.ID{}) {
			return nil
		}
		if ok, err := eventsTable.has(w.tx, p.record); !ok || err != nil {
			return err
		}
	case contactsTable.sum, actionsTable.sum, frozenTable.sum:
		if p.state == stale || !readable(t, key, p.record) {
			return nil
		}
	case refusalsTable.sum:
		r, err := parseRefusal(key, t.seal(key, p.record))
		if err != nil || p.state == stale {
			return nil //nolint:nilerr // as in putEvents
		}
		if _, ok := v.origins[r.Origin]; !ok {
			v.origins[r.Origin] = originRecord{created: w.now}
		}
	default:
		if p.state == stale {
			return nil
		}
	}
	return t.put(w.tx, key, p.record)
}

func (v *salvager) putOrigin(key []byte, p piece) error {
	if len(key) != len(cx.Origin{}) {
		return nil
	}
	r, err := parseOrigin(key, p.record)
	if err != nil {
		return err
	}
	r.machine = nil // sealed with the damaged file's salt
	r.lastSeq = max(r.lastSeq, v.origins[cx.Origin(key)].lastSeq)
	v.origins[cx.Origin(key)] = r
	return nil
}

// putOrigins writes the origins of the saved events. The new file has one of its own
// already.
func (v *salvager) putOrigins() error {
	for key := range v.small[tombstonesTable.sum] {
		if len(key) != tombstoneKeyBytes {
			return errors.New("a mark of an erased event has no origin")
		}
		o := cx.Origin([]byte(key[:len(cx.Origin{})]))
		if _, ok := v.origins[o]; !ok {
			v.origins[o] = originRecord{created: v.store.clock()}
		}
	}
	return v.store.update(func(w *writer) error {
		for o, r := range v.origins {
			if ranges := v.purged[o]; len(ranges) > 0 {
				r.lastSeq = max(r.lastSeq, ranges[len(ranges)-1].last)
			}
			if err := r.put(w.tx, o); err != nil {
				return err
			}
		}
		return nil
	})
}
