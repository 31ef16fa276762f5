// Package htmltest is help for tests of the report's page: the model of a week that has
// something to say in every section. It stands above the rooms that such a week takes
// (the demo, the configuration, the store); the page itself knows the model alone.
package htmltest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"time"

	"magicbutton/internal/config"
	"magicbutton/internal/cx"
	"magicbutton/internal/demo"
	"magicbutton/internal/report"
	"magicbutton/store"
)

// Week is the model of the last week of the demo's year. Who changes it changes it for
// all tests: see [Copy].
var Week = sync.OnceValues(func() (report.Week, error) {
	dir, err := os.MkdirTemp("", "report-")
	if err != nil {
		return report.Week{}, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	now := func() time.Time { return time.Date(2026, 11, 16, 9, 0, 0, 0, demo.Zone()) }
	made, err := demo.Make(context.Background(), filepath.Join(dir, "demo"), demo.Options{Seed: 7, Last: cx.Week{Year: 2026, Number: 46}, Now: now})
	if err != nil {
		return report.Week{}, err
	}
	cfg, err := config.Load(made.Config)
	if err != nil {
		return report.Week{}, err
	}
	s, err := store.Open(made.DB, store.Options{ReadOnly: true, Now: now})
	if err != nil {
		return report.Week{}, err
	}
	defer func() { _ = s.Close() }()
	return report.Build(context.Background(), desk{s}, report.Options{
		Zone: demo.Zone(), Now: now(), Version: "1.0",
		CostPerHour: cfg.Report.CostPerHour, Currency: cfg.Report.Currency,
	})
})

// desk is a store as a report asks it.
type desk struct{ *store.Store }

// Refused adds up the refusals.
func (d desk) Refused(ctx context.Context, from, to time.Time) (int, error) {
	all, err := d.Refusals(ctx, from, to)
	n := 0
	for _, r := range all {
		n += r.Count
	}
	return n, err
}
