package config

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"
)

// FuzzParse holds that a file is either TOML and a configuration, which prints as
// a file of the same meaning, or has problems, each in one of its lines, in their
// order.
func FuzzParse(f *testing.F) {
	f.Add([]byte(rich))
	f.Add(starter("Desk 1"))
	for _, tt := range badInput {
		f.Add([]byte(tt.in))
	}
	for _, number := range []string{"1_", "_1", "+0x1F90", "0X1F90", "00", "-0", "0b", "0o17", "1.", ".5", "1e", "1.e5", "03.5", "1e1_", "+_1", "1__0", "0_1", "inf", "1e400"} {
		f.Add([]byte("[[tag]]\ncode = 'a'\nminutes = " + number))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse("f", data)
		if err != nil {
			checkProblems(t, data, err)
			return
		}
		// Parse uses the parser below this decoder, which checks more.
		var whole map[string]any
		if err := toml.Unmarshal(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), &whole); err != nil {
			t.Errorf("Parse takes what is no TOML: %v", err)
		}
		again, err := Parse("f", c.TOML())
		if err != nil {
			t.Fatalf("Parse(TOML()): %v\n%s", err, c.TOML())
		}
		if diff := cmp.Diff(c, again, sameConfig); diff != "" {
			t.Errorf("Parse(TOML()) (-want +got):\n%s\n%s", diff, c.TOML())
		}
	})
}

func checkProblems(t *testing.T, data []byte, err error) {
	t.Helper()
	var problems *Error
	if !errors.As(err, &problems) || len(problems.Problems) == 0 {
		t.Fatalf("Parse: %#v, want an *Error with problems", err)
	}
	last := 1
	for _, p := range problems.Problems {
		if p.Line < last || p.Line > 1+bytes.Count(data, []byte("\n")) || p.Text == "" {
			t.Errorf("Parse: problem %+v of a file of %d lines, after one in line %d", p, 1+bytes.Count(data, []byte("\n")), last)
		}
		if bytes.ContainsAny([]byte(p.Text), "\r\n") {
			t.Errorf("Parse: problem of more than a line: %q", p.Text)
		}
		last = p.Line
	}
}
