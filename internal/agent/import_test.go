package agent

import (
	"strings"
	"testing"

	"magicbutton/internal/api"
)

// TestImportBadRow: a row that may not be stored is named by its line in the file,
// whichever way it came.
func TestImportBadRow(t *testing.T) {
	r := startWith(t, nil, "", Options{DB: dbPath(t), Now: newClock().Now})
	for name, c := range map[string]caller{"desk": r.Desk(), "client": dial(t, r)} {
		b := batchOf(strings.Repeat("0f", 32), 0, "at,tag\n2026-11-16T09:30:00Z,idea\n\n\n2026-11-16T09:30:00Z,idea\n")
		b.Rows[1].Event.Tag, b.Rows[1].Raw = "No", []byte("\n\n2026-11-16T09:30:00Z,No\n")
		_, err := c.Import(t.Context(), b)
		wantCode(t, err, api.CodeBad)
		if err != nil && !strings.HasPrefix(err.Error(), "line 5: tag \"No\"") {
			t.Errorf("%s: %v, want line 5 named", name, err)
		}
	}
	if left := allEvents(t, r.store); len(left) > 0 {
		t.Errorf("%d events are stored of bad batches", len(left))
	}
}
