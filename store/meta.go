package store

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"
	"google.golang.org/protobuf/encoding/protowire"

	"magicbutton/internal/cx"
)

// The records of metaTable.
var (
	formatKey = []byte("format") // uvarint: the number of migrations behind the file
	fileKey   = []byte("file")   // see fileRecord
)

// migrations bring a file from one format to the next; the format is how many
// were run. The list only grows. A program older than the file does not open it.
var migrations = []func(tx *bolt.Tx) error{
	// 1: the first layout.
	func(tx *bolt.Tx) error { return makeTables(tx, formatTables[0]) },
	// 2: day summaries, and what purging and erasing leave behind.
	func(tx *bolt.Tx) error {
		if err := makeTables(tx, formatTables[1]); err != nil {
			return err
		}
		return sealBuckets(tx)
	},
	// 3: contacts, actions and frozen weeks.
	func(tx *bolt.Tx) error { return makeTables(tx, formatTables[2]) },
}

func makeTables(tx *bolt.Tx, tables []table) error {
	for _, t := range tables {
		if _, err := tx.CreateBucketIfNotExists(t.name); err != nil {
			return fmt.Errorf("making bucket %s: %w", t.name, err)
		}
	}
	return nil
}

// migrate runs the migrations that a file of a format lacks.
func migrate(tx *bolt.Tx, format int) error {
	for i := format; i < len(migrations); i++ {
		if err := migrations[i](tx); err != nil {
			return fmt.Errorf("migration to format %d: %w", i+1, err)
		}
	}
	return metaTable.put(tx, formatKey, protowire.AppendVarint(nil, uint64(len(migrations))))
}

// readFormat returns the file's format, or why it cannot be read.
func readFormat(tx *bolt.Tx) (int, error) {
	if metaTable.in(tx) == nil {
		return 0, fmt.Errorf("%w: a bbolt file of another program", ErrNotDatabase)
	}
	b, err := metaTable.get(tx, formatKey)
	if err != nil {
		return 0, err
	}
	if b == nil {
		return 0, fmt.Errorf("%w: a bbolt file of another program", ErrNotDatabase)
	}
	v, n := protowire.ConsumeVarint(b)
	if n != len(b) || v == 0 {
		return 0, metaTable.damaged(formatKey, errors.New("not a version"))
	}
	if v > uint64(len(migrations)) {
		return 0, fmt.Errorf("%w: format %d, this one reads up to %d", ErrNewer, v, len(migrations))
	}
	return int(v), nil
}

// fileRecord describes the file: 1: created, Unix ms; 2: the origin that signs
// new events; 3: the salt of machine hashes.
type fileRecord struct {
	created time.Time
	origin  cx.Origin
	salt    []byte
}

const saltBytes = 16

func (r fileRecord) put(tx *bolt.Tx) error {
	b := appendUint(nil, 1, uint64(r.created.UnixMilli()))
	b = appendBytes(b, 2, r.origin[:])
	b = appendBytes(b, 3, r.salt)
	return metaTable.put(tx, fileKey, b)
}

func readFile(tx *bolt.Tx) (fileRecord, error) {
	b, err := metaTable.get(tx, fileKey)
	if err != nil {
		return fileRecord{}, err
	}
	f, err := metaTable.parse(fileKey, b)
	if err != nil {
		return fileRecord{}, err
	}
	if len(f.bytes[2]) != len(cx.Origin{}) {
		return fileRecord{}, metaTable.damaged(fileKey, errors.New("it has no origin"))
	}
	return fileRecord{
		created: millis(int64(f.numbers[1])),
		origin:  cx.Origin(f.bytes[2]),
		salt:    append([]byte(nil), f.bytes[3]...),
	}, nil
}

// originRecord is what is known of an origin: 1: its last sequence number;
// 2: when the file first knew it, Unix ms; 3: the hash of the machine, for
// origins that this file made.
type originRecord struct {
	lastSeq uint64
	created time.Time
	machine []byte
}

func (r originRecord) put(tx *bolt.Tx, o cx.Origin) error {
	b := appendUint(nil, 1, r.lastSeq)
	b = appendUint(b, 2, uint64(r.created.UnixMilli()))
	b = appendBytes(b, 3, r.machine)
	return originsTable.put(tx, o[:], b)
}

func readOrigin(tx *bolt.Tx, o cx.Origin) (r originRecord, ok bool, err error) {
	b, err := originsTable.get(tx, o[:])
	if b == nil || err != nil {
		return originRecord{}, false, err
	}
	r, err = parseOrigin(o[:], b)
	return r, true, err
}

func parseOrigin(key, b []byte) (originRecord, error) {
	f, err := originsTable.parse(key, b)
	if err != nil {
		return originRecord{}, err
	}
	return originRecord{
		lastSeq: f.numbers[1],
		created: millis(int64(f.numbers[2])),
		machine: append([]byte(nil), f.bytes[3]...),
	}, nil
}

// describe writes the records of a new file.
func describe(tx *bolt.Tx, now time.Time, machine []byte) error {
	file := fileRecord{created: now, origin: cx.NewOrigin(), salt: make([]byte, saltBytes)}
	_, _ = rand.Read(file.salt) // never returns an error: crypto/rand since Go 1.24
	if err := file.put(tx); err != nil {
		return err
	}
	return originRecord{created: now, machine: hashMachine(file.salt, machine)}.put(tx, file.origin)
}

// load checks the format and reads what the store keeps in memory.
func (s *Store) load() error {
	return s.opening(func() error {
		return s.db.View(func(tx *bolt.Tx) error {
			format, err := readFormat(tx)
			if err != nil {
				return err
			}
			for _, t := range tablesOf(format) {
				if t.in(tx) == nil {
					return fmt.Errorf("%w: bucket %s is missing", ErrDamaged, t.name)
				}
			}
			file, err := readFile(tx)
			s.origin = file.origin
			return err
		})
	})
}

// opening guards a transaction before the store is in use.
func (s *Store) opening(fn func() error) error {
	err := guard(fn)
	if errors.Is(err, errFault) {
		s.fault(err)
	}
	return err
}

// settle brings a file that was opened for writing up to date: its format, and
// its origin when the machine is another than the one that the origin was made
// on. Two copies of a file must never sign different events with one id.
func (s *Store) settle(o Options) error {
	machine := machineID(o.MachineIDFile)
	var format int
	var moved bool
	err := s.opening(func() error {
		return s.db.View(func(tx *bolt.Tx) (err error) {
			if format, err = readFormat(tx); err != nil {
				return err
			}
			moved, err = movedMachine(tx, machine)
			return err
		})
	})
	if err != nil || format == len(migrations) && !moved {
		return err
	}
	return s.opening(func() error {
		return s.db.Update(func(tx *bolt.Tx) error {
			if err := migrate(tx, format); err != nil || !moved {
				return err
			}
			file, err := readFile(tx)
			if err != nil {
				return err
			}
			file.origin = cx.NewOrigin()
			s.origin = file.origin
			record := originRecord{created: s.clock(), machine: hashMachine(file.salt, machine)}
			return errors.Join(file.put(tx), record.put(tx, file.origin))
		})
	})
}

// movedMachine reports whether the file's origin was made on another machine.
// Where either is unknown it was not.
func movedMachine(tx *bolt.Tx, machine []byte) (bool, error) {
	file, err := readFile(tx)
	if err != nil {
		return false, err
	}
	record, ok, err := readOrigin(tx, file.origin)
	if err != nil {
		return false, err
	}
	if !ok {
		return false, originsTable.damaged(file.origin[:], errors.New("it is missing"))
	}
	hash := hashMachine(file.salt, machine)
	return len(hash) > 0 && len(record.machine) > 0 && !hmac.Equal(hash, record.machine), nil
}

// machineID reads the machine's id; nil where it has none. See machine-id(5).
func machineID(path string) []byte {
	if path == "" {
		path = "/etc/machine-id"
	}
	b, err := os.ReadFile(path)
	id := strings.TrimSpace(string(b))
	if err != nil || id == "" || id == "uninitialized" {
		return nil
	}
	return []byte(id)
}

// hashMachine returns what is kept of a machine's id, which is not to be given
// away (machine-id(5)); nil for none.
func hashMachine(salt, machine []byte) []byte {
	if machine == nil {
		return nil
	}
	mac := hmac.New(sha256.New, salt)
	mac.Write(machine)
	return mac.Sum(nil)[:16]
}
