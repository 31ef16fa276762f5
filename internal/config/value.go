package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2/unstable"
)

// setter stores a value, or says why it may not be.
type setter func(value) error

// text takes a string that check lets through.
func text(to *string, check func(string) error) setter {
	return func(v value) error {
		if v.kind != unstable.String {
			return fmt.Errorf("want text in quotes, not %s", v.text)
		}
		if err := check(v.text); err != nil {
			return err
		}
		*to = v.text
		return nil
	}
}

// parsed takes a string that parse reads.
func parsed[T any](to *T, parse func(string) (T, error)) setter {
	return func(v value) error {
		if v.kind != unstable.String {
			return fmt.Errorf("want text in quotes, not %s", v.text)
		}
		got, err := parse(v.text)
		if err == nil {
			*to = got
		}
		return err
	}
}

// duration takes a time such as "30ms" within bounds, and where zero says so, 0.
func duration(to *time.Duration, least, most time.Duration, zero bool) setter {
	return func(v value) error {
		d, err := time.ParseDuration(v.text)
		switch {
		case v.kind == unstable.Integer && v.text == "0" && zero:
			*to = 0
			return nil
		case v.kind != unstable.String || err != nil:
			return fmt.Errorf("want a time such as \"30ms\" or \"2s\", not %q", v.text)
		case d == 0 && zero:
			*to = 0
			return nil
		case d < least || d > most:
			off := ""
			if zero {
				off = ", or 0 for off"
			}
			return fmt.Errorf("%s is not between %s and %s%s", v.text, least, most, off)
		}
		*to = d
		return nil
	}
}

// truth takes true or false.
func truth(to *bool) setter {
	return func(v value) error {
		if v.kind != unstable.Bool {
			return fmt.Errorf("want true or false, not %q", v.text)
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

// whole takes a whole number that check lets through.
func whole(to *int, check func(int) error) setter {
	return func(v value) error {
		n, err := strconv.ParseInt(strings.ReplaceAll(v.text, "_", ""), 0, 32)
		if v.kind != unstable.Integer || err != nil {
			return fmt.Errorf("want a whole number, not %q", v.text)
		}
		if err := check(int(n)); err != nil {
			return err
		}
		*to = int(n)
		return nil
	}
}

// number takes a number, whole or not.
func number(to *float64) setter {
	return func(v value) error {
		n, err := strconv.ParseFloat(strings.ReplaceAll(v.text, "_", ""), 64)
		if (v.kind != unstable.Integer && v.kind != unstable.Float) || err != nil {
			return fmt.Errorf("want a number, not %q", v.text)
		}
		*to = n
		return nil
	}
}
