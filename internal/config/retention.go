package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// Retention says how long the agent keeps what is stored. What events count in
// tallies is always kept.
type Retention struct {
	// NotesDays and EventsDays are how many UTC days before today notes and events
	// are kept, 1 to 36500; 0 is for ever.
	NotesDays, EventsDays int
}

// defaultNotesDays is how long customers' own words are kept where the
// configuration does not say: long enough for a quarter's report.
const defaultNotesDays = 90

// forEver is how the file says that nothing is dropped. 0 is refused: to some it
// would mean nothing is kept.
const (
	forEver   = "forever"
	mostYears = 100
	mostDays  = mostYears * 365
)

// days takes a whole number of days, or "forever", which is 0.
func days(to *int) setter {
	return func(v value) error {
		if v.kind == unstable.String && v.text == forEver {
			*to = 0
			return nil
		}
		n, err := strconv.Atoi(strings.ReplaceAll(v.text, "_", ""))
		switch {
		case v.kind != unstable.Integer || errors.Is(err, strconv.ErrSyntax):
			return fmt.Errorf("want a whole number of days or %q, not %v", forEver, v)
		case err != nil || n < 1 || n > mostDays:
			return fmt.Errorf("%v is not between 1 and %d; %q keeps all", v, mostDays, forEver)
		}
		*to = n
		return nil
	}
}

// daysText writes a number of days as the file does.
func daysText(n int) string {
	if n == 0 {
		return quote(forEver)
	}
	return strconv.Itoa(n)
}
