package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// reopenTimeout is how long replace waits for a reader that opened the new file
// before the store could. Presses wait as long.
const reopenTimeout = 30 * time.Second

// replace puts a file, flushed and of the same folder, in the place of the
// database, which the store goes on with. The caller holds writeMu, and no
// transaction; readers wait for the few milliseconds. Where the file cannot be put
// there the old one stays in use. Where the new one cannot be opened that is tried
// again before the next transaction.
func (s *Store) replace(newPath string) error {
	s.dbMu.Lock()
	defer s.dbMu.Unlock()
	// A file that is open and mapped cannot be replaced everywhere.
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("closing it: %w", err)
	}
	s.db, s.file = nil, nil
	err := os.Rename(newPath, s.path)
	if err == nil {
		s.forgetFile()
		err = syncFolder(filepath.Dir(s.path))
	}
	if e := s.openBolt(time.Now().Add(reopenTimeout)); e != nil {
		s.db, s.file, s.unmapped = nil, nil, true
		err = errors.Join(err, fmt.Errorf("%w: %w", errNotReopened, e))
	}
	return err
}

// forgetFile drops what the store has in memory of the file's content.
func (s *Store) forgetFile() {
	s.words.mu.Lock()
	s.words.words = words{}
	s.words.mu.Unlock()
	s.index = nil
}

// roomyBytes is from what length on a file is mapped with room to grow. Where the
// map is full a writer waits for all readers, and a copy of a large file reads for
// many seconds. A smaller file would be made as long as its map (bbolt 1.5.0,
// db.go, growSize).
const roomyBytes = 16 << 20

// mapBytes returns how much to map of the file at path; 0 leaves it to bbolt.
func mapBytes(path string) int {
	info, err := os.Stat(path)
	// On Windows the file itself would become as long.
	if err != nil || runtime.GOOS == "windows" || strconv.IntSize < 64 || info.Size() <= roomyBytes {
		return 0
	}
	return int(2 * info.Size())
}

// snapshot is a transaction that only reads and may last.
type snapshot struct {
	tx  *bolt.Tx
	end func()
}

// snapshot begins one. It is ended before the file is replaced.
func (s *Store) snapshot() (*snapshot, error) {
	s.dbMu.RLock()
	defer s.dbMu.RUnlock()
	if err := s.faulted(); err != nil {
		return nil, err
	}
	if s.db == nil {
		return nil, errNotReopened
	}
	var tx *bolt.Tx
	err := guard(func() (err error) {
		tx, err = s.db.Begin(false)
		return err
	})
	if errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
		err = ErrClosed
	}
	if err != nil {
		return nil, err
	}
	forget := keepPages(tx)
	return &snapshot{tx, sync.OnceFunc(func() {
		forget()
		_ = tx.Rollback() // its only error is that it is over
	})}, nil
}

// errInTheWay says that a transaction waits for a snapshot to end: the file must be
// mapped anew, since it grew.
var errInTheWay = errors.New("a write waits for the copy to end")

// How long a transaction is under way before it is believed to wait, and how often
// that is looked at. Where a slow disk is mistaken for it, writers wait a little longer.
const (
	inTheWayAfter = 300 * time.Millisecond
	inTheWayEvery = 50 * time.Millisecond
)

// notInTheWay runs work with a context that ends, with the cause errInTheWay, when
// a transaction waits for it.
func (s *Store) notInTheWay(ctx context.Context, work func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	var watch sync.WaitGroup
	watch.Go(func() {
		tick := time.NewTicker(inTheWayEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if since := s.writing.Load(); since != 0 && time.Since(time.Unix(0, since)) > inTheWayAfter {
					cancel(errInTheWay)
				}
			}
		}
	})
	err := work(ctx)
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	cancel(nil)
	watch.Wait()
	return err
}
