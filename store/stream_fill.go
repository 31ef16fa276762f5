package store

import (
	"bytes"

	bolt "go.etcd.io/bbolt"
	"google.golang.org/protobuf/encoding/protowire"

	"magicbutton/internal/cx"
)

// filler turns stored events into what a question asks for.
type filler struct {
	q         cx.EventQuery
	filtered  bool // by q
	catalogue cx.Catalogue
	// series and senders say which pass the filter, by number, as far as known.
	series, senders []verdict
	notes           noteReader
	record          record
}

type verdict byte

const (
	unjudged verdict = iota
	passes
	held
)

// fill makes an event of a pair, in the place of another, and reports whether it
// was asked for.
func (f *filler) fill(e *cx.Event, tx *bolt.Tx, w *words, key, value []byte) (bool, error) {
	r := &f.record
	b, err := eventsTable.unseal(key, value)
	if err != nil || len(key) != len(e.ID) || !quickRecord(b, r) {
		if *r, _, err = openRecord(eventsTable, key, value); err != nil {
			return false, err
		}
	}
	if r.voided && !f.q.Voided {
		return false, nil
	}
	if r.series-1 >= uint64(len(w.series)) || r.sender-1 >= uint64(len(w.senders)) || r.tried|r.clock != 0 {
		if *e, err = w.event(cx.ID(key), *r); err != nil {
			return false, eventsTable.damaged(key, err)
		}
	} else {
		w.fill(e, cx.ID(key), r)
	}
	if f.filtered && !f.passes(r, e) {
		return false, nil
	}
	if r.noted {
		e.Note, err = f.notes.get(tx, key)
	}
	return err == nil, err
}

// fill is words.event for one that said nothing of what was tried, nor of the clock.
func (w *words) fill(e *cx.Event, id cx.ID, r *record) {
	what, from := &w.series[r.series-1], &w.senders[r.sender-1]
	e.ID = id
	e.RecordedAt = millis(id.UnixMilli() + r.recorded)
	e.Tag, e.Stage, e.Channel = what.tag, what.stage, what.channel
	e.Source, e.Desk, e.Site, e.Device, e.Key = from.source, from.desk, from.site, from.device, from.key
	e.Tried, e.Clock, e.Note = "", "", ""
	e.Forced, e.Rev, e.Voided = r.forced, r.rev, r.voided
	if e.Conversation = r.conversation; e.Conversation.IsZero() {
		e.Conversation = id
	}
}

// passes reports whether an event passes the filter.
func (f *filler) passes(r *record, e *cx.Event) bool {
	if what := verdictOf(&f.series, r.series); *what == unjudged {
		*what = judged(f.q.PassesSeries(f.catalogue, cx.Series{Tag: e.Tag, Stage: e.Stage, Channel: e.Channel}))
	}
	if from := verdictOf(&f.senders, r.sender); *from == unjudged {
		*from = judged(f.q.PassesPlace(cx.Place{Desk: e.Desk, Site: e.Site}))
	}
	return f.series[r.series] == passes && f.senders[r.sender] == passes
}

func verdictOf(all *[]verdict, n uint64) *verdict {
	for uint64(len(*all)) <= n {
		*all = append(*all, unjudged)
	}
	return &(*all)[n]
}

func judged(ok bool) verdict {
	if ok {
		return passes
	}
	return held
}

// quickRecord is parseRecord for the records that this version of the program
// writes; it is false where it is to be asked.
func quickRecord(b []byte, r *record) bool {
	*r = record{}
	last := byte(0)
	for len(b) > 0 {
		tag := b[0]
		if tag <= last || tag > lastTag {
			return false
		}
		last = tag
		if tag == conversationTag {
			const size = 2 + len(cx.ID{})
			if len(b) < size || b[1] != byte(len(cx.ID{})) {
				return false
			}
			if r.conversation = cx.ID(b[2:size]); r.conversation.IsZero() {
				return false
			}
			b = b[size:]
			continue
		}
		v, n := uvarint(b[1:])
		if n <= 0 || tag&7 != varintField || tag>>3 == fieldConversation || n > 1 && b[n] == 0 || v == 0 {
			return false // not a number, or not in its canonical form
		}
		b = b[1+n:]
		switch {
		case tag == seriesTag:
			r.series = v
		case tag == senderTag:
			r.sender = v
		case r.setNumber(protowire.Number(tag>>3), v) != nil:
			return false
		}
	}
	return true
}

// noteReader reads notes in the order of their events, so that the next one most
// often follows the one before.
type noteReader struct {
	tree *bucketTree // stands at the last note, nil before the first of a transaction
}

// get returns the note under a key of notesTable, "" where it is no longer kept.
func (n *noteReader) get(tx *bolt.Tx, key []byte) (string, error) {
	if n.tree != nil {
		leaf := n.tree.leaf()
		if i := leaf.i + 1; i < leaf.count && bytes.Equal(leaf.key(i), key) {
			leaf.i = i
			note, err := notesTable.unseal(n.tree.pair())
			return string(note), err
		}
	}
	tree, err := notesTable.treeOf(tx)
	if tree == nil || err != nil {
		return "", err
	}
	n.tree = tree
	value, found, err := tree.find(notesTable, key)
	if err != nil || !found {
		n.tree = nil
		return "", err
	}
	note, err := notesTable.unseal(key, value)
	return string(note), err
}
