package store

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// tagSnapshot is the catalogue of one file as it was last written.
type tagSnapshot struct {
	lineage cx.Origin
	taken   time.Time
	tags    []cx.Tag
	file    string // for the report
}

// The fields that a snapshot has in a file that Merge made, beside those of
// parseCatalogue.
const (
	fieldLineage = 3 // 5 bytes: see firstOrigin; left out in the file's own
	fieldResult  = 4 // 1: what Merge made of the others
)

// readSnapshots reads the last catalogue of a file, and of a merged one the last
// of each file that went into it: which one is newer cannot be told of a mixture.
func (m *merger) readSnapshots(tx *bolt.Tx, s *mergeSource) error {
	latest := make(map[cx.Origin]tagSnapshot)
	for key, value := range catalogueTable.pairs(tx, nil) {
		b, err := catalogueTable.unseal(key, value)
		if err != nil {
			return err
		}
		f, err := catalogueTable.parse(key, b)
		if err != nil {
			return err
		}
		if f.numbers[fieldResult] == 1 {
			continue
		}
		c, err := parseCatalogue(key, value)
		if err != nil {
			return err
		}
		snapshot := tagSnapshot{lineage: s.lineage, taken: millis(int64(f.numbers[1])), tags: c.Tags(), file: s.file.Path}
		if b := f.bytes[fieldLineage]; len(b) == len(cx.Origin{}) {
			snapshot.lineage = cx.Origin(b)
		}
		latest[snapshot.lineage] = snapshot
	}
	for o, snapshot := range latest {
		if known, ok := m.sides.snapshots[o]; !ok || snapshot.compare(known) >= 0 {
			m.sides.snapshots[o] = snapshot
		}
	}
	return nil
}

// compare orders snapshots by age, the older one first.
func (t tagSnapshot) compare(other tagSnapshot) int {
	return cmp.Or(t.taken.Compare(other.taken), cmp.Compare(tagsText(t.tags), tagsText(other.tags)),
		cmp.Compare(string(t.lineage[:]), string(other.lineage[:])))
}

func tagsText(tags []cx.Tag) string {
	b, _ := json.Marshal(tags) // a tag that was read from JSON can be written
	return string(b)
}

// putCatalogue stores the last catalogue of each file, and what they come to: of
// each tag the newest description by a desk that still has it in its
// configuration, else by the last that had it.
func (m *merger) putCatalogue(w *writer) error {
	all := make([]tagSnapshot, 0, len(m.sides.snapshots))
	for _, s := range m.sides.snapshots {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b tagSnapshot) int { return b.compare(a) }) // the newest first
	tags := m.mergeTags(all)
	if len(tags) == 0 {
		return nil
	}
	for _, s := range slices.Backward(all) {
		if err := putSnapshot(w, s.taken, s.tags, appendBytes(nil, fieldLineage, s.lineage[:])); err != nil {
			return err
		}
	}
	return putSnapshot(w, all[0].taken, tags, appendUint(nil, fieldResult, 1))
}

func putSnapshot(w *writer, taken time.Time, tags []cx.Tag, more []byte) error {
	b, err := json.Marshal(tags)
	if err != nil {
		return fmt.Errorf("writing the catalogue: %w", err)
	}
	record := appendBytes(appendUint(nil, 1, uint64(taken.UnixMilli())), 2, b)
	_, err = w.appendWord(catalogueTable, append(record, more...))
	return err
}

// mergeTags makes one list of tags of snapshots, the newest of which comes first.
func (m *merger) mergeTags(all []tagSnapshot) (tags []cx.Tag) {
	index := make(map[string]int)
	from := make(map[string]string) // the file that a tag is described by
	told := make(map[string]bool)
	for _, s := range all {
		for _, t := range s.tags {
			i, ok := index[t.Code]
			switch {
			case !ok:
				index[t.Code] = len(tags)
				tags = append(tags, t)
				from[t.Code] = s.file
			case tags[i].Unlisted && !t.Unlisted:
				tags[i], from[t.Code] = t, s.file
			case !t.Unlisted && !reflect.DeepEqual(tags[i], t) && !told[t.Code]:
				told[t.Code] = true
				m.report.Tags = append(m.report.Tags, fmt.Sprintf("tag %q: %s and %s differ in %s; the first one's, which is newer, is kept",
					t.Code, from[t.Code], s.file, differingTags(tags[i], t)))
			}
		}
	}
	slices.Sort(m.report.Tags)
	return m.mendMerges(tags)
}

// mendMerges undoes merges of tags that make no sense together: one desk merges a
// into b, and another b into a.
func (m *merger) mendMerges(tags []cx.Tag) []cx.Tag {
	for range tags {
		_, err := cx.NewCatalogue(tags)
		var bad *cx.TagError
		if !errors.As(err, &bad) {
			return tags
		}
		m.report.Tags = append(m.report.Tags, fmt.Sprintf("%v: it counts as itself", bad))
		tags[bad.Index].MergedInto = ""
	}
	return tags
}

// differingTags names the fields in which two descriptions of a tag differ.
func differingTags(a, b cx.Tag) (names string) {
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	for i := range x.NumField() {
		if reflect.DeepEqual(x.Field(i).Interface(), y.Field(i).Interface()) {
			continue
		}
		if names != "" {
			names += ", "
		}
		name, _, _ := strings.Cut(x.Type().Field(i).Tag.Get("json"), ",")
		names += name
	}
	return names
}
