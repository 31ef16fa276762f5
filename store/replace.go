package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	bolt "go.etcd.io/bbolt"
)

// reopenTimeout is how long replace waits for a reader that opened the new file
// before the store could. Presses wait as long.
const reopenTimeout = 30 * time.Second

// replace puts a file, flushed and of the same folder, in the place of the
// database, which the store goes on with. The caller holds writeMu, and no
// transaction; readers wait for the few milliseconds. Where the file cannot be put
// there the old one stays in use. Where the new one cannot be opened the store is
// of no use any more, and says so from then on.
func (s *Store) replace(newPath string) error {
	s.dbMu.Lock()
	defer s.dbMu.Unlock()
	if err := s.faulted(); err != nil {
		return err
	}
	// A file that is open and mapped cannot be replaced everywhere.
	if err := s.db.Close(); err != nil {
		err = fmt.Errorf("database %s: closing it: %w", s.path, err)
		s.fault(err)
		return err
	}
	s.db, s.file = nil, nil
	err := os.Rename(newPath, s.path)
	if err == nil {
		s.forgetFile()
		err = syncFolder(filepath.Dir(s.path))
	}
	if e := s.openBolt(time.Now().Add(reopenTimeout)); e != nil {
		e = fmt.Errorf("database %s: opening it again: %w", s.path, e)
		s.db, s.file = nil, nil
		s.fault(e)
		err = errors.Join(err, e)
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

// snapshot begins a transaction that only reads and may last. The caller rolls it
// back before the file is replaced.
func (s *Store) snapshot() (*bolt.Tx, error) {
	s.dbMu.RLock()
	defer s.dbMu.RUnlock()
	if err := s.faulted(); err != nil {
		return nil, err
	}
	if s.db == nil {
		return nil, ErrClosed
	}
	return s.db.Begin(false)
}
