package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/api"
	"magicbutton/internal/config"
	"magicbutton/internal/cx"
	"magicbutton/store"
)

// keeper is what the commands ask that care for the file.
type keeper interface {
	Backup(ctx context.Context, o api.BackupOrder, progress func(done, total int)) (api.Backup, error)
	Compact(ctx context.Context, progress func(done, total int)) (api.Compacted, error)
	Purge(ctx context.Context, o api.PurgeOrder, progress func(done, total int)) (api.Purged, error)
	Find(ctx context.Context, m api.Match) ([]cx.Event, error)
	Erase(ctx context.Context, ids []cx.ID, progress func(done, total int)) (api.Erased, error)
}

var (
	_ keeper = (*Desk)(nil)
	_ keeper = (*api.Client)(nil)
)

// Asked by itself or over the socket, a desk gives the same answers.
func TestMaintain(t *testing.T) {
	day := func(d int) *time.Time { return new(time.Date(2026, 11, d, 0, 0, 0, 0, time.UTC)) }
	for name, call := range map[string]func(k keeper, folder string, ids []cx.ID) (any, error){
		"backup": func(k keeper, folder string, _ []cx.ID) (any, error) {
			b, err := k.Backup(t.Context(), api.BackupOrder{Path: filepath.Join(folder, "b.db")}, func(int, int) {})
			b.Path = filepath.Base(b.Path)
			return b, err
		},
		"backup over a file": func(k keeper, folder string, _ []cx.ID) (any, error) {
			path := filepath.Join(folder, "b.db")
			if _, err := k.Backup(t.Context(), api.BackupOrder{Path: path}, nil); err != nil {
				return nil, err
			}
			_, err := k.Backup(t.Context(), api.BackupOrder{Path: path}, nil)
			if _, over := k.Backup(t.Context(), api.BackupOrder{Path: path, Over: true}, nil); over != nil {
				return nil, over
			}
			return nil, errors.New(strings.ReplaceAll(err.Error(), folder, ""))
		},
		"backup to nowhere": func(k keeper, _ string, _ []cx.ID) (any, error) {
			return k.Backup(t.Context(), api.BackupOrder{Path: "b.db"}, nil)
		},
		"compact": func(k keeper, _ string, _ []cx.ID) (any, error) { return k.Compact(t.Context(), func(int, int) {}) },
		"retention": func(k keeper, _ string, _ []cx.ID) (any, error) {
			return k.Purge(t.Context(), api.PurgeOrder{Retention: true}, nil)
		},
		"purge": func(k keeper, _ string, _ []cx.ID) (any, error) {
			return k.Purge(t.Context(), api.PurgeOrder{EventsBefore: day(15), NotesBefore: day(16)}, nil)
		},
		"purge the future": func(k keeper, _ string, _ []cx.ID) (any, error) {
			return k.Purge(t.Context(), api.PurgeOrder{NotesBefore: day(18)}, nil)
		},
		"purge nothing": func(k keeper, _ string, _ []cx.ID) (any, error) { return k.Purge(t.Context(), api.PurgeOrder{}, nil) },
		"find": func(k keeper, _ string, _ []cx.ID) (any, error) {
			return k.Find(t.Context(), api.Match{Tag: "praise", To: day(20)})
		},
		"find by notes": func(k keeper, _ string, _ []cx.ID) (any, error) { return k.Find(t.Context(), api.Match{Text: "TWICE"}) },
		"find all":      func(k keeper, _ string, _ []cx.ID) (any, error) { return k.Find(t.Context(), api.Match{}) },
		"find badly":    func(k keeper, _ string, _ []cx.ID) (any, error) { return k.Find(t.Context(), api.Match{Pattern: "("}) },
		"erase": func(k keeper, _ string, ids []cx.ID) (any, error) {
			e, err := k.Erase(t.Context(), ids[:2], func(int, int) {})
			if e.Search != nil {
				e.Search.SHA256 = ""
			}
			return e, err
		},
		"erase unknown": func(k keeper, _ string, _ []cx.ID) (any, error) { return k.Erase(t.Context(), []cx.ID{unknown}, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			var answers [2]string
			for i := range answers {
				r, events := seeded(t)
				var k keeper = r.Desk()
				if i == 1 {
					k = dial(t, r)
				}
				var ids []cx.ID
				names := []string{r.opts.DB, "DB"}
				for n, e := range events {
					ids = append(ids, e.ID)
					names = append(names, e.ID.String(), fmt.Sprint("#", n))
				}
				named := strings.NewReplacer(names...)
				got, err := call(k, t.TempDir(), ids)
				if found, ok := got.([]cx.Event); ok {
					var tags []string
					for _, e := range found {
						tags = append(tags, e.Tag+e.Note)
					}
					got = tags
				}
				var problem *api.Error
				if errors.As(err, &problem) {
					err = fmt.Errorf("%s: %s (%s)", problem.Code, problem.Message, problem.Hint)
				}
				b, jsonErr := json.Marshal(got)
				if jsonErr != nil {
					t.Fatal(jsonErr)
				}
				if err != nil {
					b = nil
				}
				// How long the file was depends on when it grew.
				b = regexp.MustCompile(`"bytes_before":\d+`).ReplaceAll(b, nil)
				answers[i] = named.Replace(fmt.Sprintf("%s %v", b, err))
			}
			if diff := cmp.Diff(answers[0], answers[1]); diff != "" {
				t.Errorf("answers (-desk +client):\n%s", diff)
			}
		})
	}
}

// Presses are stored while the file is written anew, again and again.
func TestPressesDuringCare(t *testing.T) {
	r := startWith(t, nil, "", Options{DB: dbPath(t)})
	c := dial(t, r)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	pressed := 0
	wg.Go(func() {
		for ; ; pressed++ {
			select {
			case <-stop:
				return
			default:
			}
			o := r.Desk().Press(t.Context(), Press{
				Source: cx.SourceDevice, Device: fmt.Sprint("pad ", pressed), Key: "F1", At: time.Now(), Action: config.Action{Tag: "praise"},
			})
			if o.Result != Stored {
				t.Errorf("press %d: %v, %v", pressed, o.Result, o.Err)
				return
			}
		}
	})
	for range 5 {
		if _, err := c.Compact(t.Context(), nil); err != nil {
			t.Error(err)
		}
		if _, err := c.Backup(t.Context(), api.BackupOrder{Path: filepath.Join(t.TempDir(), "b.db")}, nil); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	wg.Wait()
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	if got := stored(t, r.opts.DB); len(got) != pressed || pressed == 0 {
		t.Errorf("%d events are stored, %d were pressed", len(got), pressed)
	}
}

// The agent drops at once, and each day, what is not kept, and nothing by a clock
// that is doubted.
func TestRetain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		var off atomic.Int64
		now := func() time.Time { return epoch.Add(time.Since(begun) + time.Duration(off.Load())) }
		st, err := store.Open(dbPath(t), store.Options{Create: true, Now: now, MachineIDFile: "none"})
		if err != nil {
			t.Fatal(err)
		}
		defer st.Close()
		desk := makeDesk(st, now, func() time.Duration { return time.Since(begun) })
		if err := desk.Configure(t.Context(), parseConfig(t, "[retention]\nnotes_days = 2\nevents_days = 3\n")); err != nil {
			t.Fatal(err)
		}
		log := &journal{}
		a := &Agent{opts: Options{Now: now}, desk: desk, store: st, log: slog.New(log)}
		note := func(age time.Duration) {
			t.Helper()
			_, err := desk.Log(t.Context(), api.NewEvent{Tag: "praise", Note: "words", At: new(now().Add(-age))})
			if err != nil {
				t.Fatal(err)
			}
		}
		left := func() (notes, events int) {
			t.Helper()
			for _, e := range allEvents(t, st) {
				if events++; e.Note != "" {
					notes++
				}
			}
			return notes, events
		}
		const day = 24 * time.Hour
		for _, age := range []time.Duration{time.Hour, day, 2 * day, 3 * day, 9 * day} {
			note(age)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			a.retain(ctx)
			close(done)
		}()
		want := func(when string, notes, events int) {
			t.Helper()
			synctest.Wait()
			if n, e := left(); n != notes || e != events {
				t.Errorf("%s: %d events and %d notes are left, want %d and %d; the log says %q", when, e, n, events, notes, log.take())
			}
		}
		want("at once", 3, 4)
		time.Sleep(13 * time.Hour)
		want("the same day", 3, 4)
		time.Sleep(2 * time.Hour)
		want("the next day", 2, 3)
		if said := strings.Join(log.take(), "\n"); strings.Count(said, "dropped what is not kept") != 2 {
			t.Errorf("the log says %q", said)
		}
		off.Store(int64(12 * 365 * day))
		time.Sleep(day)
		want("in the wrong year", 2, 3)
		cancel()
		<-done
	})
}
