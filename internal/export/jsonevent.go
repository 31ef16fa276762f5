package export

import (
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"magicbutton/internal/cx"
)

// jsonObject writes events as JSON objects, their texts as encoding/json would
// write them but with <, > and & as people wrote them. The keys are those of the
// CSV's columns, in their order.
type jsonObject struct {
	instants           instants
	place, what, maker repeated
}

// append writes one event to the end of b. history, unless nil, gives its
// earlier states.
func (o *jsonObject) append(b []byte, e *cx.Event, history func(cx.ID) ([]cx.Event, error)) ([]byte, error) {
	b = o.appendOpen(b, e)
	if history == nil {
		return append(b, '}'), nil
	}
	states, err := history(e.ID)
	if err != nil {
		return b, fmt.Errorf("reading the history of event %s: %w", e.ID, err)
	}
	b = append(b, `,"history":[`...)
	for i := range states {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(o.appendOpen(b, &states[i]), '}')
	}
	return append(b, "]}"...), nil
}

// appendOpen writes an event without the } at its end.
func (o *jsonObject) appendOpen(b []byte, e *cx.Event) []byte {
	b = append(b, `{"id":"`...)
	id := len(b)
	b, _ = e.ID.AppendText(b) // never an error
	idEnd := len(b)
	b = o.instants.append(append(b, `","at":"`...), e.ID.UnixMilli())
	b = append(b, `","recorded_at":`...)
	b = o.appendRecorded(b, e.RecordedAt)
	b = o.place.append(b, appendPlace, e.Desk, e.Site, "")
	b = o.what.append(b, appendWhat, e.Tag, string(e.Stage), string(e.Channel))
	b = appendJSON(append(b, `,"tried":`...), string(e.Tried))
	b = append(b, `,"forced":`...)
	if e.Tried == "" {
		b = append(b, "null"...)
	} else {
		b = strconv.AppendBool(b, e.Forced)
	}
	b = append(b, `,"conversation":"`...)
	if e.Conversation == e.ID {
		b = append(b, b[id:idEnd]...)
	} else {
		b, _ = e.Conversation.AppendText(b)
	}
	b = appendJSON(append(b, `","note":`...), e.Note)
	b = o.maker.append(b, appendMaker, string(e.Source), e.Device, e.Key)
	b = appendJSON(append(b, `,"clock":`...), string(e.Clock))
	b = strconv.AppendUint(append(b, `,"rev":`...), uint64(e.Rev), 10)
	return strconv.AppendBool(append(b, `,"voided":`...), e.Voided)
}

// What stands together in an event, each behind its name.

func appendPlace(b []byte, desk, site, _ string) []byte {
	b = appendJSON(append(b, `,"desk":`...), desk)
	return appendJSON(append(b, `,"site":`...), site)
}

func appendWhat(b []byte, tag, stage, channel string) []byte {
	b = appendJSON(append(b, `,"tag":`...), tag)
	b = appendJSON(append(b, `,"stage":`...), stage)
	return appendJSON(append(b, `,"channel":`...), channel)
}

func appendMaker(b []byte, source, device, key string) []byte {
	b = appendJSON(append(b, `,"source":`...), source)
	b = appendJSON(append(b, `,"device":`...), device)
	return appendJSON(append(b, `,"key":`...), key)
}

func (o *jsonObject) appendRecorded(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(b, "null"...)
	}
	return append(o.instants.append(append(b, '"'), t.UnixMilli()), '"')
}

// appendJSON writes a text as JSON to the end of b.
func appendJSON(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		if !jsonPlain[s[i]] {
			return append(appendEscaped(b, s), '"')
		}
	}
	return append(append(b, s...), '"')
}

// jsonPlain are the bytes that stand for themselves wherever they are.
var jsonPlain = func() (plain [256]bool) {
	for c := byte(' '); c < utf8.RuneSelf; c++ {
		plain[c] = c != '"' && c != '\\'
	}
	return plain
}()

// appendEscaped writes a text without its quotes.
func appendEscaped(b []byte, s string) []byte {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r == '\b':
			b = append(b, `\b`...)
		case r == '\f':
			b = append(b, `\f`...)
		case r < ' ', r == '\u2028', r == '\u2029', // the last two end a line in JavaScript
			r == utf8.RuneError && n == 1:
			b = fmt.Appendf(b, `\u%04x`, r)
		default:
			b = append(b, s[i:i+n]...)
		}
		i += n
	}
	return b
}
