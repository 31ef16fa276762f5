package store

import (
	"bytes"
	"context"
	"errors"
	"regexp"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// Match says which events to find. What is zero does not matter; all that is given
// must be so.
type Match struct {
	// From and To bound the instants, half-open.
	From, To time.Time
	// Text is in a note, whatever its case, and Pattern matches one; a note of a
	// former state counts.
	Text    string
	Pattern *regexp.Regexp
	// Tag, Desk and Device are as the event stands. A tag or a desk that the file does
	// not have is a [FilterError].
	Tag, Desk, Device string
}

// errMatchesAll refuses a Match that says nothing.
var errMatchesAll = errors.New("a match that is not narrowed down is every event")

// Find returns the events that match, voided ones too, in the order of their ids.
func (s *Store) Find(ctx context.Context, m Match) (found []cx.Event, err error) {
	if m == (Match{}) {
		return nil, errMatchesAll
	}
	if err := s.checkMatch(ctx, m); err != nil {
		return nil, err
	}
	keep := func(e cx.Event) {
		if (m.Tag == "" || e.Tag == m.Tag) && (m.Desk == "" || e.Desk == m.Desk) && (m.Device == "" || e.Device == m.Device) {
			found = append(found, e)
		}
	}
	if m.Text == "" && m.Pattern == nil {
		for e, err := range s.Events(ctx, cx.EventQuery{From: m.From, To: m.To, Voided: true}) {
			if err != nil {
				return nil, err
			}
			keep(e)
		}
		return found, nil
	}
	ids, err := s.noted(ctx, m)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		e, err := s.Event(ctx, id)
		if errors.Is(err, ErrNoEvent) {
			continue // it went meanwhile
		}
		if err != nil {
			return nil, err
		}
		keep(e)
	}
	return found, nil
}

// checkMatch refuses to look for what the file has nowhere: a misspelt word.
func (s *Store) checkMatch(ctx context.Context, m Match) error {
	var f cx.Filter
	if m.Tag != "" {
		f.Tags = []string{m.Tag}
	}
	if m.Desk != "" {
		f.Desks = []string{m.Desk}
	}
	return s.view(ctx, func(tx *bolt.Tx, w words) error {
		catalogue, err := s.catalogueAt(tx)
		if err != nil {
			return err
		}
		return checkFilter(f, catalogue, w)
	})
}

// noted returns the events of the period of which a note matches.
func (s *Store) noted(ctx context.Context, m Match) (ids []cx.ID, err error) {
	p := newPager(cx.EventQuery{From: m.From, To: m.To})
	next, lower := p.from[:], strings.ToLower(m.Text)
	for more := !p.done; more; {
		more = false
		err := s.view(ctx, func(tx *bolt.Tx, _ words) error {
			n := 0
			for key, value := range notesTable.pairs(tx, next) {
				if !p.to.IsZero() && !bytesLess(key, p.to[:]) {
					return nil
				}
				if n++; n > scanPerPage {
					next, more = bytes.Clone(key), true
					return nil
				}
				b, err := notesTable.unseal(key, value)
				if err != nil {
					return err
				}
				id := cx.ID(key[:len(cx.ID{})])
				if len(ids) > 0 && ids[len(ids)-1] == id || !m.notes(string(b), lower) {
					continue
				}
				ids = append(ids, id)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// notes reports whether a note matches; lower is the text in small letters.
func (m Match) notes(note, lower string) bool {
	return (lower == "" || strings.Contains(strings.ToLower(note), lower)) && (m.Pattern == nil || m.Pattern.MatchString(note))
}
