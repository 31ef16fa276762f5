package store

import (
	"context"
	"errors"
	"fmt"
	"os"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// Info describes the database.
func (s *Store) Info(ctx context.Context) (Info, error) {
	info := Info{Path: s.path, Origin: s.origin}
	stat, err := os.Stat(s.path)
	if err != nil {
		return Info{}, fmt.Errorf("reading database %s: %w", s.path, err)
	}
	info.SizeBytes = stat.Size()
	err = s.view(ctx, func(tx *bolt.Tx, _ words) error {
		if info.Format, err = readFormat(tx); err != nil {
			return err
		}
		file, err := readFile(tx)
		if err != nil {
			return err
		}
		info.CreatedAt = file.created
		if info.Origins, err = readOrigins(tx); err != nil {
			return err
		}
		info.First, info.Last, err = bounds(tx)
		return err
	})
	if err != nil {
		return Info{}, err
	}
	for _, o := range info.Origins {
		if o.Origin == s.origin {
			info.LastSeq = o.LastSeq
		}
	}
	return info, nil
}

func readOrigins(tx *bolt.Tx) (all []OriginInfo, err error) {
	for key, value := range originsTable.pairs(tx, nil) {
		b, err := originsTable.unseal(key, value)
		if err != nil {
			return nil, err
		}
		if len(key) != len(cx.Origin{}) {
			return nil, originsTable.damaged(key, errors.New("its key is no origin"))
		}
		r, err := parseOrigin(key, b)
		if err != nil {
			return nil, err
		}
		all = append(all, OriginInfo{cx.Origin(key), r.lastSeq, r.created})
	}
	return all, nil
}
