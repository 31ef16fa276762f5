package export

import (
	"io"
	"strconv"
	"time"

	"magicbutton/internal/cx"
)

// JSON objects are written one a line: alone (NDJSON), or as the last member of an
// object that the caller has opened up to the list's bracket (JSON).

// appendBefore writes what stands before an object that n others precede.
func (f Format) appendBefore(b []byte, n int) []byte {
	switch {
	case f != JSON:
		return b
	case n == 0:
		return append(b, '\n')
	}
	return append(b, ",\n"...)
}

// appendAfter writes what stands behind an object.
func (f Format) appendAfter(b []byte) []byte {
	if f == NDJSON {
		b = append(b, '\n')
	}
	return b
}

// appendEnd closes the list of n objects, and the object around it.
func (f Format) appendEnd(b []byte, n int) []byte {
	switch {
	case f != JSON:
		return b
	case n > 0:
		b = append(b, '\n')
	}
	return append(b, "]}\n"...)
}

func tallyJSON(w io.Writer, f Format, t cx.Tally, o TallyOptions) error {
	var b []byte
	if f == JSON {
		b = appendTallyHead(b, t, o)
	}
	n := 0
	for _, r := range t.Rows {
		if r.Count == 0 {
			continue
		}
		b = f.appendAfter(appendTallyRow(f.appendBefore(b, n), t, r))
		n++
	}
	_, err := w.Write(f.appendEnd(b, n))
	return err
}

// appendTallyHead writes the beginning of the object, up to the list of rows.
func appendTallyHead(b []byte, t cx.Tally, o TallyOptions) []byte {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	b = appendJSON(append(b, `{"zone":`...), o.Zone.String())
	b = appendInstantOrNull(append(b, `,"from":`...), o.Period.From)
	b = appendInstantOrNull(append(b, `,"to":`...), o.Period.To)
	b = append(b, `,"by":[`...)
	for i, d := range t.By {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSON(b, string(d))
	}
	return append(b, `],"rows":[`...)
}

func appendInstantOrNull(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(b, "null"...)
	}
	return append(append(append(b, '"'), instantCell(t)...), '"')
}

// appendTallyRow writes a row, whose keys are the dimensions in their order.
func appendTallyRow(b []byte, t cx.Tally, r cx.Row) []byte {
	b = appendJSON(append(b, `{"week":`...), r.Week.String())
	for i, d := range t.By {
		b = append(appendJSON(append(b, ','), string(d)), ':')
		b = appendJSON(b, r.Values[i])
	}
	b = strconv.AppendInt(append(b, `,"count":`...), int64(r.Count), 10)
	b = append(b, `,"conversations":`...)
	if t.HasConversations {
		b = strconv.AppendInt(b, int64(r.Conversations), 10)
	} else {
		b = append(b, "null"...)
	}
	return append(b, '}')
}
