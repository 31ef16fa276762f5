package store

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"magicbutton/internal/cx"
)

// SalvageReport says what [Salvage] saved of a damaged database.
type SalvageReport struct {
	// Events, Notes and Revisions are how many there are in the new file. Days are
	// those of which purged events left their counts, Erased the marks of erased
	// events.
	Events, Notes, Revisions, Days, Erased int
	// Older is how many of the events were found only on pages that were free: later
	// corrections of them may be lost.
	Older int
	// Outdated is how many events were left out because only a state was found that
	// had been corrected since.
	Outdated int
	// Orphans is how many notes and former states were left out because the event
	// that they belong to is lost.
	Orphans int
	// Unnamed is how many texts, series and senders were lost that events name. The
	// events are kept; the lost words read "lost-text-N" and the like.
	Unnamed int
	// Missing is how many sequence numbers have no event: lost, or never there.
	Missing uint64
	// Unsure says that the file does not tell any more which of its pages are in use:
	// what was deleted lately may be among what was saved.
	Unsure bool
	// Remarks has a line for each thing that is known to be missing.
	Remarks []string
}

// Salvage writes what is whole of the database at from into a new one at to, which
// must not exist: every record whose checksum holds, wherever in the file it lies.
// The events keep their ids; the new file signs new ones with an origin of its own.
// The damaged file stays as it is. progress may be nil; it is told how many of the
// file's pages were read. Of o, Now and MachineIDFile count.
func Salvage(ctx context.Context, from, to string, o Options, progress func(done, total int)) (SalvageReport, error) {
	if progress == nil {
		progress = func(int, int) {}
	}
	report, err := salvage(ctx, from, to, o, progress)
	if err != nil {
		return SalvageReport{}, fmt.Errorf("salvaging database %s: %w", from, err)
	}
	return report, nil
}

func salvage(ctx context.Context, from, to string, o Options, progress func(done, total int)) (SalvageReport, error) {
	switch _, err := os.Lstat(to); {
	case err == nil:
		return SalvageReport{}, fmt.Errorf("%s is there already", to)
	case !errors.Is(err, fs.ErrNotExist):
		return SalvageReport{}, err
	}
	if err := checkKind(from); err != nil {
		return SalvageReport{}, err
	}
	f, err := os.Open(from)
	if err != nil {
		return SalvageReport{}, err
	}
	defer f.Close()
	if err := waitLock(f, false, time.Now().Add(defaultReadTimeout)); err != nil {
		return SalvageReport{}, lockedBy(from, err)
	}
	w, err := openWreck(f)
	if err != nil {
		return SalvageReport{}, err
	}
	made := to + ".salvage"
	defer func() {
		_ = os.Remove(made) // where it was not renamed
		_ = os.Remove(lockPath(made))
	}()
	if err := os.Remove(made); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return SalvageReport{}, err
	}
	s, err := Open(made, Options{Create: true, Now: o.Now, MachineIDFile: o.MachineIDFile})
	if err != nil {
		return SalvageReport{}, err
	}
	v := &salvager{ctx: ctx, wreck: w, store: s, progress: progress, small: make(map[uint32]map[string]piece), origins: make(map[cx.Origin]originRecord)}
	err = errors.Join(v.run(), s.Close())
	if err == nil {
		err = os.Rename(made, to)
	}
	if err == nil {
		err = syncFolder(filepath.Dir(to))
	}
	return v.report, err
}

// salvager is one run of [Salvage].
type salvager struct {
	ctx      context.Context //nolint:containedctx // lives as long as one call of Salvage
	wreck    *wreck
	store    *Store
	progress func(done, total int)
	report   SalvageReport

	small   map[uint32]map[string]piece // records of the buckets that memory holds, by table.sum
	origins map[cx.Origin]originRecord
	large   []largePage
	purged  map[cx.Origin]seqRanges
	lost    lostWords
}

// piece is a record as it was found, on a page of which so much is known.
type piece struct {
	record []byte
	state  state
}

// largePage is a page with events, notes or former states, which are read again.
type largePage struct {
	id    uint64
	state state
	first []byte
}

// isLarge says which buckets are not held in memory.
func isLarge(t table) bool {
	return t.sum == eventsTable.sum || t.sum == notesTable.sum || t.sum == historyTable.sum
}

func (v *salvager) run() error {
	if err := v.survey(); err != nil {
		return err
	}
	v.report.Unsure = v.wreck.cut && !v.wreck.sure
	if err := v.readPurged(); err != nil {
		return err
	}
	// What is in use first, then what may be; pages in the order of their keys, as
	// they fill a file best.
	slices.SortFunc(v.large, func(a, b largePage) int {
		return cmp.Or(cmp.Compare(a.state, b.state), bytes.Compare(a.first, b.first), cmp.Compare(a.id, b.id))
	})
	for _, step := range []func() error{v.putWords, v.putEvents, v.putHangers, v.putSmall, v.putOrigins} {
		if err := step(); err != nil {
			return err
		}
	}
	check, err := v.store.Check(v.ctx, nil)
	if err != nil {
		return err
	}
	if !check.OK() {
		return fmt.Errorf("the new file is not sound: %s", check.Damage[0])
	}
	v.report.Events, v.report.Notes, v.report.Revisions = check.Events, check.Notes, check.Revisions
	v.report.Missing = check.Missing
	v.report.Remarks = append(v.report.Remarks, check.Remarks...)
	return nil
}

// survey reads all pages once.
func (v *salvager) survey() error {
	for id := uint64(2); id < v.wreck.pages; id++ { // behind the header pages
		if id%256 == 0 {
			if err := v.ctx.Err(); err != nil {
				return err
			}
			v.progress(int(id), int(v.wreck.pages))
		}
		state, page := v.wreck.state(id), -1
		err := v.wreck.records(id, func(t table, key, record []byte) error {
			if !isLarge(t) {
				v.keep(t, key, piece{record, state})
				return nil
			}
			if page < 0 {
				page = len(v.large)
				v.large = append(v.large, largePage{id, state, bytes.Clone(key)})
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	// A part of a page may be all there is of the last one.
	v.progress(int(v.wreck.pages), int(v.wreck.pages))
	return nil
}

// keep notes a record of a small bucket: the one in use before any other, and among
// others the longest, for what they hold only grows.
func (v *salvager) keep(t table, key []byte, p piece) {
	all := v.small[t.sum]
	if all == nil {
		all = make(map[string]piece)
		v.small[t.sum] = all
	}
	known, ok := all[string(key)]
	if ok && (known.state < p.state || known.state == p.state && len(known.record) >= len(p.record)) {
		return
	}
	all[string(key)] = piece{bytes.Clone(p.record), p.state}
}

// readPurged reads which events are gone for good.
func (v *salvager) readPurged() error {
	v.purged = make(map[cx.Origin]seqRanges)
	for key, p := range v.small[purgedTable.sum] {
		ranges, err := parsePurged([]byte(key), p.record)
		if err != nil {
			return err
		}
		v.purged[cx.Origin([]byte(key))] = ranges
	}
	return nil
}

// buried reports whether an event was erased, or purged with its day sealed.
func (v *salvager) buried(id cx.ID) bool {
	_, dead := v.small[tombstonesTable.sum][string(tombstoneKey(id))]
	return dead || v.purged[id.Origin()].has(id.Seq())
}

// keys returns the keys of a small bucket, in order.
func (v *salvager) keys(t table) []string { return slices.Sorted(maps.Keys(v.small[t.sum])) }
