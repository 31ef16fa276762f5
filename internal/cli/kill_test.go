package cli_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
	"magicbutton/store"
)

// killsEnv is how often agents are killed where 100 are too few; then the program is
// built as users have it.
const killsEnv = "MAGICBUTTON_KILLS"

// killsPerFile is how often the agent of one database is killed, its creation
// included.
const killsPerFile = 25

// An agent that is killed at any moment, also while it makes its database, has lost no
// press that it acknowledged and stored none twice, over its socket and from its
// terminal; what was not acknowledged may be sent again; the next one starts at once.
func TestKilledAgents(t *testing.T) {
	kills, program := 100, "magicbutton"
	if text := os.Getenv(killsEnv); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("%s: %v", killsEnv, err)
		}
		kills, program = n, filepath.Join(t.TempDir(), "magicbutton")
		if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "magicbutton/cmd/magicbutton").CombinedOutput(); err != nil {
			t.Fatalf("go build: %v\n%s", err, out)
		}
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	files := make(chan *victim)
	var wg sync.WaitGroup
	for range 2 * runtime.NumCPU() { // they wait for the disk, mostly
		wg.Go(func() {
			for v := range files {
				v.run()
			}
		})
	}
	var all []*victim
	for n := 0; n < kills; n += killsPerFile {
		v := &victim{
			t: t, program: program, folder: t.TempDir(), kills: min(killsPerFile, kills-n),
			random: rand.New(rand.NewPCG(seed, uint64(n))),
			acked:  make(map[cx.ID]bool), notes: make(map[string]cx.ID), keys: make(map[uint64]string),
		}
		all = append(all, v)
		files <- v
	}
	close(files)
	wg.Wait()
	acked, again, early := 0, 0, 0
	for _, v := range all {
		acked, again, early = acked+len(v.acked)+len(v.keys), again+v.again, early+v.early
	}
	t.Logf("%d kills, %d of them before the first press; %d events acknowledged, %d sent again", kills, early, acked, again)
}

// victim is one database whose agents are killed.
type victim struct {
	t       *testing.T
	program string
	folder  string
	kills   int
	random  *rand.Rand
	early   int // kills before anything was acknowledged

	mu      sync.Mutex
	acks    chan struct{}     // gets a token for each acknowledgement, if there is room
	acked   map[cx.ID]bool    // over the socket: whether it was voided, and that acknowledged
	notes   map[string]cx.ID  // the note of each, which names what was asked for
	unsure  map[cx.ID]bool    // those whose void was not answered
	keys    map[uint64]string // from the terminal: number → tag
	typed   int               // keys that the terminal was sent
	pending []api.NewEvent    // not answered yet
	again   int               // sent again
}

func (v *victim) db() string { return filepath.Join(v.folder, "desk.db") }

func (v *victim) flags() []string {
	return []string{"--config", filepath.Join(v.folder, "magicbutton.toml"), "--db", v.db()}
}

func (v *victim) run() {
	toml := "[press]\nguard = 0\n[[tag]]\ncode = \"one\"\n[[tag]]\ncode = \"two\"\n[[tag]]\ncode = \"three\"\n"
	if err := os.WriteFile(filepath.Join(v.folder, "magicbutton.toml"), []byte(toml), 0o600); err != nil {
		v.t.Error(err)
		return
	}
	v.unsure = make(map[cx.ID]bool)
	for n := range v.kills {
		if v.t.Failed() {
			return
		}
		v.round(n%2 == 1)
		v.verify()
	}
	v.end()
}

// round runs an agent, has it log, and kills it.
func (v *victim) round(terminal bool) {
	args := append([]string{"agent"}, v.flags()...)
	if terminal {
		args = append(args, "--terminal")
	}
	cmd := exec.CommandContext(v.t.Context(), v.program, args...)
	keys, _ := cmd.StdinPipe()
	said, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		v.t.Error(err)
		return
	}
	ctx, cancel := context.WithCancel(v.t.Context())
	v.acks = make(chan struct{}, 1)
	var wg sync.WaitGroup
	if terminal {
		wg.Go(func() { v.typeKeys(keys) })
		wg.Go(func() { v.hear(said) })
	} else {
		for range 3 {
			wg.Go(func() { v.log(ctx) })
		}
	}
	v.await()
	_ = cmd.Process.Kill()
	cancel()
	_ = keys.Close()
	wg.Wait()
	_ = cmd.Wait() // it was killed
}

// await returns at a moment to kill the agent: any moment of its start, or soon after
// some acknowledgements.
func (v *victim) await() {
	moment := time.Duration(v.random.IntN(3000)) * time.Microsecond
	acks := 1 + v.random.IntN(10)
	if v.random.IntN(4) == 0 {
		moment, acks = time.Duration(v.random.IntN(100))*time.Millisecond, 0
	}
	deadline := time.After(patience)
	for ; acks > 0; acks-- {
		select {
		case <-v.acks:
		case <-deadline:
			v.t.Error("the agent acknowledged nothing")
			return
		}
	}
	select {
	case <-time.After(moment):
	case <-deadline:
	}
}

// ack counts an acknowledgement; the caller holds mu.
func (v *victim) ack() {
	select {
	case v.acks <- struct{}{}:
	default:
	}
}

// log logs over the socket, and takes back now and then, until the agent is gone. What
// was not answered is sent again by the next one.
func (v *victim) log(ctx context.Context) {
	c, err := api.Dial(ctx, v.db())
	for ; err != nil; c, err = api.Dial(ctx, v.db()) {
		select {
		case <-ctx.Done():
			return
		case <-time.After(2 * time.Millisecond):
		}
	}
	defer c.Close()
	for {
		n := v.next()
		logged, err := c.Log(ctx, n)
		if err != nil {
			v.putBack(n)
			return
		}
		e, err := logged.Event.Event()
		if err != nil || e.Note != n.Note {
			v.t.Errorf("asked for %q, got %+v, %v", n.Note, e, err)
			return
		}
		v.stored(e)
		if rand.IntN(4) == 0 && !v.void(ctx, c, e.ID) {
			return
		}
	}
}

// next is what to log: what was not answered before, or something new.
func (v *victim) next() api.NewEvent {
	v.mu.Lock()
	defer v.mu.Unlock()
	if n := len(v.pending); n > 0 {
		e := v.pending[n-1]
		v.pending = v.pending[:n-1]
		v.again++
		return e
	}
	name := make([]byte, 20) // letters alone: what looks like a card number is taken out
	for i := range name {
		name[i] = byte('a' + rand.IntN(26))
	}
	return api.NewEvent{Tag: "one", Note: string(name), Ref: string(name)}
}

func (v *victim) putBack(n api.NewEvent) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.pending = append(v.pending, n)
}

func (v *victim) stored(e cx.Event) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.acked[e.ID] = false
	v.notes[e.Note] = e.ID
	v.ack()
}

func (v *victim) void(ctx context.Context, c *api.Client, id cx.ID) bool {
	_, err := c.Void(ctx, id)
	v.mu.Lock()
	defer v.mu.Unlock()
	if err != nil {
		v.unsure[id] = true
		return false
	}
	v.acked[id] = true
	v.ack()
	return true
}

func (v *victim) typeKeys(to io.Writer) {
	for i := 0; ; i++ {
		if _, err := io.WriteString(to, strconv.Itoa(1+i%3)); err != nil {
			return
		}
		v.mu.Lock()
		v.typed++
		v.mu.Unlock()
	}
}

// onDisk is the line with which the terminal acknowledges a press.
var onDisk = regexp.MustCompile(`^  #(\d+) +(one|two|three) +on disk in `)

func (v *victim) hear(from io.Reader) {
	for lines := bufio.NewScanner(from); lines.Scan(); {
		m := onDisk.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		seq, err := strconv.ParseUint(m[1], 10, 64)
		if err != nil {
			v.t.Error(err)
		}
		v.mu.Lock()
		v.keys[seq] = m[2]
		v.ack()
		v.mu.Unlock()
	}
}

// verify opens the database as it was left.
func (v *victim) verify() {
	ctx := v.t.Context()
	s, err := store.Open(v.db(), store.Options{ReadOnly: true, Timeout: patience})
	if errors.Is(err, fs.ErrNotExist) && len(v.acked)+len(v.keys) == 0 {
		v.early++
		return // it was killed before it made one
	}
	if err != nil {
		v.t.Errorf("after a kill: %v", err)
		return
	}
	defer s.Close()
	report, err := s.Check(ctx, nil)
	if err != nil || !report.OK() || report.Missing > 0 {
		v.t.Errorf("check: %v, %d missing, %q %q", err, report.Missing, report.Damage, report.Remarks)
	}
	seen, keys, asked := make(map[cx.ID]cx.Event), make(map[uint64]string), make(map[string]int)
	for e, err := range s.Events(ctx, cx.EventQuery{Voided: true}) {
		if err != nil {
			v.t.Error(err)
			return
		}
		seen[e.ID] = e
		if e.Source == cx.SourceTerminal {
			keys[e.ID.Seq()] = e.Tag
		} else if asked[e.Note]++; asked[e.Note] > 1 {
			v.t.Errorf("%q is stored twice", e.Note)
		}
	}
	v.compare(seen, keys)
}

func (v *victim) compare(seen map[cx.ID]cx.Event, keys map[uint64]string) {
	for note, id := range v.notes {
		e, ok := seen[id]
		if !ok || e.Note != note || e.Voided != v.acked[id] && !v.unsure[id] {
			v.t.Errorf("%s %q was acknowledged, voided %v; stored %v, as %+v", id, note, v.acked[id], ok, e)
		}
	}
	for seq, tag := range v.keys {
		if keys[seq] != tag {
			v.t.Errorf("#%d %s of the terminal was acknowledged, and is stored as %q", seq, tag, keys[seq])
		}
	}
	if len(keys) > v.typed {
		v.t.Errorf("%d presses of the terminal are stored, %d keys were typed", len(keys), v.typed)
	}
}

// end starts an agent once more and stops it as it is to be stopped, so that no socket
// is left; then the command checks the file.
func (v *victim) end() {
	cmd := exec.CommandContext(v.t.Context(), v.program, append([]string{"agent"}, v.flags()...)...)
	if err := cmd.Start(); err != nil {
		v.t.Error(err)
		return
	}
	for ctx := v.t.Context(); ctx.Err() == nil; time.Sleep(time.Millisecond) {
		if c, err := api.Dial(ctx, v.db()); err == nil {
			_ = c.Close()
			break
		}
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		v.t.Errorf("the agent that was stopped: %v", err)
	}
	out, err := exec.CommandContext(v.t.Context(), v.program, append([]string{"db", "check"}, v.flags()...)...).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "no damage") && !strings.Contains(string(out), "sound") {
		v.t.Errorf("db check: %v\n%s", err, out)
	}
}
