package store

import (
	"bufio"
	"context"
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

// These name to a child process what it is to do, and how many rounds of crashes
// to run where 20 are too few.
const (
	childEnv  = "STORE_TEST_CHILD"
	roundsEnv = "STORE_TEST_CRASHES"
)

func TestMain(m *testing.M) {
	switch what, path, _ := strings.Cut(os.Getenv(childEnv), ":"); what {
	case "append":
		os.Exit(appendForEver(path))
	case "limited":
		os.Exit(appendWithLimit(path))
	case "bad-disk":
		os.Exit(runOnBadDisk(path))
	default:
		os.Exit(m.Run())
	}
}

// child returns a command that runs this test binary for another purpose.
func child(t *testing.T, what, path string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), childEnv+"="+what+":"+path)
	cmd.Stderr = os.Stderr
	return cmd
}

// appendForEver stores events from a few goroutines and prints each id when it is
// acknowledged.
func appendForEver(path string) int {
	s, err := Open(path, Options{Create: true})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for {
				n := press(time.Now(), fmt.Sprintf("w%d", i))
				n.Event.Note = "words"
				got, err := s.Append(context.Background(), n)
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
					return
				}
				fmt.Println(got[0].Event.ID) // one write each: a pipe keeps lines whole
			}
		})
	}
	wg.Wait()
	return 1
}

// A process that is killed at any moment loses nothing that it acknowledged, and
// stores nothing twice; the next one opens the file at once.
func TestKilled(t *testing.T) {
	rounds := 20
	if text := os.Getenv(roundsEnv); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("%s: %v", roundsEnv, err)
		}
		rounds = n
	}
	path := filepath.Join(t.TempDir(), "events.db")
	acked := make(map[cx.ID]bool)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for range rounds {
		before := len(acked)
		killWhileAppending(t, path, 1+random.IntN(30), time.Duration(random.IntN(3000))*time.Microsecond, acked)
		if len(acked) == before {
			t.Fatal("the process acknowledged nothing")
		}
		stored := storedIDs(t, path)
		for id := range acked {
			if stored[id] != 1 {
				t.Fatalf("event %s was acknowledged and is stored %d times", id, stored[id])
			}
		}
	}
	t.Logf("%d acknowledged events over %d kills", len(acked), rounds)
}

// killWhileAppending starts a writer, waits for some acknowledgements and a
// moment more, and kills it. What it acknowledged until then goes into acked.
func killWhileAppending(t *testing.T, path string, acks int, moment time.Duration, acked map[cx.ID]bool) {
	t.Helper()
	cmd := child(t, "append", path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 1; lines.Scan(); n++ {
		id, err := cx.ParseID(lines.Text())
		if err != nil {
			t.Fatalf("the process said: %v", err)
		}
		acked[id] = true
		if n == acks {
			time.AfterFunc(moment, func() { _ = cmd.Process.Kill() })
		}
	}
	_ = cmd.Wait() // it was killed
}

// storedIDs counts the events of a file by id, after a check of it.
func storedIDs(t *testing.T, path string) map[cx.ID]int {
	t.Helper()
	s, err := Open(path, Options{ReadOnly: true, Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if report := checkClean(t, s); report.Missing > 0 {
		t.Errorf("sequence numbers are missing: %q", report.Remarks)
	}
	ids := make(map[cx.ID]int)
	for e, err := range s.Events(t.Context(), cx.EventQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		ids[e.ID]++
	}
	return ids
}
