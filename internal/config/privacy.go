package config

import (
	"errors"
	"fmt"
	"slices"

	"magicbutton/internal/cx"
)

// Level says what exports and reports tell of where and when an event was made.
type Level string

// The levels.
const (
	// LevelDesk tells all that is stored: desk, device, key, and the millisecond.
	LevelDesk Level = "desk"
	// LevelSite tells the site and the quarter hour; see [cx.Mask].
	LevelSite Level = "site"
)

// Privacy says what leaves the database in exports and reports.
type Privacy struct {
	// Level is never "": LevelDesk where the file names none.
	Level Level
}

func parseLevel(s string) (Level, error) {
	switch l := Level(s); l {
	case LevelDesk, LevelSite:
		return l, nil
	}
	return "", fmt.Errorf("unknown level %q: want %q or %q", clip(s), LevelDesk, LevelSite)
}

// Masked reports whether desks and exact instants are not to be seen.
func (p Privacy) Masked() bool { return p.Level == LevelSite }

// errDesks is said of a question that tells desks apart.
var errDesks = errors.New(`[privacy] level is "site": what single desks count is not shown`)

// Check refuses to count by desk, or of single desks, where desks are not to be told
// apart.
func (p Privacy) Check(by []cx.Dimension, f cx.Filter) error {
	if p.Masked() && (slices.Contains(by, cx.ByDesk) || len(f.Desks) > 0) {
		return errDesks
	}
	return nil
}
