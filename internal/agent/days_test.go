package agent

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"magicbutton/internal/cx"
	"magicbutton/store"
)

// Days are added up at the start, after midnight, and when a tally found one
// missing.
func TestKeepDays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st, err := store.Open(filepath.Join(t.TempDir(), "events.db"), store.Options{Create: true})
		if err != nil {
			t.Fatal(err)
		}
		defer st.Close()
		a := &Agent{store: st, opts: Options{Now: time.Now}, log: slog.New(slog.DiscardHandler)}
		press := func(at time.Time) {
			t.Helper()
			if _, err := st.Append(t.Context(), store.New{At: at, Event: cx.Event{Tag: "praise", Source: cx.SourceCLI}}); err != nil {
				t.Fatal(err)
			}
		}
		missing := func() bool {
			t.Helper()
			if _, err := st.Tally(t.Context(), cx.Query{}); err != nil {
				t.Fatal(err)
			}
			select {
			case <-st.DaysMissing():
				return true
			default:
				return false
			}
		}
		run := func(meanwhile func()) {
			ctx, cancel := context.WithCancel(t.Context())
			go a.keepDays(ctx)
			synctest.Wait()
			meanwhile()
			synctest.Wait()
			cancel()
			synctest.Wait()
		}
		press(time.Now().AddDate(0, 0, -2))
		if !missing() {
			t.Fatal("no day is missing before the agent began")
		}
		run(func() {})
		if missing() {
			t.Error("the day before is missing after the start")
		}
		run(func() {
			press(time.Now())
			time.Sleep(26 * time.Hour)
		})
		if missing() {
			t.Error("a day is missing two hours after midnight")
		}
		run(func() {
			press(time.Now().AddDate(0, 0, -2))
			if _, err := st.Tally(t.Context(), cx.Query{}); err != nil {
				t.Fatal(err)
			}
		})
		if missing() {
			t.Error("a day is missing after a tally found that it was")
		}
	})
}
