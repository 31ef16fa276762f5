package main

import (
	"context"
	"fmt"
	"maps"
	"time"

	"magicbutton/internal/cx"
	"magicbutton/store"
)

// What DuckDB is asked. The first way says what is meant, as its documentation
// has it; others say it in ways that cost it less.
const (
	weekOf = "date_trunc('week', timezone('" + zoneName + "', ts))"

	allWeeks = `SELECT strftime(` + weekOf + `, '%Y-%m-%d') AS day, tag::VARCHAR, count(*)
		FROM events WHERE NOT voided GROUP BY ` + weekOf + `, tag ORDER BY ` + weekOf + `, tag`
	// Counted by the hour first, so that the zone is asked once an hour and not
	// once an event: right only where clocks change by whole hours.
	allWeeksByHour = `SELECT strftime(day, '%Y-%m-%d'), tag::VARCHAR, sum(n)::BIGINT FROM (
		SELECT date_trunc('week', timezone('` + zoneName + `', hour)) AS day, tag, n FROM (
			SELECT time_bucket(INTERVAL 1 HOUR, ts) AS hour, tag, count(*) AS n
			FROM events WHERE NOT voided GROUP BY ALL)) GROUP BY day, tag ORDER BY day, tag`
	// Weeks of 604,800 seconds that begin at midnight UTC: another question.
	allWeeksUTC = `SELECT strftime(make_timestamp(w * 604800000000), '%Y-%m-%d'), tag::VARCHAR, n FROM (
		SELECT epoch_us(ts) // 604800000000 AS w, tag, count(*) AS n
		FROM events WHERE NOT voided GROUP BY ALL) ORDER BY w, tag`

	oneWeek = `SELECT '%[1]s', tag::VARCHAR, count(*) FROM events
		WHERE NOT voided AND ` + weekOf + ` = DATE '%[1]s' GROUP BY tag ORDER BY tag`
	// The week's instants, worked out by whoever asks.
	oneWeekSpan = `SELECT '%[1]s', tag::VARCHAR, count(*) FROM events
		WHERE NOT voided AND ts >= TIMESTAMPTZ '%[2]s' AND ts < TIMESTAMPTZ '%[3]s' GROUP BY tag ORDER BY tag`
)

// benchTally: tallies by tag in the weeks of a zone's clocks, with the summaries
// of days and without, in turns with DuckDB.
func benchTally(ctx context.Context, w *world) error {
	t, err := newTallies(ctx, w)
	if err != nil {
		return err
	}
	defer t.close()
	from, to := week.Span(t.zone)
	monday := week.Monday().String()
	one := cx.Query{From: from, To: to, Zone: t.zone, By: []cx.Dimension{cx.ByTag}}
	all := cx.Query{Zone: t.zone, By: one.By}
	stamp := func(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05+00") }
	rounds := w.times(5)
	m, err := turns(ctx, rounds,
		t.ours(ctx, t.days, one, "one"), t.duckdb(ctx, fmt.Sprintf(oneWeek, monday), "one"),
		t.duckdb(ctx, fmt.Sprintf(oneWeekSpan, monday, stamp(from), stamp(to)), "one"),
		t.ours(ctx, t.days, all, "all"), t.duckdb(ctx, allWeeks, "all"),
		t.duckdb(ctx, allWeeksByHour, "all"), t.duckdb(ctx, allWeeksUTC, "all of UTC"),
		t.ours(ctx, t.bare, all, "all"))
	if err != nil {
		return err
	}
	w.table.add(compare("tally-week", m[0], m[1], 0.01, rounds, "DuckDB, "+zoneName))
	w.table.add(compare("tally-week-span", m[0], m[2], 0, rounds, "DuckDB, given the week's instants"))
	w.table.add(compare("tally-all", m[3], m[4], 0.05, rounds, "DuckDB, "+zoneName))
	w.table.add(compare("tally-all-by-hour", m[3], m[5], 0, rounds, "DuckDB, rewritten to ask the zone once an hour"))
	w.table.add(compare("tally-all-utc", m[3], m[6], 0, rounds, "DuckDB, asked for UTC weeks: no zone"))
	w.table.add(compare("tally-scan", m[7], m[4], 1.5, rounds, "DuckDB, "+zoneName+"; ours without summaries"))
	w.table.add(compare("tally-scan-by-hour", m[7], m[5], 0, rounds, "DuckDB, rewritten; ours without summaries"))
	w.table.add(compare("tally-scan-utc", m[7], m[6], 0, rounds, "DuckDB, no zone; ours without summaries"))
	return nil
}

// tallies holds who is asked, and the answers given so far: whoever is asked the
// same must answer the same.
type tallies struct {
	days, bare *store.Store
	duck       *duck
	zone       *time.Location
	answers    map[string]counts
}

func newTallies(ctx context.Context, w *world) (t *tallies, err error) {
	t = &tallies{answers: make(map[string]counts)}
	defer func() {
		if err != nil {
			t.close()
		}
	}()
	if t.zone, err = time.LoadLocation(zoneName); err != nil {
		return nil, err
	}
	bare, err := w.database(ctx, w.events)
	if err != nil {
		return nil, err
	}
	days, err := w.summarized(ctx, w.events)
	if err != nil {
		return nil, err
	}
	if t.bare, err = store.Open(bare, store.Options{ReadOnly: true}); err != nil {
		return nil, err
	}
	if t.days, err = store.Open(days, store.Options{ReadOnly: true}); err != nil {
		return nil, err
	}
	if t.duck, err = openDuck(ctx, w.path("tally.duckdb")); err != nil {
		return nil, err
	}
	say("filling DuckDB with %d events", w.events)
	return t, t.duck.fill(ctx, w.events)
}

func (t *tallies) close() {
	for _, s := range []*store.Store{t.days, t.bare} {
		if s != nil {
			s.Close()
		}
	}
	if t.duck != nil {
		t.duck.close()
	}
}

// ours asks a store.
func (t *tallies) ours(ctx context.Context, s *store.Store, q cx.Query, question string) side {
	return func() (time.Duration, error) {
		start := time.Now()
		answer, err := s.Tally(ctx, q)
		took := time.Since(start)
		if err != nil {
			return 0, err
		}
		got := make(counts)
		for _, r := range answer.Rows {
			got[r.Week.Monday().String()+" "+r.Values[0]] = r.Count
		}
		return took, t.agree(question, got)
	}
}

// duckdb asks DuckDB.
func (t *tallies) duckdb(ctx context.Context, sql, question string) side {
	return func() (time.Duration, error) {
		got, took, err := t.duck.ask(ctx, sql)
		if err != nil {
			return 0, err
		}
		return took, t.agree(question, got)
	}
}

// agree fails where two who were asked the same did not answer the same.
func (t *tallies) agree(question string, got counts) error {
	first, ok := t.answers[question]
	if !ok {
		t.answers[question] = got
		return nil
	}
	if !maps.Equal(first, got) {
		return fmt.Errorf("%s week: the answers differ: %d rows, and %d rows", question, len(first), len(got))
	}
	return nil
}
