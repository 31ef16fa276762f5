package export

import (
	"bytes"
	"hash/maphash"
	"strconv"
	"time"
	"unicode/utf8"

	"magicbutton/internal/cx"
)

// knownCells remembers cells that were read and found good, so that the next row
// with the same cells costs no more than finding them. What it does not know, and
// every row that is not plainly good, is for [header.row], which says what is
// wrong. The two agree on each row that both accept.
type knownCells struct {
	seed     maphash.Seed
	columns  [numColumns]*knownTexts
	at, then knownDay // of the columns at and recorded_at
}

// knownPerColumn is how many texts of a column are remembered, several times as
// many as a company has desks: each has two places.
const knownPerColumn = 1024

// knownCell is a cell as it stands in the file, and the text in it.
type knownCell struct{ cell, text string }

// knownTexts are the texts of a column, each in one of two places beside each
// other.
type knownTexts [knownPerColumn]knownCell

// textColumns are the columns whose cells repeat.
var textColumns = [...]int{colDesk, colSite, colTag, colStage, colChannel, colTried, colSource, colDevice, colKey, colClock}

// learn remembers the cells of a good row.
func (k *knownCells) learn(h *header, cells [][]byte, row *Row) {
	if k.seed == (maphash.Seed{}) {
		k.seed = maphash.MakeSeed()
		for _, c := range textColumns {
			k.columns[c] = new(knownTexts)
		}
	}
	e := &row.Event
	for i, text := range [len(textColumns)]string{
		e.Desk, e.Site, e.Tag, string(e.Stage), string(e.Channel), string(e.Tried), string(e.Source), e.Device, e.Key, string(e.Clock),
	} {
		c := textColumns[i]
		if cell := h.cell(cells, c); len(cell) > 0 {
			k.columns[c].learn(k.place(cell), cell, text)
		}
	}
	k.at.learn(h.cell(cells, colAt), row.At)
	k.then.learn(h.cell(cells, colRecordedAt), e.RecordedAt)
}

func (t *knownTexts) learn(place uint64, cell []byte, text string) {
	if first := t[place]; first.cell == string(cell) {
		return
	} else if first.cell != "" {
		t[place^1] = first
	}
	t[place] = knownCell{string(cell), text}
}

func (k *knownCells) place(cell []byte) uint64 { return maphash.Bytes(k.seed, cell) % knownPerColumn }

// cell returns the cell of a column, nil where there is none.
func (h *header) cell(cells [][]byte, column int) []byte {
	if i := h.index[column]; i >= 0 {
		return cells[i]
	}
	return nil
}

// row reads a row all of whose cells are known or plain, and reports whether they
// are.
func (k *knownCells) row(h *header, cells [][]byte, row *Row) bool {
	if k.seed == (maphash.Seed{}) {
		return false
	}
	e := &row.Event
	ok := true
	text := func(column int) string {
		cell := h.cell(cells, column)
		if len(cell) == 0 {
			return ""
		}
		place := k.place(cell)
		known := &k.columns[column][place]
		if known.cell != string(cell) {
			known = &k.columns[column][place^1]
			ok = ok && known.cell == string(cell)
		}
		return known.text
	}
	e.Desk, e.Site, e.Tag = text(colDesk), text(colSite), text(colTag)
	e.Stage, e.Channel, e.Tried = cx.Stage(text(colStage)), cx.Channel(text(colChannel)), cx.Channel(text(colTried))
	e.Source, e.Device, e.Key = cx.Source(text(colSource)), text(colDevice), text(colKey)
	e.Clock = cx.Clock(text(colClock))
	if e.Source == "" {
		e.Source = cx.SourceImport
	}
	ok = ok && e.Tag != "" && k.times(h, cells, row) && plainState(h, cells, e) && plainNote(h.cell(cells, colNote), e)
	if !ok {
		*row = Row{Line: row.Line}
	}
	return ok
}

// times reads the ids and instants of a row.
func (k *knownCells) times(h *header, cells [][]byte, row *Row) (ok bool) {
	e := &row.Event
	if row.At, ok = k.at.instant(h.cell(cells, colAt)); !ok {
		return false
	}
	if cell := h.cell(cells, colRecordedAt); len(cell) > 0 {
		if e.RecordedAt, ok = k.then.instant(cell); !ok {
			return false
		}
	}
	id, conversation := h.cell(cells, colID), h.cell(cells, colConversation)
	if len(id) == 0 {
		new := e.RecordedAt.IsZero() && !e.Source.Live() && cx.CheckAt(row.At) == nil
		return new && e.Conversation.UnmarshalText(conversation) == nil
	}
	if e.ID.UnmarshalText(id) != nil || !row.At.Equal(e.ID.At()) || e.ID.Masked() {
		return false
	}
	if len(conversation) == 0 || bytes.Equal(conversation, id) {
		e.Conversation = e.ID
		return true
	}
	return e.Conversation.UnmarshalText(conversation) == nil
}

// plainState reads what the store keeps of an event beside the event itself.
func plainState(h *header, cells [][]byte, e *cx.Event) bool {
	forced, ok1 := plainBool(h.cell(cells, colForced))
	voided, ok2 := plainBool(h.cell(cells, colVoided))
	rev, ok3 := plainNumber(h.cell(cells, colRev))
	e.Forced, e.Voided, e.Rev = forced, voided, rev
	if e.ID.IsZero() && (voided || rev > 0) || forced && e.Tried == "" {
		return false
	}
	return ok1 && ok2 && ok3
}

func plainBool(cell []byte) (v, ok bool) {
	switch string(cell) {
	case "", "false":
		return false, true
	case "true":
		return true, true
	}
	return false, false
}

func plainNumber(cell []byte) (uint32, bool) {
	if len(cell) == 0 || len(cell) == 1 && cell[0] == '0' {
		return 0, true
	}
	n, err := strconv.ParseUint(string(cell), 10, 32)
	return uint32(n), err == nil
}

// plainNote reads a note, which is of another text each time.
func plainNote(cell []byte, e *cx.Event) bool {
	if len(cell) == 0 {
		return true
	}
	if !utf8.Valid(cell) {
		return false
	}
	e.Note = cellText(string(cell))
	if e.ID.IsZero() {
		e.Note = cx.CleanNote(e.Note)
	}
	e.Scrub()
	return cx.CheckNote(e.Note) == nil
}

// knownDay remembers the beginning of an instant's text, up to the T.
type knownDay struct {
	text string
	at   int64 // when the day begins in UTC, Unix ms
}

// dayChars is the length of 2006-01-02T.
const dayChars = 11

// learn remembers the day of an instant that stands in a cell.
func (d *knownDay) learn(cell []byte, t time.Time) {
	if ms, ok := plainClock(cell); ok {
		d.text, d.at = string(cell[:dayChars]), t.UnixMilli()-ms
	}
}

// instant reads an instant of the day that is known.
func (d *knownDay) instant(cell []byte) (time.Time, bool) {
	ms, ok := plainClock(cell)
	if !ok || string(cell[:dayChars]) != d.text {
		return time.Time{}, false
	}
	return time.UnixMilli(d.at + ms).UTC(), true
}

// plainClock reads the time of day out of 2006-01-02T15:04:05Z, with or without
// milliseconds, in milliseconds.
func plainClock(cell []byte) (ms int64, ok bool) {
	const short, long = len("2006-01-02T15:04:05Z"), len("2006-01-02T15:04:05.000Z")
	if len(cell) != short && len(cell) != long || cell[len(cell)-1] != 'Z' || cell[dayChars-1] != 'T' {
		return 0, false
	}
	clock := cell[dayChars:]
	digits := func(i, n int) (v int64) {
		for _, c := range clock[i : i+n] {
			ok = ok && c >= '0' && c <= '9'
			v = v*10 + int64(c-'0')
		}
		return v
	}
	ok = clock[2] == ':' && clock[5] == ':'
	h, m, s := digits(0, 2), digits(3, 2), digits(6, 2)
	if len(cell) == long {
		ok = ok && clock[8] == '.'
		ms = digits(9, 3)
	}
	return ((h*60+m)*60+s)*1000 + ms, ok && h < 24 && m < 60 && s < 60
}
