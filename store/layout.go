package store

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// table is one bucket of the file. Each value in it is sealed:
//
//	1 byte   version of the record, recordVersion
//	n bytes  the record, most often protobuf-wire fields in the order of their
//	         numbers (protobuf.dev/programming-guides/encoding)
//	4 bytes  CRC-32C of bucket name, key, version and record, big-endian
//
// so that a flipped bit, and a value that stands under another's key, are found.
type table struct {
	name []byte
	sum  uint32 // CRC-32C of the name, where every value's begins
}

// The buckets of format 1.
var (
	metaTable       = newTable("meta")       // "format", "file" → see meta.go
	originsTable    = newTable("origins")    // origin → last sequence number, creation, machine
	dictionaryTable = newTable("dictionary") // uint32 → text; append-only
	seriesTable     = newTable("series")     // uint32 → tag, stage, channel; append-only
	sendersTable    = newTable("senders")    // uint32 → source, desk, site, device, key; append-only
	eventsTable     = newTable("events")     // id → the event's state; see record
	notesTable      = newTable("notes")      // id → note; id, revision → note of a former state
	historyTable    = newTable("history")    // id, revision → a former state; see record
	catalogueTable  = newTable("catalogue")  // uint32 → snapshot of the tags; the last one is in force
	refusalsTable   = newTable("refusals")   // UTC day, origin, device, key → count
	refsTable       = newTable("refs")       // UTC day, ref → id
	importsTable    = newTable("imports")    // SHA-256 of a file → rows stored, done
	recentTable     = newTable("recent")     // ring: uint16 → id of an event of a live source, its place
)

// The buckets that format 2 added. A file of an older format that is opened for
// reading has none of them: there they are empty.
var (
	daysTable       = newTable("days")       // UTC day → summary of its events; see days.go
	tombstonesTable = newTable("tombstones") // origin, sequence → what is left of an erased event
	purgedTable     = newTable("purged")     // origin → numbers of events that were purged with their days sealed
)

// The buckets that format 3 added.
var (
	contactsTable = newTable("contacts") // week, site, channel → conversations handled; see contacts.go
	actionsTable  = newTable("actions")  // origin, number → what was done about a tag; see actions.go
	frozenTable   = newTable("frozen")   // week, when, SHA-256 → a closed week's numbers; see frozen.go
)

// formatTables are the buckets that each format added to the one before.
var formatTables = [][]table{
	{
		metaTable, originsTable, dictionaryTable, seriesTable, sendersTable, eventsTable, notesTable,
		historyTable, catalogueTable, refusalsTable, refsTable, importsTable, recentTable,
	},
	{daysTable, tombstonesTable, purgedTable},
	{contactsTable, actionsTable, frozenTable},
}

// tablesOf returns the buckets of a file of a format.
func tablesOf(format int) []table { return slices.Concat(formatTables[:format]...) }

const (
	recordVersion = 1
	sealBytes     = 1 + 4 // version and CRC

	// fillPercent suits keys that come in order: pages are filled before they
	// are split. It took an event from 87 to 48 bytes on the disk.
	fillPercent = 0.9
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func newTable(name string) table {
	return table{[]byte(name), crc32.Checksum([]byte(name), castagnoli)}
}

// in returns the bucket, nil where the file's format does not have it.
func (t table) in(tx *bolt.Tx) *bolt.Bucket { return tx.Bucket(t.name) }

func (t table) crc(key, versioned []byte) uint32 {
	return crc32.Update(crc32.Update(t.sum, castagnoli, key), castagnoli, versioned)
}

// empty reports whether the bucket has nothing in it.
func (t table) empty(tx *bolt.Tx) bool {
	for range t.pairs(tx, nil) {
		return false
	}
	return true
}

// seal returns a record as it is stored under key.
func (t table) seal(key, record []byte) []byte {
	b := make([]byte, 0, len(record)+sealBytes)
	b = append(append(b, recordVersion), record...)
	return binary.BigEndian.AppendUint32(b, t.crc(key, b))
}

// unseal returns the record in a stored value, or an error that wraps
// [ErrDamaged]. The record lives as long as value.
func (t table) unseal(key, value []byte) ([]byte, error) {
	if len(value) < sealBytes {
		return nil, t.damaged(key, fmt.Errorf("%d bytes are too few", len(value)))
	}
	body, sum := value[:len(value)-4], binary.BigEndian.Uint32(value[len(value)-4:])
	if n := len(key); cap(key) >= n+len(body) && &key[:n+1][n] == &body[0] {
		// They lie one behind the other, as on a page: one pass instead of two.
		if crc32.Update(t.sum, castagnoli, key[:n+len(body)]) != sum {
			return nil, t.damaged(key, fmt.Errorf("its checksum does not match"))
		}
	} else if t.crc(key, body) != sum {
		return nil, t.damaged(key, fmt.Errorf("its checksum does not match"))
	}
	if body[0] != recordVersion {
		return nil, t.damaged(key, fmt.Errorf("record version %d is unknown", body[0]))
	}
	return body[1:], nil
}

// damaged says which record cannot be read, and why.
func (t table) damaged(key []byte, err error) error {
	name := fmt.Sprintf("%s %x", t.name, key)
	switch {
	case t.sum == eventsTable.sum && len(key) == len(cx.ID{}):
		name = "event " + cx.ID(key).String()
	case t.sum == metaTable.sum:
		name = fmt.Sprintf("meta %q", key)
	case t.sum == daysTable.sum && len(key) >= dayKeyBytes:
		name = fmt.Sprintf("day %s, part %x", dayStart(binary.BigEndian.Uint32(key[1:])).Format(time.DateOnly), key[0])
	}
	return fmt.Errorf("%w: %s: %w", ErrDamaged, name, err)
}

// number32 is the key of the n-th record of an append-only bucket.
func number32(n uint64) []byte { return binary.BigEndian.AppendUint32(nil, uint32(n)) }

// revisionKey is the key of a former state, and of the note in it.
func revisionKey(id cx.ID, rev uint32) []byte {
	return binary.BigEndian.AppendUint32(id[:], rev)
}

const revisionKeyBytes = len(cx.ID{}) + 4

// utcDay counts the UTC days since 1970, 0 before.
func utcDay(t time.Time) uint32 {
	return uint32(max(t.Unix(), 0) / (24 * 60 * 60))
}

func dayStart(day uint32) time.Time { return time.Unix(int64(day)*24*60*60, 0).UTC() }

func millis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
