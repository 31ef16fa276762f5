package export

import (
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"

	"magicbutton/internal/cx"
)

// kind is what the cells of a column hold.
type kind uint8

const (
	kindWord    kind = iota // a text that other rows have too
	kindText                // a text of this row alone
	kindNumber              // a whole number
	kindHour                // a number, 0 to 23
	kindBool                // 0 or 1
	kindDay                 // days since 1970-01-01
	kindInstant             // Unix milliseconds
)

// column is a column of typed cells.
type column struct {
	name     string
	kind     kind
	optional bool // its cells may be null
	// raw texts are no prose of people, such as ids, and are never guarded
	// against being taken for a formula.
	raw bool
	// utc instants are shown in UTC in a workbook, the others in its zone.
	utc bool
}

// value is one cell: a text, or a number as its column's kind says.
type value struct {
	text string
	n    int64
	null bool
}

// table is a format with typed cells.
type table interface {
	// row writes a row, with a value for each column.
	row(cells []value) error
	// end writes what stands behind the rows.
	end() error
}

// null is the cell of an optional column that says nothing.
var null = value{null: true}

func wordCell(s string) value { return value{text: s} }

func instantValue(t time.Time) value {
	if t.IsZero() {
		return null
	}
	return value{n: t.UnixMilli()}
}

func boolCell(b bool) value {
	if b {
		return value{n: 1}
	}
	return value{}
}

// writeTable writes events as a table of typed cells.
func writeTable(w io.Writer, f Format, pages iter.Seq2[[]cx.Event, error], o EventOptions) (n int, err error) {
	columns := eventColumns()
	var out table
	if f == XLSX {
		out = newEventXLSX(w, columns, zoneOrUTC(o.Zone))
	} else {
		out = newParquet(w, columns)
	}
	cells := make([]value, numColumns)
	for page, err := range pages {
		if err != nil {
			return n, err
		}
		for i := range page {
			eventCells(cells, &page[i])
			if err := out.row(cells); err != nil {
				return n, err
			}
			n++
		}
	}
	return n, out.end()
}

// eventKinds are the kinds of an event's columns that are not words.
var eventKinds = map[int]column{
	colID:           {kind: kindText, raw: true},
	colAt:           {kind: kindInstant},
	colRecordedAt:   {kind: kindInstant, optional: true},
	colForced:       {kind: kindBool, optional: true},
	colConversation: {kind: kindText, raw: true},
	colNote:         {kind: kindText},
	colRev:          {kind: kindNumber},
	colVoided:       {kind: kindBool},
}

func eventColumns() []column {
	columns := make([]column, numColumns)
	for i, name := range columnNames {
		columns[i] = eventKinds[i]
		columns[i].name = name
	}
	return columns
}

// eventCells fills in the cells of an event's row.
func eventCells(cells []value, e *cx.Event) {
	id := e.ID.String()
	conversation := id
	if e.Conversation != e.ID {
		conversation = e.Conversation.String()
	}
	forced := null
	if e.Tried != "" {
		forced = boolCell(e.Forced)
	}
	copy(cells, []value{
		colID: wordCell(id), colAt: instantValue(e.At()), colRecordedAt: instantValue(e.RecordedAt),
		colDesk: wordCell(e.Desk), colSite: wordCell(e.Site), colTag: wordCell(e.Tag),
		colStage: wordCell(string(e.Stage)), colChannel: wordCell(string(e.Channel)),
		colTried: wordCell(string(e.Tried)), colForced: forced,
		colConversation: wordCell(conversation), colNote: wordCell(e.Note), colSource: wordCell(string(e.Source)),
		colDevice: wordCell(e.Device), colKey: wordCell(e.Key), colClock: wordCell(string(e.Clock)),
		colRev: {n: int64(e.Rev)}, colVoided: boolCell(e.Voided),
	})
}

func tallyColumns(t cx.Tally) []column {
	columns := []column{{name: "week", raw: true}}
	for _, d := range t.By {
		c := column{name: string(d)}
		switch d {
		case cx.ByDay:
			c.kind = kindDay
		case cx.ByHour:
			c.kind = kindHour
		}
		columns = append(columns, c)
	}
	return append(columns, column{name: "count", kind: kindNumber}, column{name: "conversations", kind: kindNumber, optional: true})
}

// tallyCells returns the cells of a row.
func tallyCells(cells []value, columns []column, t cx.Tally, r cx.Row) ([]value, error) {
	cells = append(cells[:0], wordCell(r.Week.String()))
	for i, v := range r.Values {
		cell := wordCell(v)
		switch columns[i+1].kind {
		case kindDay:
			day, err := time.Parse(time.DateOnly, v)
			if err != nil {
				return cells, fmt.Errorf("day %q: %w", clip(v), err)
			}
			cell = value{n: day.UnixMilli() / millisPerDay}
		case kindHour:
			hour, err := strconv.Atoi(v)
			if err != nil {
				return cells, fmt.Errorf("hour %q: %w", clip(v), err)
			}
			cell = value{n: int64(hour)}
		}
		cells = append(cells, cell)
	}
	conversations := null
	if t.HasConversations {
		conversations = value{n: int64(r.Conversations)}
	}
	return append(cells, value{n: int64(r.Count)}, conversations), nil
}

// writeRows writes the rows of a tally that count something.
func writeRows(to table, columns []column, t cx.Tally) error {
	var cells []value
	for _, r := range t.Rows {
		if r.Count == 0 {
			continue
		}
		var err error
		if cells, err = tallyCells(cells, columns, t, r); err == nil {
			err = to.row(cells)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// tallyParquet says in the file's metadata what JSON says before the rows.
func tallyParquet(w io.Writer, t cx.Tally, o TallyOptions) error {
	columns := tallyColumns(t)
	by := make([]string, len(t.By))
	for i, d := range t.By {
		by[i] = string(d)
	}
	out := newParquet(w, columns,
		"zone", zoneOrUTC(o.Zone).String(), "from", instantCell(o.Period.From), "to", instantCell(o.Period.To), "by", strings.Join(by, ","))
	if err := writeRows(out, columns, t); err != nil {
		return err
	}
	return out.end()
}

// tallyXLSX has a sheet of the rows, and one that says what JSON says before them.
func tallyXLSX(w io.Writer, t cx.Tally, o TallyOptions) error {
	columns := tallyColumns(t)
	zone := zoneOrUTC(o.Zone)
	out := newXLSX(w, zone)
	out.begin("tally", columns)
	if err := writeRows(out, columns, t); err != nil {
		return err
	}
	by := make([]string, len(t.By))
	for i, d := range t.By {
		by[i] = string(d)
	}
	out.begin("about", []column{
		{name: "zone"}, {name: "from", kind: kindInstant, optional: true}, {name: "to", kind: kindInstant, optional: true}, {name: "by"},
	})
	about := []value{wordCell(zone.String()), instantValue(o.Period.From), instantValue(o.Period.To), wordCell(strings.Join(by, ","))}
	if err := out.row(about); err != nil {
		return err
	}
	return out.end()
}

func zoneOrUTC(zone *time.Location) *time.Location {
	if zone == nil {
		return time.UTC
	}
	return zone
}
