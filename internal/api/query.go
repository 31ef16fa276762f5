package api

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"magicbutton/internal/cx"
)

// ParseQuery takes a query out of a URL; see [QueryValues].
func ParseQuery(v url.Values) (cx.Query, error) {
	var q cx.Query
	var errs []error
	q.From, q.To, errs = parsePeriod(v)
	by, err := cx.ParseDimensions(strings.Join(v["by"], ","))
	errs = append(errs, err)
	q.By = by
	q.Zone, err = time.LoadLocation(v.Get("zone"))
	if err != nil {
		errs = append(errs, fmt.Errorf("zone %q: %w", v.Get("zone"), err))
	}
	return q, Bad(errors.Join(errs...))
}

// ParseEventQuery takes a query out of a URL; see [EventQueryValues].
func ParseEventQuery(v url.Values) (cx.EventQuery, error) {
	var q cx.EventQuery
	var errs []error
	q.From, q.To, errs = parsePeriod(v)
	q.Voided = v.Get("voided") == "true"
	q.Newest = v.Get("newest") == "true"
	if s := v.Get("limit"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 {
			errs = append(errs, fmt.Errorf("limit %q: want a number, 0 for all", s))
		}
		q.Limit = n
	}
	return q, Bad(errors.Join(errs...))
}

func parsePeriod(v url.Values) (from, to time.Time, errs []error) {
	parse := func(name string) time.Time {
		s := v.Get(name)
		if s == "" {
			return time.Time{}
		}
		t, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s %q: want an instant such as 2026-11-16T09:30:00Z", name, s))
		}
		return t
	}
	return parse("from"), parse("to"), errs
}
