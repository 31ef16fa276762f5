package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Backup is a copy of the database that was made.
type Backup struct {
	Path string
	// Bytes is its length, Events how many events it has.
	Bytes  int64
	Events int
}

// Backup copies the database, as of one moment, to a file that must not be there;
// the error is an [fs.ErrExist] where it is. The copy is a compacted one, and is
// checked before it gets its name. It is made beside the database first, so that a
// slow target keeps nobody waiting. Events can be stored meanwhile. progress may be
// nil.
func (s *Store) Backup(ctx context.Context, path string, progress func(done, total int)) (Backup, error) {
	if _, err := os.Lstat(path); err == nil {
		return Backup{}, fmt.Errorf("backing up to %s: %w", path, fs.ErrExist)
	}
	return s.BackupOver(ctx, path, progress)
}

// BackupOver is Backup to a file that may be there: the copy takes its place when
// it is whole and checked.
func (s *Store) BackupOver(ctx context.Context, path string, progress func(done, total int)) (Backup, error) {
	b, err := s.backup(ctx, path, progress)
	switch {
	case err == nil:
		return b, nil
	case ctx.Err() != nil:
		return Backup{}, ctx.Err()
	}
	return Backup{}, fmt.Errorf("backing up database %s to %s: %w", s.path, path, err)
}

func (s *Store) backup(ctx context.Context, path string, progress func(done, total int)) (Backup, error) {
	if err := notItself(s.path, path); err != nil {
		return Backup{}, err
	}
	if err := isBackup(path); err != nil {
		return Backup{}, err
	}
	near := temporary(path, backupMark)
	made := temporary(s.path, backupMark)
	report, err := s.copyTo(ctx, made, progress)
	elsewhere := filepath.Dir(made) != filepath.Dir(near)
	if err != nil && ctx.Err() == nil && !errors.Is(err, ErrDamaged) && elsewhere {
		made = near // no room beside the database, or not ours to write there
		if report, err = s.copyTo(ctx, made, progress); err != nil {
			return Backup{}, err
		}
	}
	if err != nil {
		return Backup{}, err
	}
	defer func() { _ = os.Remove(made) }() // of which there may be none any more
	if made != near && os.Rename(made, near) != nil {
		// On another file system.
		if err := carry(ctx, made, near, s.path); err != nil {
			return Backup{}, err
		}
	}
	info, err := os.Stat(near)
	if err == nil {
		err = ctx.Err() // the last moment to turn back
	}
	if err == nil {
		err = os.Rename(near, path)
	}
	if err != nil {
		_ = os.Remove(near)
		return Backup{}, err
	}
	return Backup{Path: path, Bytes: info.Size(), Events: report.Events}, syncFolder(filepath.Dir(path))
}

// notItself refuses to write a database over itself.
func notItself(path, target string) error {
	a, err := os.Stat(path)
	if err != nil {
		return err
	}
	switch b, err := os.Stat(target); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case os.SameFile(a, b):
		return errors.New("it is the database itself")
	case !b.Mode().IsRegular():
		return errors.New("it is there and no regular file")
	}
	return nil
}

// copyTo makes a checked copy of the database under a name of its own, or none.
func (s *Store) copyTo(ctx context.Context, path string, progress func(done, total int)) (CheckReport, error) {
	steps, err := s.copyUnchecked(ctx, path, progress)
	if err != nil {
		return CheckReport{}, err
	}
	report, err := checkCopy(ctx, path, steps)
	if err != nil {
		_ = os.Remove(path)
	}
	return report, err
}

// copyUnchecked is copyTo for as long as there is a snapshot, which a compaction
// would wait for. It returns what tells of the check.
func (s *Store) copyUnchecked(ctx context.Context, path string, progress func(done, total int)) (told *steps, err error) {
	if err := acquire(ctx, &s.care); err != nil {
		return nil, err
	}
	defer s.care.Unlock()
	attempt := func(ctx context.Context) error {
		snap, err := s.snapshot()
		if err != nil {
			return err
		}
		defer snap.end()
		if told, err = newSteps(snap.tx, progress); err != nil {
			return err
		}
		same := changes{sequences: sequencesOf(snap.tx)}
		return copySnapshot(ctx, snap.tx, path, s.path, same, told)
	}
	err = s.notInTheWay(ctx, attempt)
	if errors.Is(err, errInTheWay) { // rather once a wait that has an end
		if err := acquire(ctx, &s.writeMu); err != nil {
			return nil, err
		}
		defer s.writeMu.Unlock()
		progress = nil // those who are told could take their time
		err = attempt(ctx)
	}
	return told, err
}

// carry copies a file to another file system, flushes the copy, and reads it
// again.
func carry(ctx context.Context, from, to, like string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := createFile(to, like)
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, out.Close())
		if err != nil {
			_ = os.Remove(to)
		}
	}()
	want, got := sha256.New(), sha256.New()
	if _, err := io.Copy(out, io.TeeReader(reading{ctx, in}, want)); err != nil {
		return err
	}
	if err := out.Sync(); err != nil {
		return err
	}
	if _, err := out.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if _, err := io.Copy(got, reading{ctx, out}); err != nil {
		return err
	}
	if !bytes.Equal(want.Sum(nil), got.Sum(nil)) {
		return fmt.Errorf("%w: the copy is not what was written", ErrDamaged)
	}
	return nil
}

// reading ends with its context.
type reading struct {
	ctx context.Context //nolint:containedctx // lives as long as one copy
	r   io.Reader
}

// Read reads.
func (r reading) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(b)
}
