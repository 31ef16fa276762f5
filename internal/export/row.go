package export

import (
	"errors"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"magicbutton/internal/cx"
)

// row turns a record into an event and checks it, or returns every problem.
func (h header) row(record []string, line int) (Row, error) {
	if len(record) != h.cells {
		return Row{Line: line}, &LineError{line, fmt.Errorf("the row has %d cells, the header %d", len(record), h.cells)}
	}
	for c, i := range h.index {
		if i >= 0 && !utf8.ValidString(record[i]) {
			return Row{Line: line}, &LineError{line, fmt.Errorf("%s is not valid UTF-8: save the file as UTF-8", columnNames[c])}
		}
	}
	p := rowParser{header: h, record: record}
	row := Row{Line: line, Event: p.texts()}
	row.At = p.instant(colAt)
	p.identity(&row)
	p.state(&row.Event)
	if p.cell(colID) == "" {
		p.newEvent(&row)
	}
	row.Event.Scrub()
	p.add(row.Event.Check())
	if len(p.errs) > 0 {
		return Row{Line: line}, &LineError{line, errors.Join(p.errs...)}
	}
	return row, nil
}

// rowParser reads the cells of one record and keeps what is wrong with them.
type rowParser struct {
	header header
	record []string
	errs   []error
}

func (p *rowParser) add(err error) {
	if err != nil {
		p.errs = append(p.errs, err)
	}
}

// cell returns the cell of a column as it stands, "" where there is no column.
func (p *rowParser) cell(column int) string {
	if i := p.header.index[column]; i >= 0 {
		return p.record[i]
	}
	return ""
}

func (p *rowParser) text(column int) string { return cellText(p.cell(column)) }

// texts reads the cells that cx.Event.Check knows how to check.
func (p *rowParser) texts() cx.Event {
	e := cx.Event{
		Desk:    p.text(colDesk),
		Site:    p.text(colSite),
		Tag:     p.text(colTag),
		Stage:   cx.Stage(p.text(colStage)),
		Channel: cx.Channel(p.text(colChannel)),
		Tried:   cx.Channel(p.text(colTried)),
		Note:    p.text(colNote),
		Source:  cx.Source(p.text(colSource)),
		Device:  p.text(colDevice),
		Key:     p.text(colKey),
		Clock:   cx.Clock(p.text(colClock)),
	}
	if e.Source == "" {
		e.Source = cx.SourceImport
	}
	return e
}

// identity reads the ids. An id has the event's instant in it, so the two must
// agree.
func (p *rowParser) identity(row *Row) {
	row.Event.ID = p.id(colID)
	row.Event.Conversation = p.id(colConversation)
	if p.cell(colConversation) == "" {
		row.Event.Conversation = row.Event.ID
	}
	p.add(checkMasked(&row.Event))
	if id := row.Event.ID; !id.IsZero() && !row.At.IsZero() && !row.At.Equal(id.At()) {
		p.add(fmt.Errorf("at %q is not the instant in the id, %s", clip(p.cell(colAt)), instantCell(id.At())))
	}
}

// state reads what the store keeps of an event beside the event itself.
func (p *rowParser) state(e *cx.Event) {
	var err error
	if p.cell(colRecordedAt) != "" {
		e.RecordedAt = p.instant(colRecordedAt)
	}
	e.Forced, err = cellBool("forced", p.cell(colForced))
	p.add(err)
	e.Voided, err = cellBool("voided", p.cell(colVoided))
	p.add(err)
	if s := p.cell(colRev); s != "" {
		rev, err := strconv.ParseUint(s, 10, 32)
		if err != nil {
			p.add(fmt.Errorf("rev %q: want a whole number, 0 to %d", clip(s), uint32(1<<32-1)))
		}
		e.Rev = uint32(rev)
	}
}

// newEvent checks and cleans a row without an id, which was never stored.
func (p *rowParser) newEvent(row *Row) {
	e := &row.Event
	e.Note = cx.CleanNote(e.Note)
	if !row.At.IsZero() {
		p.add(cx.CheckAt(row.At))
	}
	needsID := func(what string) {
		p.add(fmt.Errorf("%s needs an id: a row without one is a new event", what))
	}
	if !e.RecordedAt.IsZero() {
		needsID("recorded_at")
	}
	if e.Rev > 0 {
		needsID("rev " + p.cell(colRev))
	}
	if e.Voided {
		needsID("voided")
	}
	if e.Source.Live() {
		needsID(fmt.Sprintf("source %q", e.Source))
	}
}

// instant reads an instant that must be there; the zero Time where it is bad.
func (p *rowParser) instant(column int) time.Time {
	s := p.cell(column)
	if s == "" {
		p.add(fmt.Errorf("%s is empty", columnNames[column]))
		return time.Time{}
	}
	t, err := cellInstant(columnNames[column], s)
	p.add(err)
	return t
}

// id reads an id; the zero ID where there is none or it is bad.
func (p *rowParser) id(column int) cx.ID {
	s := p.cell(column)
	if s == "" {
		return cx.ID{}
	}
	const idChars = 26
	if len(s) != idChars { // checked here, since cx would quote all of it
		p.add(fmt.Errorf("%s: event id %q: %d characters, want %d", columnNames[column], clip(s), len(s), idChars))
		return cx.ID{}
	}
	id, err := cx.ParseID(s)
	if err != nil {
		p.add(fmt.Errorf("%s: %w", columnNames[column], err))
	}
	return id
}

// errMasked says why an export of privacy level site stays one.
var errMasked = errors.New("the id was made for an export at privacy level site: it stands for no event of any database, " +
	"so that this one could be counted twice; import an export at level desk, or gather the databases")

// checkMasked refuses events that nobody can tell from those that they were made of.
func checkMasked(e *cx.Event) error {
	if e.ID.Masked() && e.Desk == "" && e.Device == "" && e.Key == "" {
		return errMasked
	}
	return nil
}
