package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2/unstable"
)

// value is a value as the file has it.
type value struct {
	kind unstable.Kind
	text string
}

// String shows the value in an error.
func (v value) String() string {
	switch v.kind {
	case unstable.String:
		return strconv.Quote(clip(v.text))
	case unstable.Array:
		return "a list"
	case unstable.InlineTable:
		return "a table"
	}
	return clip(v.text)
}

// clip shortens what is shown in an error: bad input may be megabytes long.
func clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// setter stores a value, or says why it may not be.
type setter func(value) error

// text takes a string that check lets through.
func text(to *string, check func(string) error) setter {
	return parsed(to, func(s string) (string, error) { return s, check(s) })
}

// parsed takes a string that parse reads.
func parsed[T any](to *T, parse func(string) (T, error)) setter {
	return func(v value) error {
		if v.kind != unstable.String {
			return fmt.Errorf("want text in quotes, not %v", v)
		}
		got, err := parse(v.text)
		if err == nil {
			*to = got
		}
		return err
	}
}

// Whether a duration may be 0, which is off.
const (
	orOff    = true
	neverOff = false
)

// duration takes a time such as "30ms" within bounds, and 0 where that is off,
// with quotes or without.
func duration(to *time.Duration, least, most time.Duration, off bool) setter {
	return func(v value) error {
		d, err := time.ParseDuration(v.text)
		switch {
		case err == nil && d == 0 && off:
		case err != nil || v.kind != unstable.String:
			return fmt.Errorf("want a time such as \"30ms\" or \"2s\", not %v", v)
		case (d < least || d > most) && off:
			return fmt.Errorf("%v is not between %s and %s, or 0 for off", v, least, most)
		case d < least || d > most:
			return fmt.Errorf("%v is not between %s and %s", v, least, most)
		}
		*to = d
		return nil
	}
}

// truth takes true or false.
func truth(to *bool) setter {
	return func(v value) error {
		if v.kind != unstable.Bool {
			return fmt.Errorf("want true or false, not %v", v)
		}
		*to = v.text == "true"
		return nil
	}
}

// optionalTruth takes true or false where saying nothing is a third answer.
func optionalTruth(to **bool) setter {
	return func(v value) error {
		var b bool
		err := truth(&b)(v)
		if err == nil {
			*to = &b
		}
		return err
	}
}

// number takes a number from 0 to most, whole or not.
func number(to *float64, most float64) setter {
	return func(v value) error {
		n, err := strconv.ParseFloat(strings.ReplaceAll(v.text, "_", ""), 64)
		if (v.kind != unstable.Integer && v.kind != unstable.Float) || err != nil {
			return fmt.Errorf("want a number, not %v", v)
		}
		if !(n >= 0 && n <= most) { // nan is a number to TOML
			return fmt.Errorf("%v is not between 0 and %v", v, most)
		}
		*to = n
		return nil
	}
}
