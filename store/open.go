package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"magicbutton/internal/cx"
)

const (
	defaultReadTimeout  = 250 * time.Millisecond // a person waits
	defaultWriteTimeout = 5 * time.Second

	// fileMode keeps other users out: of the database because notes are customers'
	// own words, and of the lock file because whoever may open it, if only to read,
	// may lock it and never let go (flock(2)).
	fileMode   = 0o600
	folderMode = 0o700
)

// Store is an open database.
type Store struct {
	path     string
	readOnly bool
	created  bool
	now      func() time.Time
	origin   cx.Origin

	db      *bolt.DB
	file    *os.File // the one that db reads and writes
	watched *bolt.DB // the one of pageFiles
	lock    *os.File // nil for a reader

	// catalogue is what a reader was told, see [Store.SetCatalogue]; nil for the
	// file's own.
	catalogue atomic.Pointer[cx.Catalogue]

	words wordCache
	index *wordIndex // the writer's, nil when it must be made anew
	// missing is for [Store.DaysMissing]; one value says it all.
	missing chan struct{}

	queueMu sync.Mutex
	queue   []*request
	led     bool // somebody leads a transaction or was told to
	crowd   int  // how many shared the transaction before

	writeMu sync.Mutex // taken before bbolt's own, which a fault may leave locked
	// dbMu keeps readers out while another file takes the place of this one; taken
	// after writeMu. Whoever holds writeMu may use db without it.
	dbMu sync.RWMutex
	// care lets one of the long works at the file run at a time: purge, erase,
	// compact, and those for whose readers the others would wait with every press
	// behind them: backup, check.
	care sync.Mutex
	// moves keeps tallies out while events become what is left of them: a tally that
	// sees the events before and the rest after, or the other way round, is wrong.
	// Only who holds care locks it, so whoever waits for it waits for tallies, which
	// wait for no lock but dbMu.
	moves sync.RWMutex
	// writing is since when a transaction is under way, Unix nanoseconds, 0 for none.
	writing atomic.Int64
	// closed is guarded by writeMu: a file that was closed is not opened anew.
	closed bool
	// unsure and unmapped are guarded by writeMu, and say what must be mended before
	// the next transaction: the last header may not be on the disk; bbolt has no map
	// of the file, or does not have it open.
	unsure, unmapped bool

	faultMu  sync.Mutex
	faultErr error
}

// Open opens the database at path. Errors name the file; see [ErrLocked] and
// those beside it. Whatever is wrong with a file, it stays as it is.
func Open(path string, o Options) (*Store, error) {
	s := &Store{path: path, readOnly: o.ReadOnly, now: o.Now, missing: make(chan struct{}, 1)}
	if s.now == nil {
		s.now = time.Now
	}
	timeout := o.Timeout
	switch {
	case timeout > 0:
	case o.ReadOnly:
		timeout = defaultReadTimeout
	default:
		timeout = defaultWriteTimeout
	}
	deadline := time.Now().Add(timeout)
	var err error
	if o.ReadOnly {
		err = s.openToRead(deadline)
	} else {
		err = s.openToWrite(o, deadline)
	}
	if err != nil {
		_ = s.Close()
		var inPath *fs.PathError
		if errors.As(err, &inPath) && inPath.Path == path {
			err = inPath.Err // the path is said once
		}
		return nil, fmt.Errorf("opening database %s: %w", path, err)
	}
	return s, nil
}

// openToRead holds a lock of its own until bbolt has one, so that nobody writes
// between the look at the header and the mapping of the file.
func (s *Store) openToRead(deadline time.Time) error {
	if err := checkKind(s.path); err != nil {
		return err
	}
	f, err := os.Open(s.path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := waitLock(f, false, deadline); err != nil {
		return s.explainLock(err)
	}
	if err := checkHeader(f); err != nil {
		return err
	}
	if err := s.openBolt(deadline); err != nil {
		return err
	}
	return s.load()
}

func (s *Store) openToWrite(o Options, deadline time.Time) error {
	err := checkKind(s.path)
	missing := errors.Is(err, fs.ErrNotExist)
	if err != nil && (!missing || !o.Create) {
		return err
	}
	if missing {
		if err := makeFolder(filepath.Dir(s.path)); err != nil {
			return err
		}
	}
	if s.lock, err = lockWriter(s.path, deadline); err != nil {
		return err
	}
	if _, err := os.Stat(s.path); errors.Is(err, fs.ErrNotExist) && o.Create {
		if err := s.create(o); err != nil {
			return err
		}
		s.created = true
	}
	f, err := os.OpenFile(s.path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err = checkHeader(f); err == nil {
		err = checkFreelist(f)
	}
	f.Close()
	if err != nil {
		return err
	}
	if err := s.openBolt(deadline); err != nil {
		return err
	}
	if err := s.load(); err != nil {
		return err
	}
	removeStrays(s.path)
	if err := s.settle(o); err != nil {
		return err
	}
	// The pages that the next press is written on.
	return s.opening(func() error { return s.db.View(eventsTable.ends) })
}

// create makes the database under another name first, so that a file of this
// name is whole whenever there is one. The caller holds the writer's lock.
func (s *Store) create(o Options) error {
	path := s.path + ".new"
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := makeFile(path, s.clock(), machineID(o.MachineIDFile)); err != nil {
		_ = os.Remove(path)
		return err
	}
	if err := os.Rename(path, s.path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(s.path))
}

func makeFile(path string, now time.Time, machine []byte) error {
	db, err := bolt.Open(path, fileMode, &bolt.Options{
		Timeout: defaultWriteTimeout,
		OpenFile: func(name string, _ int, _ os.FileMode) (*os.File, error) {
			return createFile(name, filepath.Dir(name))
		},
	})
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		if err := migrate(tx, 0); err != nil {
			return err
		}
		return describe(tx, now, machine)
	})
	if err == nil {
		err = db.Sync()
	}
	return errors.Join(err, db.Close())
}

func (s *Store) openBolt(deadline time.Time) error {
	options := &bolt.Options{
		ReadOnly: s.readOnly,
		Timeout:  max(time.Until(deadline), time.Millisecond), // 0 would wait for ever

		InitialMmapSize: mapBytes(s.path),
		OpenFile: func(name string, flag int, mode os.FileMode) (f *os.File, err error) {
			s.file, err = os.OpenFile(name, flag&^os.O_CREATE, mode)
			return s.file, err
		},
	}
	err := s.opening(func() (err error) {
		if s.db, err = bolt.Open(s.path, fileMode, options); err != nil {
			return err
		}
		s.watchPages()
		return s.db.View(func(tx *bolt.Tx) error {
			_, err := pagesOf(tx)
			return err
		})
	})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return s.explainLock(ErrLocked)
	}
	return err
}

// explainLock says who has the database. A writer that waited for bbolt's lock
// has the lock file itself: then it was a reader, and nobody knows which.
func (s *Store) explainLock(err error) error {
	if !errors.Is(err, ErrLocked) || s.lock != nil {
		return err
	}
	return lockedBy(s.path, err)
}

// Close ends the use of the file. It waits for transactions that are under way.
func (s *Store) Close() error {
	s.writeMu.Lock()
	s.closed = true
	s.writeMu.Unlock()
	var errs []error
	switch {
	case s.faulted() != nil:
		// bbolt may hold its own locks for good, so it is left alone with its map;
		// the file is freed all the same.
		if s.file != nil {
			errs = append(errs, unlock(s.file), s.file.Close())
			s.file = nil
		}
	case s.db != nil:
		errs = append(errs, s.db.Close())
	}
	s.unwatchPages()
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
		s.lock = nil
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("closing database %s: %w", s.path, err)
	}
	return nil
}

// Created reports whether Open made the database.
func (s *Store) Created() bool { return s.created }

// Path returns the path that the database was opened with.
func (s *Store) Path() string { return s.path }

// Origin returns the origin that new events are signed with.
func (s *Store) Origin() cx.Origin { return s.origin }

func (s *Store) clock() time.Time { return s.now().UTC().Truncate(time.Millisecond) }
