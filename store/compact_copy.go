package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	bolt "go.etcd.io/bbolt"
)

// fileCopy is a database file in the making, in which records lie in order and
// without room between them.
type fileCopy struct {
	path  string
	db    *bolt.DB
	tx    *bolt.Tx
	bytes int // put in tx
	// held are the values in tx, for bbolt keeps what it is given; it takes no more
	// when it is full.
	held []byte
}

// copyBytes is how much is copied in one transaction, which lies in memory.
const copyBytes = 4 << 20

// heldBytes is how much room is made at once for values that are held.
const heldBytes = 256 << 10

// newFileCopy makes the file, which must not be there and belongs to the owner of
// like.
func newFileCopy(path, like string) (*fileCopy, error) {
	made := false
	db, err := bolt.Open(path, fileMode, &bolt.Options{
		Timeout: defaultWriteTimeout,
		// It is flushed once, at the end. Without a sync at each growth it is also
		// no longer than its pages.
		NoSync: true, NoGrowSync: true,
		OpenFile: func(name string, _ int, _ os.FileMode) (*os.File, error) {
			f, err := createFile(name, like)
			made = err == nil
			return f, err
		},
	})
	if err != nil {
		if made {
			_ = os.Remove(path)
		}
		return nil, err
	}
	return &fileCopy{path: path, db: db}, nil
}

// put adds a record, sealed, behind all others of its bucket. The bytes are copied.
func (c *fileCopy) put(t table, key, value []byte) error {
	b, err := c.bucket(t)
	if err != nil {
		return err
	}
	if len(c.held)+len(value) > cap(c.held) {
		c.held = make([]byte, 0, max(heldBytes, len(value)))
	}
	c.held = append(c.held, value...)
	if err := b.Put(key, c.held[len(c.held)-len(value):]); err != nil {
		return fmt.Errorf("writing to bucket %s: %w", t.name, err)
	}
	if c.bytes += len(key) + len(value); c.bytes < copyBytes {
		return nil
	}
	return c.commit()
}

// bucket returns the bucket, which it makes where there is none yet.
func (c *fileCopy) bucket(t table) (*bolt.Bucket, error) {
	if c.tx == nil {
		var err error
		if c.tx, err = c.db.Begin(true); err != nil {
			return nil, err
		}
	}
	b := t.in(c.tx)
	if b == nil {
		var err error
		if b, err = c.tx.CreateBucket(t.name); err != nil {
			return nil, fmt.Errorf("making bucket %s: %w", t.name, err)
		}
	}
	b.FillPercent = 1 // nothing comes between two records but what is stored late
	return b, nil
}

func (c *fileCopy) commit() error {
	if c.tx == nil {
		return nil
	}
	err := c.tx.Commit()
	c.tx, c.bytes, c.held = nil, 0, nil
	return err
}

// finish makes what was put durable, and leaves nothing in the file beside it.
func (c *fileCopy) finish() error {
	err := errors.Join(c.commit(), c.db.Close())
	c.db = nil
	if err != nil {
		return err
	}
	f, err := os.OpenFile(c.path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(wipeFree(f), f.Sync(), f.Close())
}

// discard removes the file; nobody wants to know of its errors.
func (c *fileCopy) discard() {
	if c.tx != nil {
		_ = c.tx.Rollback()
	}
	if c.db != nil {
		_ = c.db.Close()
	}
	_ = os.Remove(c.path)
}

// wipeFree puts zeros in the free pages of a file that nobody has open, and cuts
// off what is behind its last page.
func wipeFree(f *os.File) error {
	head, err := newestHeader(f)
	if err != nil {
		return err
	}
	pageBytes := int64(head.uint32(metaPageSize))
	at := int64(head.uint64(metaFreelist)) * pageBytes
	page := make([]byte, pageBytes)
	if _, err := f.ReadAt(page, at); err != nil {
		return err
	}
	page = make([]byte, (int64(binary.NativeEndian.Uint32(page[pageOverflow:]))+1)*pageBytes)
	if _, err := f.ReadAt(page, at); err != nil {
		return err
	}
	count, list := uint64(binary.NativeEndian.Uint16(page[pageCount:])), page[pageHeadBytes:]
	if count == 0xFFFF { // then the first entry is the count
		count, list = binary.NativeEndian.Uint64(list), list[8:]
	}
	zeros := make([]byte, pageBytes)
	for i := range count {
		free := int64(binary.NativeEndian.Uint64(list[8*i:]))
		if _, err := f.WriteAt(zeros, free*pageBytes); err != nil {
			return err
		}
	}
	return f.Truncate(int64(head.uint64(metaPages)) * pageBytes)
}
