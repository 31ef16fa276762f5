package store

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	bolt "go.etcd.io/bbolt"
	"google.golang.org/protobuf/encoding/protowire"

	"magicbutton/internal/cx"
)

// series is what tallies count together; sender is where an event came from.
// Events name both by number, so that an event takes a dozen bytes and not a
// hundred.
type (
	series struct {
		tag     string
		stage   cx.Stage
		channel cx.Channel
	}
	sender struct {
		source                  cx.Source
		desk, site, device, key string
	}
)

// words is what the numbers in records stand for, as of one transaction; number
// n is at index n-1. 0 is none: "" or a zero value.
type words struct {
	texts   []string
	series  []series
	senders []sender
}

var errUnknownNumber = errors.New("its number is not in the file")

func (w words) text(n uint64) (string, error) {
	if n == 0 {
		return "", nil
	}
	if n > uint64(len(w.texts)) {
		return "", fmt.Errorf("text %d: %w", n, errUnknownNumber)
	}
	return w.texts[n-1], nil
}

// event turns a stored record into an event, without its note.
func (w words) event(id cx.ID, r record) (cx.Event, error) {
	if r.series == 0 || r.series > uint64(len(w.series)) {
		return cx.Event{}, fmt.Errorf("series %d: %w", r.series, errUnknownNumber)
	}
	if r.sender == 0 || r.sender > uint64(len(w.senders)) {
		return cx.Event{}, fmt.Errorf("sender %d: %w", r.sender, errUnknownNumber)
	}
	what, from := &w.series[r.series-1], &w.senders[r.sender-1]
	e := cx.Event{
		ID: id, RecordedAt: millis(id.UnixMilli() + r.recorded),
		Tag: what.tag, Stage: what.stage, Channel: what.channel,
		Source: from.source, Desk: from.desk, Site: from.site, Device: from.device, Key: from.key,
		Forced: r.forced, Conversation: r.conversation, Rev: r.rev, Voided: r.voided,
	}
	if e.Conversation.IsZero() {
		e.Conversation = id
	}
	if r.tried|r.clock != 0 {
		tried, err := w.text(r.tried)
		if err != nil {
			return cx.Event{}, err
		}
		clock, err := w.text(r.clock)
		if err != nil {
			return cx.Event{}, err
		}
		e.Tried, e.Clock = cx.Channel(tried), cx.Clock(clock)
	}
	return e, nil
}

// wordCache keeps what was read of the append-only buckets. Slices of it are
// handed out; what they show is never written again.
type wordCache struct {
	mu    sync.Mutex
	words words
	// catalogue is snapshot number snapshot, 0 for none.
	catalogue cx.Catalogue
	snapshot  uint64
}

// catalogueAt returns the catalogue that is in force for tallies.
func (s *Store) catalogueAt(tx *bolt.Tx) (cx.Catalogue, error) {
	if told := s.catalogue.Load(); told != nil {
		return *told, nil
	}
	c := &s.words
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := catalogueTable.in(tx).Sequence(); n != c.snapshot {
		catalogue, err := readCatalogue(tx)
		if err != nil {
			return cx.Catalogue{}, err
		}
		c.catalogue, c.snapshot = catalogue, n
	}
	return c.catalogue, nil
}

// at returns the words as of a transaction that has not written any yet.
func (c *wordCache) at(tx *bolt.Tx) (words, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := &c.words
	texts, err := extend(tx, dictionaryTable, &w.texts, func(b []byte) (string, error) { return string(b), nil })
	if err != nil {
		return words{}, err
	}
	series, err := extend(tx, seriesTable, &w.series, w.parseSeries)
	if err != nil {
		return words{}, err
	}
	senders, err := extend(tx, sendersTable, &w.senders, w.parseSender)
	return words{texts, series, senders}, err
}

// extend reads the records of an append-only bucket that are not in all yet and
// returns those that the transaction sees.
func extend[T any](tx *bolt.Tx, t table, all *[]T, parse func([]byte) (T, error)) ([]T, error) {
	b := t.in(tx)
	for n := uint64(len(*all)) + 1; n <= b.Sequence(); n++ {
		key := number32(n)
		record, err := t.get(tx, key)
		if err != nil {
			return nil, err
		}
		if record == nil {
			return nil, t.damaged(key, errors.New("it is missing"))
		}
		v, err := parse(record)
		if err != nil {
			return nil, t.damaged(key, err)
		}
		*all = append(*all, v)
	}
	return slices.Clip((*all)[:b.Sequence()]), nil
}

func (w words) parseSeries(b []byte) (series, error) {
	t, err := w.parseTexts(b, 3)
	if err != nil {
		return series{}, err
	}
	return series{t[0], cx.Stage(t[1]), cx.Channel(t[2])}, nil
}

func (w words) parseSender(b []byte) (sender, error) {
	t, err := w.parseTexts(b, 5)
	if err != nil {
		return sender{}, err
	}
	return sender{cx.Source(t[0]), t[1], t[2], t[3], t[4]}, nil
}

// parseTexts reads a record whose fields 1 to n are numbers of texts.
func (w words) parseTexts(b []byte, n int) ([]string, error) {
	f, err := parseFields(b)
	if err != nil {
		return nil, err
	}
	texts := make([]string, n)
	for i := range texts {
		if texts[i], err = w.text(f.numbers[protowire.Number(i+1)]); err != nil {
			return nil, err
		}
	}
	return texts, nil
}

// wordIndex finds the numbers of words. It belongs to the writer.
type wordIndex struct {
	texts   map[string]uint64
	series  map[series]uint64
	senders map[sender]uint64
}

func indexWords(w words) *wordIndex {
	x := &wordIndex{make(map[string]uint64), make(map[series]uint64), make(map[sender]uint64)}
	for i, v := range w.texts {
		x.texts[v] = uint64(i + 1)
	}
	for i, v := range w.series {
		x.series[v] = uint64(i + 1)
	}
	for i, v := range w.senders {
		x.senders[v] = uint64(i + 1)
	}
	return x
}

// textNumber returns the number of a text, a new one where it is new.
func (w *writer) textNumber(s string) (uint64, error) {
	if s == "" {
		return 0, nil
	}
	if n, ok := w.index.texts[s]; ok {
		return n, nil
	}
	n, err := w.appendWord(dictionaryTable, []byte(s))
	if err != nil {
		return 0, err
	}
	w.index.texts[s] = n
	w.words.texts = append(w.words.texts, s)
	return n, nil
}

func (w *writer) seriesNumber(v series) (uint64, error) {
	if n, ok := w.index.series[v]; ok {
		return n, nil
	}
	n, err := w.appendTexts(seriesTable, v.tag, string(v.stage), string(v.channel))
	if err != nil {
		return 0, err
	}
	w.index.series[v] = n
	w.words.series = append(w.words.series, v)
	return n, nil
}

func (w *writer) senderNumber(v sender) (uint64, error) {
	if n, ok := w.index.senders[v]; ok {
		return n, nil
	}
	n, err := w.appendTexts(sendersTable, string(v.source), v.desk, v.site, v.device, v.key)
	if err != nil {
		return 0, err
	}
	w.index.senders[v] = n
	w.words.senders = append(w.words.senders, v)
	return n, nil
}

func (w *writer) appendTexts(t table, texts ...string) (uint64, error) {
	var b []byte
	for i, s := range texts {
		n, err := w.textNumber(s)
		if err != nil {
			return 0, err
		}
		b = appendUint(b, protowire.Number(i+1), n)
	}
	return w.appendWord(t, b)
}

func (w *writer) appendWord(t table, record []byte) (uint64, error) {
	n, err := t.in(w.tx).NextSequence()
	if err != nil {
		return 0, fmt.Errorf("numbering in bucket %s: %w", t.name, err)
	}
	key := number32(n)
	// The number comes from a counter that no checksum covers, and to write over a
	// record would change what every event says that names it.
	if t.in(w.tx).Get(key) != nil {
		return 0, t.damaged(key, errors.New("its number was given out already"))
	}
	return n, t.put(w.tx, key, record)
}

// record turns an event into what is stored of it; rest is kept from its former
// state.
func (w *writer) record(e cx.Event, rest []byte) (record, error) {
	n1, err1 := w.seriesNumber(series{e.Tag, e.Stage, e.Channel})
	n2, err2 := w.senderNumber(sender{e.Source, e.Desk, e.Site, e.Device, e.Key})
	n3, err3 := w.textNumber(string(e.Tried))
	n4, err4 := w.textNumber(string(e.Clock))
	r := record{
		series: n1, sender: n2, tried: n3, clock: n4,
		recorded: e.RecordedAt.UnixMilli() - e.At().UnixMilli(),
		forced:   e.Forced, rev: e.Rev, voided: e.Voided, noted: e.Note != "", rest: rest,
	}
	if e.Conversation != e.ID {
		r.conversation = e.Conversation
	}
	return r, errors.Join(err1, err2, err3, err4)
}
