package html

import (
	"fmt"

	"magicbutton/internal/report"
)

// pickFrozen returns what the page's foot says of a week that was frozen: the last
// revision, and what moved since. The section method has the revisions before it.
func pickFrozen(f *report.Frozen) []string {
	if f == nil || len(f.Revisions) == 0 || len(f.Words) < len(f.Revisions) {
		return nil
	}
	before := len(f.Revisions) - 1
	out := append([]string(nil), f.Words[before:]...)
	if before > 0 {
		out = append(out, fmt.Sprintf("%s before it: in the full report, under Method.", plural(before, "The revision", fmt.Sprintf("The %d revisions", before))))
	}
	return out
}

// allFrozen returns all that there is to say of a week that was frozen.
func allFrozen(f *report.Frozen) []string {
	if f == nil {
		return nil
	}
	return f.Words
}
