package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// kept is a record of a file, and the pages that it lies on.
type kept struct {
	bucket, key, value string
	first, last        int
}

// keptIn lists the records in force of a sound file, in the plainest way.
func keptIn(b []byte) (all []kept) {
	native := binary.NativeEndian
	pageBytes := os.Getpagesize()
	newest := (*header)(b[metaAt:])
	if second := (*header)(b[pageBytes+metaAt:]); second.uint64(metaTx) > newest.uint64(metaTx) {
		newest = second
	}
	var walk func(id int, bucket string)
	leaf := func(p []byte, bucket string, first, last int) {
		for i := range int(native.Uint16(p[pageCount:])) {
			e := p[16+16*i:]
			at, k, v := native.Uint32(e[4:]), native.Uint32(e[8:]), native.Uint32(e[12:])
			key, value := string(e[at:at+k]), e[at+k:at+k+v]
			if native.Uint32(e) != bucketEntry {
				all = append(all, kept{bucket, key, string(value), first, last})
			} else if root := native.Uint64(value); root != 0 {
				walk(int(root), key)
			} else {
				inner := value[16:]
				for i := range int(native.Uint16(inner[pageCount:])) {
					e := inner[16+16*i:]
					at, k, v := native.Uint32(e[4:]), native.Uint32(e[8:]), native.Uint32(e[12:])
					all = append(all, kept{key, string(e[at : at+k]), string(e[at+k : at+k+v]), first, last})
				}
			}
		}
	}
	walk = func(id int, bucket string) {
		p := b[id*pageBytes:]
		if native.Uint16(p[pageFlags:]) == leafPage {
			leaf(p, bucket, id, id+int(native.Uint32(p[pageOverflow:])))
			return
		}
		for i := range int(native.Uint16(p[pageCount:])) {
			walk(int(native.Uint64(p[16+16*i+8:])), bucket)
		}
	}
	walk(int(newest.uint64(metaRoot)), "")
	return all
}

// wound damages a file in one of many ways, and returns which pages changed.
func wound(random *rand.Rand, good []byte) (b []byte, what string) {
	b = bytes.Clone(good)
	pageBytes := os.Getpagesize()
	pages := len(b) / pageBytes
	switch random.IntN(4) {
	case 0:
		at, bit := flipPlace(random, good)
		b[at] ^= bit
		return b, fmt.Sprintf("bit %#x of byte %d of page %d flipped", bit, at%pageBytes, at/pageBytes)
	case 1:
		size := pageBytes + random.IntN(len(b)-pageBytes)
		return b[:size], fmt.Sprintf("cut to %d bytes (page %d)", size, size/pageBytes)
	case 2:
		page := random.IntN(pages)
		clear(b[page*pageBytes : (page+1)*pageBytes])
		return b, fmt.Sprintf("page %d zeroed", page)
	}
	for _, page := range []int{0, 1, 2 + random.IntN(pages-2)} {
		clear(b[page*pageBytes : (page+1)*pageBytes])
	}
	return b, "both header pages and another zeroed"
}

// Salvage saves each record on a page whose bytes did not change, brings nothing
// back that was erased, and what it makes is sound.
func TestSalvage(t *testing.T) {
	path, _ := busyDesk(t)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	all := keptIn(good)
	erased := make(map[string]kept)
	for _, k := range all {
		if k.bucket == "tombstones" {
			erased[k.key] = k
		}
	}
	saved := map[string]bool{"events": true, "notes": true, "history": true, "tombstones": true, "purged": true, "contacts": true, "actions": true, "frozen": true}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	dir, total := t.TempDir(), 0
	for round := range faults(t, 12) {
		b, what := wound(random, good)
		from, to := filepath.Join(dir, "damaged.db"), filepath.Join(dir, fmt.Sprintf("saved-%d.db", round))
		if err := os.WriteFile(from, b, 0o600); err != nil {
			t.Fatal(err)
		}
		report, err := Salvage(t.Context(), from, to, Options{}, nil)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		if after, err := os.ReadFile(from); err != nil || !bytes.Equal(after, b) {
			t.Errorf("%s: the damaged file was changed (%v)", what, err)
		}
		wanted, orphans := 0, 0
		whole := make(map[[2]string]bool)
		for _, k := range all {
			whole[[2]string{k.bucket, k.key}] = sameAt(good, b, k.first, k.last)
		}
		compare(t, to, func(now map[string]map[string]string) {
			for _, k := range all {
				if !saved[k.bucket] || !sameAt(good, b, k.first, k.last) {
					continue
				}
				if owners := ownersOf(k); slices.ContainsFunc(owners, func(o [2]string) bool { return !whole[o] }) {
					if slices.ContainsFunc(owners, func(o [2]string) bool { return now[o[0]][o[1]] == "" }) {
						orphans++
					}
					continue
				}
				wanted++
				if got, ok := now[k.bucket][k.key]; !ok || got != k.value && report.Unnamed == 0 {
					t.Errorf("%s: %s %x is not saved as it was (%v)", what, k.bucket, k.key, ok)
				}
			}
			for key := range now["events"] {
				if k, ok := erased[string(tombstoneKey(cx.ID([]byte(key))))]; ok && sameAt(good, b, k.first, k.last) {
					t.Errorf("%s: event %s was erased and is back", what, cx.ID([]byte(key)))
				}
			}
		})
		if orphans > 0 && report.Orphans == 0 {
			t.Errorf("%s: %d notes and former states are of events that are lost, and the report does not say so", what, orphans)
		}
		total += wanted
		_ = os.Remove(to)
	}
	if total == 0 {
		t.Error("nothing was to be saved")
	}
}

// ownersOf returns the buckets and keys of the records without which a note or a
// former state means nothing.
func ownersOf(k kept) (owners [][2]string) {
	if k.bucket != "notes" && k.bucket != "history" {
		return nil
	}
	if k.bucket == "notes" && len(k.key) == revisionKeyBytes {
		owners = append(owners, [2]string{"history", k.key})
	}
	return append(owners, [2]string{"events", k.key[:16]})
}

// sameAt reports whether pages of two files are the same.
func sameAt(a, b []byte, first, last int) bool {
	pageBytes := os.Getpagesize()
	end := (last + 1) * pageBytes
	return end <= len(b) && bytes.Equal(a[first*pageBytes:end], b[first*pageBytes:end])
}

// compare calls fn with the records of a sound file.
func compare(t *testing.T, path string, fn func(now map[string]map[string]string)) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	now := make(map[string]map[string]string)
	err = db.View(func(tx *bolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bolt.Bucket) error {
			now[string(name)] = make(map[string]string)
			return b.ForEach(func(key, value []byte) error {
				now[string(name)][string(key)] = string(value)
				return nil
			})
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	fn(now)
}
