package agent

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/hid/hidtest"
	"magicbutton/internal/config"
	"magicbutton/internal/cx"
	"magicbutton/store"
)

// journal is a log that can be read again.
type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) Enabled(context.Context, slog.Level) bool { return true }
func (j *journal) Handle(_ context.Context, r slog.Record) error {
	line := r.Level.String() + " " + r.Message
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "err" {
			line += ": " + a.Value.String()
		}
		return true
	})
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, line)
	return nil
}
func (j *journal) WithAttrs([]slog.Attr) slog.Handler { return j }
func (j *journal) WithGroup(string) slog.Handler      { return j }

// take returns what was logged since the last time.
func (j *journal) take() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := j.lines
	j.lines = nil
	return append([]string{}, out...)
}

// sharing is a sharer of a database of its own, in a bubble of synctest.
type sharing struct {
	*sharer
	t    *testing.T
	log  *journal
	stop func()
}

func sharingConfig(t testing.TB, desk, folder string) *config.Config {
	t.Helper()
	cfg, err := config.Parse("test.toml", []byte("[desk]\nname = '"+desk+"'\n[share]\nfolder = '"+folder+"'\n"))
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// newSharing opens a database, which is made where there is none.
func newSharing(t *testing.T, db, desk, folder string) *sharing {
	t.Helper()
	st, err := store.Open(db, store.Options{Create: true, MachineIDFile: "none"})
	if err != nil {
		t.Fatal(err)
	}
	s := &sharing{t: t, log: &journal{}}
	s.sharer = newSharer(st, db, sharingConfig(t, desk, folder), slog.New(s.log), time.Now)
	s.stop = sync.OnceFunc(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(s.stop)
	return s
}

func (s *sharing) press(tag string) {
	s.t.Helper()
	if _, err := s.store.Append(s.t.Context(), store.New{At: time.Now(), Event: cx.Event{Tag: tag, Source: cx.SourceDevice}}); err != nil {
		s.t.Fatal(err)
	}
}

// start runs the sharer until the function that it returns is called.
func (s *sharing) start() (end func()) {
	ctx, cancel := context.WithCancel(s.t.Context())
	done := make(chan struct{})
	go func() {
		s.run(ctx)
		close(done)
	}()
	return func() {
		cancel()
		<-done
	}
}

// wantShared checks which files a folder has, and the tags in the databases.
func wantShared(t testing.TB, folder string, want map[string][]string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string][]string)
	for _, e := range entries {
		got[e.Name()] = tagsOf(stored(t, filepath.Join(folder, e.Name())))
	}
	diff(t, "shared", got, want)
}

// TestShareAgent: what was pressed before the stop is in the folder after it, and
// nothing but the copy is left.
func TestShareAgent(t *testing.T) {
	folder := t.TempDir()
	b := newBus(hidtest.Keypad("1-1", "A"))
	db := dbPath(t)
	log := &journal{}
	r := startWith(t, b, buttons+"[share]\nfolder = '"+folder+"'\n", Options{DB: db, Log: slog.New(log)})
	r.listening("1-1:1.0")
	b.Tap("1-1:1.0", key1)
	r.wait()
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	name := "desk-1-" + r.store.Origin().String() + ".db"
	wantShared(t, folder, map[string][]string{name: {"praise"}})
	info, err := os.Stat(filepath.Join(folder, name))
	if err != nil || info.Mode().Perm()&^copyMode != 0 {
		t.Errorf("the copy has the mode %v, %v", info.Mode(), err)
	}
	if _, err := os.Stat(db + ".share"); err == nil {
		t.Error("the copy beside the database is still there")
	}
	if at := LastShared(db, folder); at.File != filepath.Join(folder, name) || at.At == nil {
		t.Errorf("LastShared = %+v", at)
	}
	if got := strings.Join(log.take(), "\n"); !strings.Contains(got, "INFO shared a copy") {
		t.Errorf("the log:\n%s", got)
	}
}

// TestShareHourly: once at the start, then each hour in which something changed.
func TestShareHourly(t *testing.T) {
	folder := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := newSharing(t, dbPath(t), "desk 1", folder)
		name := "desk-1-" + s.store.Origin().String() + ".db"
		s.press("a")
		end := s.start()
		synctest.Wait()
		wantShared(t, folder, map[string][]string{name: {"a"}})
		first := s.status().At
		time.Sleep(shareEvery + time.Minute)
		if at := s.status().At; !at.Equal(*first) {
			t.Errorf("nothing changed, and it was shared again %v later", at.Sub(*first))
		}
		s.press("b")
		time.Sleep(shareEvery - 2*time.Minute)
		wantShared(t, folder, map[string][]string{name: {"a"}})
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		wantShared(t, folder, map[string][]string{name: {"a", "b"}})
		s.press("c")
		end()
		s.finish(t.Context())
		wantShared(t, folder, map[string][]string{name: {"a", "b", "c"}})
		diff(t, "the log", s.log.take(), []string{"INFO shared a copy"})

		// The same desk, started again: nothing changed, so nothing is written.
		before := s.status().At
		s.stop()
		time.Sleep(time.Hour)
		again := newSharing(t, s.db, "desk 1", folder)
		defer again.start()()
		synctest.Wait()
		if at := again.status().At; at == nil || !at.Equal(*before) {
			t.Errorf("shared again at %v, last %v", at, before)
		}
	})
}

// TestShareAway: a folder that is away is told of once, is not made, and is used
// within a minute of its return.
func TestShareAway(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "usb", "cx")
	synctest.Test(t, func(t *testing.T) {
		s := newSharing(t, dbPath(t), "desk 1", folder)
		s.press("a")
		end := s.start()
		defer func() { end() }()
		time.Sleep(3 * time.Hour)
		synctest.Wait()
		problem := "the shared folder " + folder + ": no such file or directory"
		diff(t, "the log", s.log.take(), []string{"WARN could not share a copy: " + problem})
		if got := s.status(); got.Problem != problem || time.Since(*got.Since) < 3*time.Hour || got.At != nil {
			t.Errorf("status = %+v", got)
		}
		if _, err := os.Stat(filepath.Dir(folder)); err == nil {
			t.Error("the folder was made")
		}
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		time.Sleep(shareRetry)
		synctest.Wait()
		diff(t, "the log", s.log.take(), []string{"INFO shared a copy"})
		if got := s.status(); got.Problem != "" || got.At == nil {
			t.Errorf("status = %+v", got)
		}
	})
}

// TestShareHangs: a folder that never answers keeps nothing from being stored, and
// the agent from stopping for ten seconds only.
func TestShareHangs(t *testing.T) {
	folder := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := newSharing(t, dbPath(t), "desk 1", folder)
		server := make(chan struct{})
		s.deliver = func(d delivery) (shared, error) {
			<-server
			return deliverCopy(d)
		}
		end := s.start()
		synctest.Wait()
		s.press("a")
		time.Sleep(answerTimeout)
		synctest.Wait()
		s.press("b")
		diff(t, "the log", s.log.take(), []string{"WARN could not share a copy: the shared folder " + folder + ": it does not answer"})
		time.Sleep(3 * time.Hour)
		diff(t, "the log", s.log.take(), []string{})
		end()
		stopped := time.Now()
		s.finish(t.Context())
		if took := time.Since(stopped); took > lastShareTimeout {
			t.Errorf("the last copy took %v", took)
		}
		wantShared(t, folder, map[string][]string{})
		close(server) // what was under way arrives late, and the next one after it
		defer s.start()()
		time.Sleep(shareRetry)
		synctest.Wait()
		wantShared(t, folder, map[string][]string{"desk-1-" + s.store.Origin().String() + ".db": {"a", "b"}})
		diff(t, "the log", s.log.take(), []string{"INFO shared a copy"})
	})
}

// TestShareNames: a desk that gets another name leaves no double, and desks of one
// name do not collide.
func TestShareNames(t *testing.T) {
	folder := t.TempDir()
	one := newSharing(t, dbPath(t), "front desk", folder)
	two := newSharing(t, dbPath(t), "front desk", folder)
	one.press("a")
	two.press("b")
	for _, s := range []*sharing{one, two} {
		s.finish(t.Context())
	}
	nameOf := func(desk string, s *sharing) string { return desk + "-" + s.store.Origin().String() + ".db" }
	wantShared(t, folder, map[string][]string{nameOf("front-desk", one): {"a"}, nameOf("front-desk", two): {"b"}})
	for _, tt := range []struct{ name, want string }{
		{"Süd/1 ..", "Süd-1"}, {"../../x", "x"}, {"*", "desk"}, {strings.Repeat("é", 80), strings.Repeat("é", 40)},
	} {
		one.configure(sharingConfig(t, tt.name, folder))
		one.finish(t.Context())
		wantShared(t, folder, map[string][]string{nameOf(tt.want, one): {"a"}, nameOf("front-desk", two): {"b"}})
	}
}

// TestShareClones: a machine was copied so that both sign with one origin. Neither
// writes over the other's copy for good.
func TestShareClones(t *testing.T) {
	folder, db := t.TempDir(), dbPath(t)
	one := newSharing(t, db, "desk 1", folder)
	one.press("common")
	one.finish(t.Context())
	one.stop()
	twin := dbPath(t)
	for _, name := range []string{"", ".shared"} {
		b, err := os.ReadFile(db + name)
		if err == nil {
			err = os.WriteFile(twin+name, b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	one, two := newSharing(t, db, "desk 1", folder), newSharing(t, twin, "desk 1", folder)
	one.press("one")
	two.press("two")
	var told []string
	for range 3 {
		for _, s := range []*sharing{one, two} {
			s.press("more")
			s.finish(t.Context())
			told = append(told, s.log.take()...)
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var newest []string
	for _, e := range entries {
		newest = append(newest, strings.Join(tagsOf(stored(t, filepath.Join(folder, e.Name()))), " "))
	}
	for _, want := range []string{"common one more more more", "common two more more more"} {
		if !strings.Contains(strings.Join(newest, "\n"), want) {
			t.Errorf("the folder has %q, not %q", newest, want)
		}
	}
	if got := strings.Join(told, "\n"); strings.Count(got, "found another machine's copy") != 1 {
		t.Errorf("the log:\n%s", got)
	}
}

// TestShareUnknownCopy: a machine was copied before either had shared anything.
// The second does not take the first one's copy for its own.
func TestShareUnknownCopy(t *testing.T) {
	folder, db := t.TempDir(), dbPath(t)
	one := newSharing(t, db, "desk 1", folder)
	one.press("common")
	one.stop()
	b, err := os.ReadFile(db)
	if err != nil {
		t.Fatal(err)
	}
	twin := dbPath(t)
	if err := os.WriteFile(twin, b, 0o600); err != nil {
		t.Fatal(err)
	}
	one, two := newSharing(t, db, "desk 1", folder), newSharing(t, twin, "desk 1", folder)
	one.press("one")
	one.finish(t.Context())
	two.press("two")
	two.finish(t.Context())
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var copies []string
	for _, e := range entries {
		copies = append(copies, strings.Join(tagsOf(stored(t, filepath.Join(folder, e.Name()))), " "))
	}
	slices.Sort(copies)
	if diff := cmp.Diff([]string{"common one", "common two"}, copies); diff != "" {
		t.Errorf("copies in the folder (-want +got):\n%s", diff)
	}
}

// TestShareMounts: a folder on which a disk was mounted is not written to without it.
func TestShareMounts(t *testing.T) {
	folder := t.TempDir()
	s := newSharing(t, dbPath(t), "desk 1", folder)
	s.last = shared{Folder: folder, File: "x.db", Mounted: true}
	s.press("a")
	s.finish(t.Context())
	want := "the shared folder " + folder + ": nothing is mounted there"
	if got := s.status().Problem; got != want {
		t.Errorf("problem %q, want %q", got, want)
	}
	wantShared(t, folder, map[string][]string{})
	for folder, want := range map[string]bool{"/mnt/cx": true, "/media/x/stick": true, "/mntx": false, "/srv/cx": false} {
		if got := forMounts(folder); got != want {
			t.Errorf("forMounts(%q) = %v", folder, got)
		}
	}
}

// TestShareKilled: what an agent that was killed left of a copy goes away, here and
// in the folder; another desk's does not.
func TestShareKilled(t *testing.T) {
	folder, db := t.TempDir(), dbPath(t)
	first := newSharing(t, db, "desk 1", folder)
	first.press("a")
	first.stop()
	origin := first.store.Origin().String()
	long, just := time.Now().Add(-2*time.Hour), time.Now()
	for path, at := range map[string]time.Time{
		db + ".share": just,
		filepath.Join(folder, ".magicbutton-"+origin+"-OLD1"): long,
		filepath.Join(folder, ".magicbutton-"+origin+"-NEW1"): just,
		filepath.Join(folder, ".magicbutton-00000001-OLD1"):   long,
	} {
		if err := os.WriteFile(path, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	s := newSharing(t, db, "desk 1", folder)
	if _, err := os.Stat(db + ".share"); err == nil {
		t.Error("half a copy is still beside the database")
	}
	s.finish(t.Context())
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	diff(t, "the folder", names, []string{".magicbutton-00000001-OLD1", ".magicbutton-" + origin + "-NEW1", "desk-1-" + origin + ".db"})
}

// TestShareErased: what is erased on the desk is gone from its copy, too, though
// the file that was written anew counts its transactions from the start.
func TestShareErased(t *testing.T) {
	folder := t.TempDir()
	s := newSharing(t, dbPath(t), "desk 1", folder)
	name := "desk-1-" + s.store.Origin().String() + ".db"
	var ids []cx.ID
	for _, tag := range []string{"a", "b", "c"} {
		s.press(tag)
	}
	for _, e := range allEvents(t, s.store) {
		ids = append(ids, e.ID)
	}
	for i := range ids {
		if _, err := s.store.Erase(t.Context(), ids[i:i+1], nil); err != nil {
			t.Fatal(err)
		}
		s.finish(t.Context())
		wantShared(t, folder, map[string][]string{name: []string{"a", "b", "c"}[i+1:]})
	}
}
