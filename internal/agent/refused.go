package agent

import (
	"context"
	"net/http"
	"time"

	"magicbutton/internal/api"
)

// Refused returns how many presses were refused on the UTC days that begin in a
// period, half-open. A zero from or to is no bound.
func (d *Desk) Refused(ctx context.Context, from, to time.Time) (int, error) {
	all, err := d.store.Refusals(ctx, from, to)
	sum := 0
	for _, r := range all {
		sum += r.Count
	}
	return sum, storageError(err)
}

func (a *Agent) refused(r *http.Request) (any, error) {
	from, to, err := api.ParsePeriod(r.URL.Query())
	if err != nil {
		return nil, err
	}
	n, err := a.desk.Refused(r.Context(), from, to)
	return api.Refused{Count: n}, err
}
