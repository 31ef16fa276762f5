package config

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// table is one [table] or one element of a [[table]] of the file.
type table struct {
	name    string
	array   bool
	line    int
	entries []entry
}

// entry is one key of a table with its value.
type entry struct {
	key   string
	line  int
	value value
}

// value is a value as the file has it.
type value struct {
	kind unstable.Kind
	text string
}

// tables splits a file into its tables, each key with its line: a decoder into
// structures would lose the lines, and then only the first problem could be told.
func tables(data []byte) ([]table, []Problem) {
	if problem := checkSyntax(data); problem != nil {
		return nil, []Problem{*problem}
	}
	var p unstable.Parser
	p.Reset(data)
	out := []table{{line: 1}} // what stands before the first table
	var problems []Problem
	for p.NextExpression() {
		e := p.Expression()
		path, line := keyPath(e, data)
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			out = append(out, table{name: strings.Join(path, "."), array: e.Kind == unstable.ArrayTable, line: line})
		case unstable.KeyValue:
			t := &out[len(out)-1]
			v := e.Value()
			if t.name == "" && len(path) == 2 { // desk.name = … at the top
				out = append(out, table{name: path[0], line: line}, table{line: line})
				t, path = &out[len(out)-2], path[1:]
			}
			if v.Kind == unstable.InlineTable || v.Kind == unstable.Array {
				problems = append(problems, Problem{line, fmt.Sprintf("%q: want one plain value; tables are written [%s] or [[%s]]", path[0], path[0], path[0])})
				continue
			}
			t.entries = append(t.entries, entry{strings.Join(path, "."), line, value{v.Kind, string(v.Data)}})
		}
	}
	if err := p.Error(); err != nil { // checkSyntax has found it before
		problems = append(problems, Problem{1, err.Error()})
	}
	return out, problems
}

// checkSyntax says where the file is no TOML at all.
func checkSyntax(data []byte) *Problem {
	if len(data) > maxBytes {
		return &Problem{1, errTooLarge.Error()}
	}
	var whole map[string]any
	err := toml.Unmarshal(data, &whole)
	if err == nil {
		return nil
	}
	text := strings.TrimPrefix(err.Error(), "toml: ")
	var at *toml.DecodeError
	if !errors.As(err, &at) {
		return &Problem{1, text}
	}
	line, column := at.Position()
	line = min(max(line, 1), lineAt(data, len(data)))
	return &Problem{line, fmt.Sprintf("%s (column %d)", text, column)}
}

// keyPath returns the key of a table or of a key with a value, and its line.
func keyPath(e *unstable.Node, data []byte) (path []string, line int) {
	for it := e.Key(); it.Next(); {
		k := it.Node()
		if path == nil {
			line = lineAt(data, int(k.Raw.Offset))
		}
		path = append(path, string(k.Data))
	}
	return path, line
}

func lineAt(data []byte, offset int) int {
	return 1 + bytes.Count(data[:min(offset, len(data))], []byte("\n"))
}
