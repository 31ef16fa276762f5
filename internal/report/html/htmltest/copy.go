package htmltest

import (
	"encoding/json"
	"testing"

	"magicbutton/internal/report"
)

// Copy returns a copy of a week that shares nothing with it.
func Copy(t testing.TB, week report.Week) report.Week {
	t.Helper()
	text, err := json.Marshal(week)
	if err != nil {
		t.Fatal(err)
	}
	var out report.Week
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}
