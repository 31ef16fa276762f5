package demo_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"magicbutton/internal/config"
	"magicbutton/internal/cx"
	"magicbutton/internal/demo"
	"magicbutton/store"
)

var now = func() time.Time { return time.Date(2026, 11, 18, 9, 0, 0, 0, time.UTC) }

// TestMake holds the database against a count of what was to be made.
func TestMake(t *testing.T) {
	steps := 0
	made, err := demo.Make(t.Context(), filepath.Join(t.TempDir(), "new"), demo.Options{
		Seed: 1, Last: lastWeek, Now: now, Progress: func(int, int) { steps++ },
	})
	if err != nil {
		t.Fatal(err)
	}
	year := yearOf(t, 1, lastWeek)
	if made.Events != len(year.Events) || made.First.String() != "2025-W46" || steps == 0 {
		t.Errorf("Make = %+v in %d steps, want %d events from 2025-W46 on", made, steps, len(year.Events))
	}
	cfg, err := config.Load(made.Config)
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(made.DB, store.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		report, err := st.Check(context.WithoutCancel(t.Context()), nil)
		if err != nil || !report.OK() || len(report.Remarks) > 0 {
			t.Errorf("Check = %+v, %v", report, err)
		}
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	if is, err := demo.Filled(t.Context(), st); err != nil || !is {
		t.Errorf("Filled = %v, %v", is, err)
	}
	for _, by := range []string{"tag", "stage,channel", "site,hour", "desk", "weekday", "day,domain", ""} {
		dims, err := cx.ParseDimensions(by)
		if err != nil {
			t.Fatal(err)
		}
		q := cx.Query{Zone: cfg.Desk.Zone, By: dims}
		got, err := st.Tally(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(cx.Count(slices.Values(year.Events), cfg.Catalogue, q), got); diff != "" {
			t.Errorf("the tally by %q is not the count of the events (-want +got):\n%s", by, diff)
		}
	}
	sameEvents(t, st, year)
	sameRecords(t, st, year)
}

// sameEvents holds the stored events, their history and the refusals against a year.
func sameEvents(t *testing.T, st *store.Store, year demo.Year) {
	t.Helper()
	var got []cx.Event
	for e, err := range st.Events(t.Context(), cx.EventQuery{Voided: true}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, e)
	}
	if !slices.Equal(year.Events, got) {
		t.Errorf("the stored events are not those of the year (-want +got):\n%s", cmp.Diff(year.Events, got))
	}
	i := slices.IndexFunc(year.Events, func(e cx.Event) bool { return e.Voided })
	if states, err := st.History(t.Context(), year.Events[i].ID); err != nil || len(states) != 2 || states[0].Voided {
		t.Errorf("History of an event that was taken back = %+v, %v", states, err)
	}
	refusals, err := st.Refusals(t.Context(), time.Time{}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, r := range refusals {
		n += r.Count
	}
	if n != len(year.Refused) {
		t.Errorf("%d refused presses are stored, want %d", n, len(year.Refused))
	}
}

// sameRecords holds what stands beside the events against a year.
func sameRecords(t *testing.T, st *store.Store, year demo.Year) {
	t.Helper()
	contacts, err := st.Contacts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(year.Contacts, cx.CompareContacts)
	if diff := cmp.Diff(year.Contacts, contacts, cmpopts.IgnoreFields(cx.Contacts{}, "SetAt")); diff != "" {
		t.Errorf("the stored contacts (-want +got):\n%s", diff)
	}
	actions, err := st.Actions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(year.Actions, cx.CompareActions)
	slices.SortFunc(actions, cx.CompareActions)
	if diff := cmp.Diff(year.Actions, actions, cmpopts.IgnoreFields(cx.Action{}, "ID", "AddedAt")); diff != "" {
		t.Errorf("the stored actions (-want +got):\n%s", diff)
	}
}

func TestMakeLeavesAlone(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "mine")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := demo.Make(t.Context(), dir, demo.Options{Last: lastWeek})
	if !errors.Is(err, demo.ErrNotEmpty) {
		t.Errorf("Make in a folder with a file: %v, want %v", err, demo.ErrNotEmpty)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"mine"}) {
		t.Errorf("the folder has %q now", got)
	}
}

func TestMakeUndone(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	halfway := func(done, total int) {
		if done > total/4 {
			cancel()
		}
	}
	for _, name := range []string{"new", "empty"} {
		t.Run(name, func(t *testing.T) {
			parent := t.TempDir()
			dir := filepath.Join(parent, name)
			if name == "empty" {
				if err := os.Mkdir(dir, 0o700); err != nil {
					t.Fatal(err)
				}
			}
			before := names(t, parent)
			if _, err := demo.Make(ctx, dir, demo.Options{Last: lastWeek, Progress: halfway}); !errors.Is(err, context.Canceled) {
				t.Errorf("Make = %v, want %v", err, context.Canceled)
			}
			if got := names(t, parent); !slices.Equal(got, before) {
				t.Errorf("there is %q now, want %q", got, before)
			}
			if name == "empty" && len(names(t, dir)) > 0 {
				t.Errorf("the folder has %q now", names(t, dir))
			}
		})
	}
}

func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}
