package agent

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/api"
	"magicbutton/internal/config"
	"magicbutton/internal/cx"
	"magicbutton/store"
)

// epoch is the instant at which tests begin.
var epoch = time.Date(2026, 11, 16, 9, 30, 0, 0, time.UTC)

// clock is a clock that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: epoch} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}

// tagsAndDesk begins the configurations of the tests.
const tagsAndDesk = `
[desk]
name = "desk 1"
site = "north"
zone = "Europe/Berlin"
channel = "phone"

[page]
enabled = false

[[tag]]
code = "praise"
[[tag]]
code = "bill-unclear"
stage = "pay"
[[tag]]
code = "item-damaged"
stage = "receive"
[[tag]]
code = "how-to"
[[tag]]
code = "idea"
[[tag]]
code = "gone"
retired = true
`

func parseConfig(t testing.TB, more string) *config.Config {
	t.Helper()
	cfg, err := config.Parse("test.toml", []byte(tagsAndDesk+more))
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// newDesk makes a desk with a database whose check must be clean when the test
// ends.
func newDesk(t testing.TB, c *clock, more string) *Desk {
	t.Helper()
	st, err := store.Open(filepath.Join(t.TempDir(), "desk.db"), store.Options{Create: true, Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		checkStore(t, st)
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	d, err := NewDesk(t.Context(), st, parseConfig(t, more), c.Now)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func checkStore(t testing.TB, st *store.Store) {
	t.Helper()
	report, err := st.Check(context.WithoutCancel(t.Context()), nil)
	if errors.Is(err, store.ErrClosed) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range report.Damage {
		t.Errorf("check: %s", line)
	}
}

// allEvents returns every event of a database, voided ones too.
func allEvents(t testing.TB, st *store.Store) (all []cx.Event) {
	t.Helper()
	for e, err := range st.Events(context.WithoutCancel(t.Context()), cx.EventQuery{Voided: true}) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

func tagsOf(events []cx.Event) []string {
	tags := []string{}
	for _, e := range events {
		tags = append(tags, e.Tag)
	}
	return tags
}

// mustLog logs an event of a tag.
func mustLog(t testing.TB, d *Desk, tag string) cx.Event {
	t.Helper()
	l, err := d.Log(t.Context(), api.NewEvent{Tag: tag})
	if err != nil {
		t.Fatal(err)
	}
	e, err := l.Event.Event()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// problem is an error as a person or a program sees it.
func problem(err error) *api.Error {
	var e *api.Error
	if err == nil || !errors.As(err, &e) {
		return nil
	}
	return e
}

func wantCode(t testing.TB, err error, want api.Code) {
	t.Helper()
	if e := problem(err); e == nil || e.Code != want {
		t.Errorf("error %v (%+v), want code %q", err, e, want)
	}
}

func diff(t testing.TB, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}
