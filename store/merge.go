package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"time"

	"magicbutton/internal/cx"
)

// MergeSource is a file to merge: a database, or an export of events.
type MergeSource struct {
	// Path names the file, in the report too.
	Path string
	// Events reads an export: the states of each event, the oldest first, the
	// events in the order of their ids, each with an id. It may be called more
	// than once. nil for a database.
	Events func() iter.Seq2[[]cx.Event, error]
}

// MergeOptions says how to merge. The zero MergeOptions will do.
type MergeOptions struct {
	// From and To bound the period of [MergedOrigin.InPeriod], half-open. A zero
	// From or To is no bound.
	From, To time.Time
	// Progress, if not nil, is called now and then with the number of events
	// read, of about total.
	Progress func(done, total int)
	// Timeout is how long to wait for a file that another process has open; 0 is
	// 250 ms for a source and 5 s for the file that is made.
	Timeout time.Duration
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// MachineIDFile is as in [Options].
	MachineIDFile string
}

// MergeReport says what came of a merge.
type MergeReport struct {
	// Files has one entry for each source, in the order in which they were given.
	Files []MergedFile
	// Events is how many events the new file has, voided ones too. Added is how
	// many of them the file before did not have, and Changed how many it had with
	// other content.
	Events, Added, Changed int
	// Erased and Purged count the copies of events that a file still had and another
	// one says were erased, or purged: they were left out.
	Erased, Purged int
	// Conflicts lists contents that disagree, 100 at most; ConflictCount is how
	// many there are.
	Conflicts     []MergeConflict
	ConflictCount int
	// Tags has a line for each tag that two desks describe differently.
	Tags []string
	// Origins are those that have events, by desk and origin.
	Origins []MergedOrigin
	// Desks are the names that events have, by desk and origin.
	Desks []MergedDesk
}

// MergedFile says what became of one source.
type MergedFile struct {
	Path string
	// Err says why the file was left out; nil where it was merged.
	Err error
	// Modified is when the file was written, by its folder.
	Modified time.Time
	// Origin signs the events of the database; zero for an export and for the result
	// of another merge.
	Origin cx.Origin
	// Events is how many it has.
	Events int
}

// MergeConflict is an event of which two files say different things.
type MergeConflict struct {
	ID cx.ID
	// Rev is the revision of which they do.
	Rev uint32
	// Kept names the file whose content is kept, and Lost the other one.
	Kept, Lost string
	// Fields are the names of what differs.
	Fields []string
	// Moved is the id that the other content got where these are two events, of
	// which each is kept; zero where one of the two contents is gone.
	Moved cx.ID
}

// MergedOrigin describes one origin after a merge.
type MergedOrigin struct {
	Origin cx.Origin
	// Desk and Site are the names in its latest event.
	Desk, Site string
	// Events is how many it has, InPeriod how many of them count and lie in the
	// period that was asked for.
	Events, InPeriod int
	// First and Last are the instants of the earliest and of the latest event.
	First, Last time.Time
	// LastSeq is the highest sequence number known, and Missing how many below it
	// are neither events nor known to be erased or purged. Holes are the first
	// runs of those.
	LastSeq, Missing uint64
	Holes            []SeqRange
	// Twice is how many sequence numbers two events have: a machine was copied,
	// and both went on.
	Twice uint64
	// File is the newest source whose database this origin signs, and Modified
	// when that was written; "" where there is none.
	File     string
	Modified time.Time
}

// SeqRange is a run of sequence numbers, both ends included.
type SeqRange struct{ From, To uint64 }

var (
	// ErrNotMerged says that a file in the way is not the result of a merge.
	ErrNotMerged = errors.New("not made by gather")
	// ErrNoSource says that no source could be merged.
	ErrNoSource = errors.New("no file could be merged")
)

// Merge makes one database out of many files, and of what was at path before if
// an earlier Merge made it. The result does not depend on the order of the files,
// and merging them again changes nothing. It takes the place of the file before
// only when it is whole. A file that cannot be read is left out, see
// [MergedFile.Err].
//
// The result has every event that any of the files has. Of one event the highest
// revision stands, with every former state that is known. Where two files
// disagree about a revision, which one is kept follows from the contents alone,
// and the report says so. What one file says was erased or purged does not come
// back out of another. Two events that share an id, since a machine was copied
// with its database, are both kept: one of them gets an origin that follows from
// its content.
func Merge(ctx context.Context, path string, sources []MergeSource, o MergeOptions) (MergeReport, error) {
	m := newMerger(path, o)
	// Looked at before anything is made beside it: it may be somebody else's.
	err := m.openBefore(ctx)
	m.close()
	if err != nil {
		return MergeReport{}, err
	}
	m.before, m.sources = nil, nil
	if err := makeFolder(filepath.Dir(path)); err != nil {
		return MergeReport{}, fmt.Errorf("writing database %s: %w", path, err)
	}
	lock, err := lockWriter(path, time.Now().Add(cmp.Or(o.Timeout, defaultWriteTimeout)))
	if err != nil {
		return MergeReport{}, fmt.Errorf("writing database %s: %w", path, err)
	}
	defer lock.Close()
	defer removeLoneLock(path)
	defer m.close()
	if err := m.openBefore(ctx); err != nil {
		return MergeReport{}, err
	}
	for i := range sources {
		m.open(ctx, &sources[i])
	}
	err = m.run(ctx)
	if err == nil {
		err = m.replace()
	}
	if m.temp != "" {
		_ = os.Remove(m.temp)
	}
	return m.finish(), err
}

// run merges, again and again while a source turns out to be damaged on the way:
// nothing of such a file may be in the result.
func (m *merger) run(ctx context.Context) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !m.anySource() {
			return fmt.Errorf("merging into %s: %w", m.path, ErrNoSource)
		}
		err := m.build(ctx)
		var bad *sourceError
		if err == nil || ctx.Err() != nil || !errors.As(err, &bad) || bad.source == m.before {
			return err
		}
		bad.source.file.Err = bad.err
		m.drop(bad.source)
	}
}

// sourceError is an error of one source.
type sourceError struct {
	source *mergeSource
	err    error
}

func (e *sourceError) Error() string { return e.err.Error() }

// Unwrap returns what is wrong, as far as it is of concern to the new file: a fault
// in the map of a source is none in its own.
func (e *sourceError) Unwrap() error {
	if errors.Is(e.err, errFault) {
		return ErrDamaged
	}
	return e.err
}

// replace puts the new file in the place of the one before.
func (m *merger) replace() error {
	m.close()
	if info, err := os.Stat(m.path); err == nil { // who could read it before still can
		if err := os.Chmod(m.temp, info.Mode().Perm()); err != nil {
			return fmt.Errorf("writing database %s: %w", m.path, err)
		}
	}
	if err := os.Rename(m.temp, m.path); err != nil {
		return fmt.Errorf("writing database %s: %w", m.path, err)
	}
	if err := syncFolder(filepath.Dir(m.path)); err != nil {
		return fmt.Errorf("writing database %s: %w", m.path, err)
	}
	return nil
}

// openBefore opens the file that is at path, if there is one.
func (m *merger) openBefore(ctx context.Context) error {
	_, err := os.Stat(m.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	s := &mergeSource{file: &MergedFile{Path: m.path}}
	if err := s.open(ctx, m.options); err != nil {
		return err
	}
	m.before = s
	m.sources = append(m.sources, s)
	if !s.merged {
		return fmt.Errorf("writing database %s: %w", m.path, ErrNotMerged)
	}
	return nil
}

// open opens a source, or notes why not. The file before is one already.
func (m *merger) open(ctx context.Context, spec *MergeSource) {
	file := &MergedFile{Path: spec.Path}
	m.files = append(m.files, file)
	info, err := os.Stat(spec.Path)
	if err != nil {
		file.Err = err
		return
	}
	file.Modified = info.ModTime()
	if before, err := os.Stat(m.path); err == nil && os.SameFile(info, before) {
		return
	}
	s := &mergeSource{file: file, events: spec.Events}
	if file.Err = s.open(ctx, m.options); file.Err == nil {
		m.sources = append(m.sources, s)
	}
}
