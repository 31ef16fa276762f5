package html

import (
	"strings"

	"magicbutton/internal/cx"
)

// weekList names some weeks, the oldest first, with runs of them in short: 2026-W35 to
// 2026-W37, 2026-W40.
func weekList(weeks []cx.Week) string {
	var parts []string
	for from := 0; from < len(weeks); {
		to := from
		for to+1 < len(weeks) && weeks[to].Add(1) == weeks[to+1] {
			to++
		}
		part := weeks[from].String()
		if to > from {
			part += " to " + weeks[to].String()
		}
		parts = append(parts, part)
		from = to + 1
	}
	return strings.Join(parts, ", ")
}
