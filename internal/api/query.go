package api

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"magicbutton/internal/cx"
)

// QueryValues puts a query into a URL.
func QueryValues(q cx.Query) url.Values {
	v := periodValues(q.From, q.To)
	filterValues(v, q.Filter)
	for _, d := range q.By {
		v.Add("by", string(d))
	}
	if q.Zone != nil {
		v.Set("zone", q.Zone.String())
	}
	return v
}

// EventQueryValues puts a query into a URL.
func EventQueryValues(q cx.EventQuery) url.Values {
	v := periodValues(q.From, q.To)
	filterValues(v, q.Filter)
	if q.Voided {
		v.Set("voided", "true")
	}
	if q.Newest {
		v.Set("newest", "true")
	}
	if q.Limit != 0 {
		v.Set("limit", strconv.Itoa(q.Limit))
	}
	return v
}

func periodValues(from, to time.Time) url.Values {
	v := url.Values{}
	if !from.IsZero() {
		v.Set("from", from.UTC().Format(time.RFC3339Nano))
	}
	if !to.IsZero() {
		v.Set("to", to.UTC().Format(time.RFC3339Nano))
	}
	return v
}

// The parameters of a filter, each of which may be there more than once.
var filterNames = []string{"tag", "stage", "channel", "desk", "site"}

func filterValues(v url.Values, f cx.Filter) {
	add(v, "tag", f.Tags)
	add(v, "stage", f.Stages)
	add(v, "channel", f.Channels)
	add(v, "desk", f.Desks)
	add(v, "site", f.Sites)
}

func add[T ~string](v url.Values, name string, values []T) {
	for _, s := range values {
		v.Add(name, string(s))
	}
}

func (p *params) filter() cx.Filter {
	return cx.Filter{
		Tags:     p.v["tag"],
		Stages:   parsed(p, "stage", cx.ParseStage),
		Channels: parsed(p, "channel", cx.ParseChannel),
		Desks:    p.v["desk"],
		Sites:    p.v["site"],
	}
}

func parsed[T ~string](p *params, name string, parse func(string) (T, error)) (out []T) {
	for _, s := range p.v[name] {
		v, err := parse(s)
		p.note(err)
		out = append(out, v)
	}
	return out
}

// ParseQuery takes a query out of a URL; see [QueryValues].
func ParseQuery(v url.Values) (cx.Query, error) {
	p := params{v: v}
	p.only(append([]string{"from", "to", "by", "zone"}, filterNames...)...)
	q := cx.Query{From: p.instant("from"), To: p.instant("to"), Filter: p.filter()}
	var err error
	q.By, err = cx.ParseDimensions(strings.Join(v["by"], ","))
	p.note(err)
	if q.Zone, err = time.LoadLocation(v.Get("zone")); err != nil {
		p.note(fmt.Errorf("zone %q: %w", v.Get("zone"), err))
	}
	return q, Bad(errors.Join(p.errs...))
}

// ParseEventQuery takes a query out of a URL; see [EventQueryValues]. follow asks
// for events as they come instead, and stands alone.
func ParseEventQuery(v url.Values) (q cx.EventQuery, follow bool, err error) {
	p := params{v: v}
	if follow = p.boolean("follow"); follow {
		p.only("follow")
		return cx.EventQuery{}, true, Bad(errors.Join(p.errs...))
	}
	p.only(append([]string{"from", "to", "voided", "newest", "limit", "follow"}, filterNames...)...)
	q = cx.EventQuery{
		From: p.instant("from"), To: p.instant("to"),
		Voided: p.boolean("voided"), Newest: p.boolean("newest"), Limit: p.count("limit"),
		Filter: p.filter(),
	}
	return q, false, Bad(errors.Join(p.errs...))
}

// params reads the parameters of a URL, and collects what is wrong with them.
type params struct {
	v    url.Values
	errs []error
}

func (p *params) note(err error) { p.errs = append(p.errs, err) }

// only refuses all other parameters: a misspelt one would ask for something else.
func (p *params) only(names ...string) {
	for _, name := range slices.Sorted(maps.Keys(p.v)) {
		if !slices.Contains(names, name) {
			p.note(fmt.Errorf("parameter %q: want one of %s", name, strings.Join(names, ", ")))
		}
	}
}

func (p *params) instant(name string) time.Time {
	s := p.v.Get(name)
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		p.note(fmt.Errorf("%s %q: want an instant such as 2026-11-16T09:30:00Z", name, s))
	}
	return t
}

func (p *params) boolean(name string) bool {
	switch s := p.v.Get(name); s {
	case "", "false":
		return false
	case "true":
		return true
	default:
		p.note(fmt.Errorf("%s %q: want true or false", name, s))
		return false
	}
}

func (p *params) count(name string) int {
	s := p.v.Get(name)
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		p.note(fmt.Errorf("%s %q: want a number, 0 for all", name, s))
	}
	return n
}
