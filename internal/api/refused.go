package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// PathRefused is where to ask how many presses were refused: GET, with from and to.
const PathRefused = "/v1/refused"

// Refused is how many presses were refused.
type Refused struct {
	Count int `json:"count"`
}

// Refused returns how many presses were refused on the UTC days that begin in a
// period, half-open. A zero from or to is no bound.
func (c *Client) Refused(ctx context.Context, from, to time.Time) (int, error) {
	r, err := call[Refused](ctx, c, http.MethodGet, PathRefused+"?"+periodValues(from, to).Encode(), nil)
	return r.Count, err
}

// ParsePeriod takes a period out of a URL that has nothing else.
func ParsePeriod(v url.Values) (from, to time.Time, err error) {
	p := params{v: v}
	p.only("from", "to")
	from, to = p.instant("from"), p.instant("to")
	return from, to, Bad(errors.Join(p.errs...))
}
