package html_test

import (
	"strings"
	"testing"

	"magicbutton/internal/report"
)

// TestIntervalBesideUsual reads an interval without 1 of a tag that is told as usual: both
// tables write it alike, and say why that can be.
func TestIntervalBesideUsual(t *testing.T) {
	t.Parallel()
	w := comparedWeek(usual)
	w.Tags[0].Change = &report.Change{Ratio: new(5.0), Low: 1.29, High: new(17.33), Q: 0.09}
	for section, why := range map[string]string{
		"changes": "The interval is of each tag alone: one without 1 in it can still be within usual variation, as among many tags chance gives some.",
		"top":     "for each tag alone, 19 times in 20. The verdict reckons with all tags: among many, chance gives some without 1 in the brackets.",
	} {
		text := wordsOf(t, w, section)
		for _, want := range []string{"×5.00 (1.29–17.33)", why} {
			if !strings.Contains(text, want) {
				t.Errorf("section %s does not say %q:\n%s", section, want, text)
			}
		}
	}
}
