package store

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"magicbutton/internal/cx"
)

// careEnv tells a child process which database to care for, or, after another
// colon, of which backup to make it.
const careEnv = "STORE_TEST_CARE"

// TestCareChild is what the children of the tests below run.
func TestCareChild(t *testing.T) {
	path, backup, restoring := strings.Cut(os.Getenv(careEnv), ":")
	switch {
	case path == "":
		t.Skip("for other tests")
	case restoring:
		restoreForEver(t, backup, path)
	default:
		careForEver(t, path)
	}
}

// careForEver stores events, and compacts, purges and erases meanwhile. It says
// what it is about to do, and what it did.
func careForEver(t *testing.T, path string) {
	s, err := Open(path, Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	fmt.Println("open")
	var wg sync.WaitGroup
	for i := range 2 {
		wg.Go(func() {
			for n := 0; ; n++ {
				e := press(epoch.Add(-time.Duration(rand.IntN(20*24*3600))*time.Second), fmt.Sprintf("w%d", i))
				e.Event.Note = fmt.Sprintf("words %d %d %d of a customer", os.Getpid(), i, n)
				got, err := s.Append(ctx, e)
				if err != nil {
					t.Error(err)
					return
				}
				fmt.Println("stored", got[0].Event.ID, e.Event.Note)
			}
		})
	}
	for day := 19; ; day-- {
		var ids []cx.ID
		for e, err := range s.Events(ctx, cx.EventQuery{Limit: 3, Newest: true}) {
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, e.ID)
		}
		for _, id := range ids {
			fmt.Println("erasing", id)
		}
		if _, err := s.Erase(ctx, ids, nil); err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			fmt.Println("erased", id)
		}
		if _, err := s.Compact(ctx, nil); err != nil {
			t.Fatal(err)
		}
		before := epoch.AddDate(0, 0, -max(day, 2))
		fmt.Println("purging", utcDay(before))
		if _, err := s.Purge(ctx, Purging{EventsBefore: before, NotesBefore: before.AddDate(0, 0, 1)}, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// told is what the children said.
type told struct {
	stored  map[cx.ID]string // and its note
	erasing map[cx.ID]bool
	erased  map[cx.ID]bool
	purging uint32
}

func (w *told) hear(t *testing.T, line string) {
	t.Helper()
	what, rest, _ := strings.Cut(line, " ")
	text, note, _ := strings.Cut(rest, " ")
	if what == "purging" {
		n, err := strconv.ParseUint(text, 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		w.purging = max(w.purging, uint32(n))
		return
	}
	id, err := cx.ParseID(text)
	if err != nil {
		return // it is what the testing package says
	}
	switch what {
	case "stored":
		w.stored[id] = note
	case "erasing":
		w.erasing[id] = true
	case "erased":
		w.erased[id] = true
	}
}

// kill runs a child until some lines were said and a moment more.
func kill(t *testing.T, env string, lines int, moment time.Duration, hear func(string)) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, "-test.run=^TestCareChild$")
	cmd.Env = append(os.Environ(), careEnv+"="+env)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewScanner(out)
	for n := 0; said.Scan(); n++ {
		if strings.Contains(said.Text(), "FAIL") {
			t.Error("a child failed")
		}
		hear(said.Text())
		if n == lines {
			time.AfterFunc(moment, func() { _ = cmd.Process.Kill() })
		}
	}
	_ = cmd.Wait() // it was killed
}

// killRounds is how often the tests below kill.
func killRounds(t *testing.T, few int) int {
	t.Helper()
	text := os.Getenv(roundsEnv)
	if text == "" {
		return few
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", roundsEnv, err)
	}
	return n
}

// A process that is killed at any moment while it compacts, purges and erases
// leaves a sound database: every acknowledged event counts once, and what is erased
// is gone, or all of it is there.
func TestKilledInCare(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	all := &told{stored: make(map[cx.ID]string), erasing: make(map[cx.ID]bool), erased: make(map[cx.ID]bool)}
	rounds := killRounds(t, 8)
	for round := range rounds {
		kill(t, path, random.IntN(60), time.Duration(random.IntN(60_000))*time.Microsecond, func(line string) { all.hear(t, line) })
		all.check(t, path, 2*(round+1))
	}
	t.Logf("%d events stored, %d erased, over %d kills", len(all.stored), len(all.erased), rounds)
	if len(all.stored) < 2*rounds {
		t.Errorf("only %d events were stored: too few for a test", len(all.stored))
	}
}

// check opens the database and compares. inFlight is how many events may be stored
// that nobody heard of.
func (w *told) check(t *testing.T, path string, inFlight int) {
	t.Helper()
	s, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	checkClean(t, s)
	onlyDatabase(t, path)
	tally, err := s.Tally(t.Context(), cx.Query{})
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, r := range tally.Rows {
		count += r.Count
	}
	if count < len(w.stored) || count > len(w.stored)+inFlight {
		t.Fatalf("%d events count, %d were acknowledged", count, len(w.stored))
	}
	there := make(map[cx.ID]bool)
	for e, err := range s.Events(t.Context(), cx.EventQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		there[e.ID] = true
	}
	closed(t, s)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file := string(b)
	for id, note := range w.stored {
		old := utcDay(id.At()) < w.purging
		switch {
		case there[id] && w.erased[id]:
			t.Fatalf("event %s was erased and is there", id)
		case !there[id] && !w.erasing[id] && !old:
			t.Fatalf("event %s was acknowledged and is gone", id)
		case !there[id] && w.erasing[id] && !old && (strings.Contains(file, note) || strings.Contains(file, string(id[:]))):
			t.Fatalf("event %s is erased, and its bytes are in the file", id)
		}
	}
}

// restoreForEver makes the database of a backup again and again.
func restoreForEver(t *testing.T, backup, path string) {
	for n := 0; ; n++ {
		fmt.Println("restoring")
		at := epoch.Add(time.Duration(os.Getpid())*time.Hour + time.Duration(n)*time.Second)
		if _, err := Restore(t.Context(), backup, path, RestoreOptions{Replace: true, Now: func() time.Time { return at }}, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// At every moment of a restore there is a database, the old one or the new.
func TestKilledInRestore(t *testing.T) {
	s := lived(t, &clock{epoch}, 40)
	want := len(all(t, s, cx.EventQuery{Voided: true}))
	backup := filepath.Join(t.TempDir(), "backup.db")
	if _, err := s.Backup(t.Context(), backup, nil); err != nil {
		t.Fatal(err)
	}
	path := closed(t, s)
	for range killRounds(t, 5) {
		kill(t, path+":"+backup, rand.IntN(5), time.Duration(rand.IntN(30_000))*time.Microsecond, func(string) {})
		restored, err := Open(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		checkClean(t, restored)
		if got := len(all(t, restored, cx.EventQuery{Voided: true})); got != want {
			t.Errorf("%d events, want %d", got, want)
		}
		closed(t, restored)
	}
}
