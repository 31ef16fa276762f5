package report

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"magicbutton/internal/cx"
)

// numbersForm is the first line of a week's numbers. Its number changes where the
// lines that follow mean something else, or there are others: what was frozen is read
// for good, and is never written anew.
const numbersForm = "magicbutton week\t1"

// The kinds of lines of a week's numbers, in their order.
const (
	kindEvents        = "events"
	kindConversations = "conversations"
	kindContacts      = "contacts"
	kindTag           = "tag"
	kindStage         = "stage" // of a tag
	kindChannel       = "channel"
)

// Numbers returns what is frozen of a week: its facts, as lines of words and a number
// between tabs, so that the same week has the same bytes whoever writes them, and
// sha256sum tells it.
//
// They are what sealed days keep when events are purged. All that follows from other
// weeks, from the configuration's words and costs, or from the day on which the report
// is made is left out: verdicts, actions, money. So is what only single events tell:
// notes, switches, devices.
func Numbers(w Week) []byte {
	var out bytes.Buffer
	line := func(n int, words ...string) { fmt.Fprintf(&out, "%s\t%d\n", strings.Join(words, "\t"), n) }
	fmt.Fprintf(&out, "%s\nweek\t%s\nzone\t%s\n", numbersForm, w.Header.Week, w.Header.Zone)
	line(w.Total.Count, kindEvents)
	if n := w.Total.Conversations; n != nil {
		line(*n, kindConversations)
	}
	if n := w.Total.ContactsTold; n != nil { // a fact whether or not it makes a rate
		line(*n, kindContacts)
	}
	for _, t := range sortedBy(w.Tags, func(t Tag) string { return t.Code }) {
		if t.Count > 0 {
			line(t.Count, kindTag, t.Code)
		}
	}
	if s := w.Stages; s != nil {
		for _, row := range sortedBy(s.Rows, func(r StageRow) string { return r.Code }) {
			for i, cell := range row.Cells { // stages are in the order of the journey
				if cell.Count > 0 {
					line(cell.Count, kindStage, row.Code, string(s.Stages[i]))
				}
			}
		}
	}
	for _, p := range sortedBy(w.Channels, func(p Part) string { return p.Word }) {
		line(p.Count, kindChannel, p.Word)
	}
	return out.Bytes()
}

func sortedBy[T any](list []T, by func(T) string) []T {
	return slices.SortedFunc(slices.Values(list), func(a, b T) int { return cmp.Compare(by(a), by(b)) })
}

// fact is a line of a week's numbers.
type fact struct {
	kind, tag, word string
	n               int
}

// parseNumbers reads what [Numbers] wrote. Numbers of another form are no facts at all.
func parseNumbers(b []byte) ([]fact, error) {
	lines := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
	if lines[0] != numbersForm || len(lines) < 3 {
		return nil, fmt.Errorf("numbers of the form %.40q are not known, only %q", lines[0], numbersForm)
	}
	var out []fact
	for _, line := range lines[3:] { // after the form, the week and the zone
		words := strings.Split(line, "\t")
		last := len(words) - 1
		n, err := strconv.Atoi(words[last])
		f := fact{kind: words[0], n: n}
		switch {
		case err != nil || last < 1 || last > 3:
			return nil, fmt.Errorf("line %.80q of the numbers: want words and a number", line)
		case last == 2 && f.kind == kindTag:
			f.tag = words[1]
		case last == 2:
			f.word = words[1]
		case last == 3:
			f.tag, f.word = words[1], words[2]
		}
		out = append(out, f)
	}
	return out, nil
}

// moved lists the facts that differ, in the order of the numbers.
func moved(before, after []fact) []Move {
	type name struct{ kind, tag, word string }
	var names []name
	sides := make(map[name]*Move)
	for i, facts := range [][]fact{before, after} {
		for _, f := range facts {
			key := name{f.kind, f.tag, f.word}
			m := sides[key]
			if m == nil {
				m = &Move{Kind: f.kind, Tag: f.tag, Word: f.word}
				sides[key] = m
				names = append(names, key)
			}
			if i == 0 {
				m.Before = &f.n
			} else {
				m.After = &f.n
			}
		}
	}
	order := []string{kindEvents, kindConversations, kindContacts, kindTag, kindStage, kindChannel}
	slices.SortStableFunc(names, func(a, b name) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.kind), slices.Index(order, b.kind)), cmp.Compare(a.tag, b.tag))
	})
	var out []Move
	for _, key := range names {
		m := sides[key]
		if m.Before == nil || m.After == nil || *m.Before != *m.After {
			out = append(out, *m)
		}
	}
	return out
}

// readFrozen tells what the week was frozen as. Only a whole week is: a part of it,
// by tag or site, has no numbers to be held against.
func (b *builder) readFrozen(ctx context.Context) error {
	if b.Brief || !b.complete() || b.Filtered() {
		return nil
	}
	all, err := b.reader.Frozen(ctx, b.Week)
	b.week.Header.Frozen = FrozenAs(b.week, all)
	return err
}

// FrozenAs tells what a week was frozen as, of all that was frozen of it, the oldest
// first; nil where that is nothing in the report's zone.
func FrozenAs(w Week, all []cx.Frozen) *Frozen {
	zone := zoneOf(w.Header.Zone)
	out := &Frozen{}
	var last []fact
	for _, f := range all {
		if f.Zone != w.Header.Zone {
			continue
		}
		facts, err := parseNumbers(f.Numbers)
		r := Revision{Number: f.Revision, At: f.FrozenAt, On: cx.DateOf(f.FrozenAt, zone), SHA256: f.SHA256, Unknown: err != nil}
		if len(out.Revisions) > 0 && last != nil && facts != nil {
			r.Moved = moved(last, facts)
		}
		out.Revisions = append(out.Revisions, r)
		last = facts
	}
	if len(out.Revisions) == 0 {
		return nil
	}
	if now, err := parseNumbers(Numbers(w)); err == nil && last != nil {
		out.Moved = moved(last, now)
	}
	out.name(w.Tags)
	out.Words = out.words()
	return out
}

// name gives what moved the names that the report has for tags.
func (f *Frozen) name(tags []Tag) {
	names := make(map[string]string, len(tags))
	for _, t := range tags {
		names[t.Code] = t.Name
	}
	all := [][]Move{f.Moved}
	for _, r := range f.Revisions {
		all = append(all, r.Moved)
	}
	for _, moves := range all {
		for i := range moves {
			moves[i].Name = names[moves[i].Tag]
		}
	}
}
