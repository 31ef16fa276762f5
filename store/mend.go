package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

var errNotReopened = errors.New("it could not be opened again")

// What a write that failed leaves behind.
//
// bbolt writes the pages of a transaction, flushes them, writes one of the two
// header pages, and flushes that. Until the header is written nothing refers to
// the pages: a disk that is full or read-only, and a flush of the pages that
// fails, cost the transaction and nothing else, and the next one may begin at once
// (bbolt 1.5.0 reads its free list anew, tx.go, rollback).
//
// Where the flush of the header fails the outcome is unknown. The system's cache
// holds the new header, so that this process and every other reads it, but the
// disk may hold the old one; and after a failed flush the system may take the page
// for written and never write it again (wiki.postgresql.org/wiki/Fsync_Errors). If
// the next transaction went on from there, it would write over pages that the old
// header refers to, and a power cut then would leave a broken file. So before
// anything else is written the header is written and flushed once more, and bbolt
// opens the file anew. When that succeeds, the transaction counts after all.

// Try makes a transaction that changes nothing, to see whether the disk takes one.
func (s *Store) Try(ctx context.Context) error {
	_, err := s.write(ctx, func(*writer) error { return nil })
	return err
}

// mend makes the file fit for the next transaction after one that failed. The
// caller holds writeMu.
func (s *Store) mend() error {
	if s.closed {
		return nil // and bbolt says so
	}
	if s.unsure {
		if err := s.flushHeader(); err != nil {
			return fmt.Errorf("flushing its header again: %w", err)
		}
		s.unsure, s.unmapped = false, true
	}
	if !s.unmapped {
		return nil
	}
	if err := s.reopen(); err != nil {
		return fmt.Errorf("%w: %w", errNotReopened, err)
	}
	s.unmapped = false
	return nil
}

// flushHeader writes the header in force once more, byte for byte, so that the
// system has something to write, and flushes it.
func (s *Store) flushHeader() error {
	h, err := newestHeader(s.file)
	if err != nil {
		return err
	}
	if !h.valid() {
		return fmt.Errorf("%w: its newest header page", ErrDamaged)
	}
	page := int64(h.uint64(metaTx)%2) * int64(h.uint32(metaPageSize)) // bbolt 1.5.0, internal/common/meta.go, Write
	if _, err := s.file.WriteAt(h[:], page+metaAt); err != nil {
		return err
	}
	return s.file.Sync()
}

// reopen has bbolt open the file anew. It waits for readers. Where it cannot, it
// is tried again before the next transaction.
func (s *Store) reopen() error {
	s.dbMu.Lock()
	defer s.dbMu.Unlock()
	if s.db != nil {
		if err := sameFile(s.file, s.path); err != nil {
			return err
		}
		if err := s.db.Close(); err != nil {
			return err
		}
		s.db, s.file = nil, nil
		s.forgetFile()
	}
	err := s.openBolt(time.Now().Add(reopenTimeout))
	if err != nil {
		s.db, s.file = nil, nil
	}
	return err
}

// sameFile refuses to go on with a file that somebody put in the place of f.
func sameFile(f *os.File, path string) error {
	have, err := f.Stat()
	if err != nil {
		return err
	}
	there, err := os.Stat(path)
	if err == nil && !os.SameFile(have, there) {
		err = errors.New("another file is in its place")
	}
	return err
}

// failed looks at what is left of a transaction whose commit failed, and returns
// nil where it counts all the same. The error wraps [ErrUnsure] where that is not
// known. The caller holds writeMu.
func (s *Store) failed(tx uint64, err error) error {
	h, readErr := newestHeader(s.file)
	if readErr == nil && h.uint64(metaTx) < tx {
		return err // its header was never written
	}
	s.unsure = true
	if s.mend() != nil || readErr != nil {
		return fmt.Errorf("%w: %w", ErrUnsure, err)
	}
	return nil
}
