package config

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// table is one [table] or one element of a [[table]] of the file.
type table struct {
	name    string
	array   bool
	line    int
	entries []entry
}

// entry is one key of a table with its value. A dotted key is one with dots in
// it, which no table has: there is one way to write a thing.
type entry struct {
	key   string
	line  int
	value value
}

// text returns the text of a key's value, nil for no such key.
func (t table) text(key string) *string {
	for _, e := range t.entries {
		if e.key == key {
			return &e.value.text
		}
	}
	return nil
}

// lineOf returns the line of a key, or the table's where it has no such key.
func (t table) lineOf(key string) int {
	for _, e := range t.entries {
		if e.key == key {
			return e.line
		}
	}
	return t.line
}

// file is a configuration split into its tables.
type file struct {
	top    []entry // what stands before the first table
	tables []table
}

// split splits a file into its tables, each key with its line: a decoder into
// structures would lose the lines, and then only the first problem could be told.
// Where the file stops being TOML it returns the problem, and the tables before
// the one that is broken.
func split(data []byte) (file, *Problem) {
	var p unstable.Parser
	p.Reset(data)
	var f file
	line, counted := 1, 0
	for p.NextExpression() {
		e := p.Expression()
		key, offset := keyOf(e)
		line += bytes.Count(data[counted:offset], []byte("\n"))
		counted = offset
		if e.Kind != unstable.KeyValue {
			f.tables = append(f.tables, table{name: key, array: e.Kind == unstable.ArrayTable, line: line})
			continue
		}
		to := &f.top
		if n := len(f.tables); n > 0 {
			to = &f.tables[n-1].entries
		}
		v := e.Value()
		*to = append(*to, entry{key, line, value{v.Kind, string(v.Data)}})
	}
	err := p.Error()
	if err == nil {
		return f, nil
	}
	f.tables = f.tables[:max(0, len(f.tables)-1)]
	var at *unstable.ParserError
	if !errors.As(err, &at) {
		return f, &Problem{1, err.Error()}
	}
	start := p.Shape(p.Range(at.Highlight)).Start // the column is in bytes, from 1
	return f, &Problem{start.Line, fmt.Sprintf("%s (column %d)", at.Message, start.Column)}
}

// keyOf returns the key of a table or value, its parts joined by dots, and where
// in the file it begins.
func keyOf(e *unstable.Node) (key string, offset int) {
	var parts []string
	for it := e.Key(); it.Next(); {
		if parts == nil {
			offset = int(it.Node().Raw.Offset)
		}
		parts = append(parts, string(it.Node().Data))
	}
	return strings.Join(parts, "."), offset
}
