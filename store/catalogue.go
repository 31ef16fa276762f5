package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// SetCatalogue puts the configured tags over those of the file: a tag that left
// the configuration stays as unlisted. Only a change is written. Snapshots are
// kept, so that the file can be read without its configuration. A store that is
// open for reading writes nothing, and answers with these tags from then on.
func (s *Store) SetCatalogue(ctx context.Context, configured cx.Catalogue) error {
	stored, err := s.Catalogue(ctx)
	if err != nil || sameTags(stored, stored.With(configured)) {
		return err
	}
	if s.readOnly {
		next := stored.With(configured)
		s.catalogue.Store(&next)
		return nil
	}
	_, err = s.write(ctx, func(w *writer) error {
		stored, err := readCatalogue(w.tx)
		if err != nil {
			return err
		}
		next := stored.With(configured)
		if sameTags(stored, next) {
			return nil
		}
		tags, err := json.Marshal(next.Tags())
		if err != nil {
			return fmt.Errorf("writing the catalogue: %w", err)
		}
		record := appendUint(nil, 1, uint64(w.now.UnixMilli()))
		_, err = w.appendWord(catalogueTable, appendBytes(record, 2, tags))
		return err
	})
	return err
}

// Catalogue returns the tags as the file knows them, empty in a new one.
func (s *Store) Catalogue(ctx context.Context) (c cx.Catalogue, err error) {
	if told := s.catalogue.Load(); told != nil {
		return *told, nil
	}
	err = s.view(ctx, func(tx *bolt.Tx, _ words) (err error) {
		c, err = readCatalogue(tx)
		return err
	})
	return c, err
}

func readCatalogue(tx *bolt.Tx) (cx.Catalogue, error) {
	last := catalogueTable.in(tx).Sequence()
	if last == 0 {
		return cx.Catalogue{}, catalogueTable.ends(tx)
	}
	key := number32(last)
	record, err := catalogueTable.get(tx, key)
	if err == nil && record == nil {
		err = catalogueTable.damaged(key, errors.New("it is missing"))
	}
	if err == nil {
		err = catalogueTable.ends(tx)
	}
	if err != nil {
		return cx.Catalogue{}, err
	}
	return catalogueOf(key, record)
}

// parseCatalogue reads a pair of catalogueTable.
func parseCatalogue(key, value []byte) (cx.Catalogue, error) {
	record, err := catalogueTable.unseal(key, value)
	if err != nil {
		return cx.Catalogue{}, err
	}
	return catalogueOf(key, record)
}

// catalogueOf reads a snapshot: 1: when it was taken, Unix ms; 2: the tags as
// a JSON list.
func catalogueOf(key, record []byte) (cx.Catalogue, error) {
	f, err := catalogueTable.parse(key, record)
	if err != nil {
		return cx.Catalogue{}, err
	}
	var tags []cx.Tag
	if err := json.Unmarshal(f.bytes[2], &tags); err != nil {
		return cx.Catalogue{}, catalogueTable.damaged(key, err)
	}
	c, err := cx.NewCatalogue(tags)
	if err != nil {
		return cx.Catalogue{}, catalogueTable.damaged(key, err)
	}
	return c, nil
}

func sameTags(a, b cx.Catalogue) bool { return reflect.DeepEqual(a.Tags(), b.Tags()) }
