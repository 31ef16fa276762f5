package usblab_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
	"magicbutton/internal/usblab"
	"magicbutton/internal/usblab/blockdev"
)

// promise is an acknowledgement: from then on a power cut may not take it back.
type promise struct {
	at   int // how many requests the disk had answered when it came
	kind promiseKind
	db   string // path in the guest
	id   cx.ID  // of an event
	note string // of one that was erased
	rows int    // of an import
	// holes is how many sequence numbers are missing from the database anyway.
	holes int
}

type promiseKind string

const (
	promiseStored   promiseKind = "stored"
	promiseUndone   promiseKind = "undone"
	promiseImported promiseKind = "imported"
	promiseErased   promiseKind = "erased"
	promiseErasing  promiseKind = "erasing" // that it may be gone
)

// stretch is a part of a recording, by the disk's requests.
type stretch struct {
	name     string
	from, to int
}

// powerDesk is the real magicbutton in a guest with a disk that is recorded.
type powerDesk struct {
	*desk
	options   usblab.Options
	disk      *blockdev.Disk
	pad       *usblab.Device
	stretches []stretch

	mu       sync.Mutex // of what follows: lines come in goroutines of their own
	promises []promise
	lines    []string // of the agent's log
	command  string   // the database that commands write to
	bad      []string // lines that nobody understood
}

// Ports of the guest: the agent writes its log to one, commands their ids to the other.
const (
	agentPort   = "/dev/vport0p2"
	commandPort = "/dev/vport0p3"
)

// newPowerDesk boots a guest with an empty disk.
func newPowerDesk(t *testing.T, program string) *powerDesk {
	t.Helper()
	disk := usblab.NewRecordedDisk(t)
	d := &powerDesk{disk: disk.Recording()}
	d.options = usblab.Options{
		Disk: disk,
		Files: map[string]string{
			"/bin/magicbutton": program,
			"/bin/writer":      usblab.Build(t, "magicbutton/internal/usblab/writer"),
		},
		Ports: []func(string){d.takeLog, d.takeCommand},
	}
	d.desk = &desk{}
	d.boot(t)
	d.desk = newDesk(t, d.guest, "power", off, "1d6b:0104#PAD")
	d.guest.Output(t, "sync") // a configuration is not what is tested
	return d
}

// boot starts a guest with the disk as it is. What was acknowledged before has to hold from its first request on.
func (d *powerDesk) boot(t *testing.T) {
	t.Helper()
	d.mu.Lock()
	for i := range d.promises {
		d.promises[i].at = 0
	}
	d.mu.Unlock()
	d.guest = usblab.Start(t, d.options)
	d.pad = d.guest.Make(t, usblab.Keypad("pad", "PAD"))
	d.pad.Plug(t, 1)
	d.guest.WaitOpen(t, "PAD")
}

var promiseLine = regexp.MustCompile(`msg=(stored|undone) .*event=([0-9A-Z]{26})`)

// takeLog reads a line of the agent's log.
func (d *powerDesk) takeLog(line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, line)
	if m := promiseLine.FindStringSubmatch(line); m != nil {
		d.promise(promise{kind: promiseKind(m[1]), db: d.db}, m[2])
	}
}

// takeCommand reads a line of what commands print: "db" and the database that the next one writes to, "imported" and a number of rows,
// what became of an event, or the bare id of one that was stored.
func (d *powerDesk) takeCommand(line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	what, rest, _ := strings.Cut(line, " ")
	switch what {
	case "db":
		d.command = rest
	case "imported":
		p := promise{kind: promiseImported, db: d.command, at: d.disk.Requests()}
		if _, err := fmt.Sscan(rest, &p.rows); err != nil {
			d.bad = append(d.bad, line)
		}
		d.promises = append(d.promises, p)
	case "stored", "undone", "erasing", "erased":
		id, note, _ := strings.Cut(rest, " ")
		d.promise(promise{kind: promiseKind(what), db: d.command, note: note}, id)
	default:
		d.promise(promise{kind: promiseStored, db: d.command}, line)
	}
}

// eraseAtOnce is how many events the writer erases at once.
const eraseAtOnce = 5

// promise notes an acknowledgement of an event. The caller holds the lock.
func (d *powerDesk) promise(p promise, id string) {
	var err error
	if p.id, err = cx.ParseID(id); err != nil {
		d.bad = append(d.bad, id)
		return
	}
	p.at = d.disk.Requests()
	d.promises = append(d.promises, p)
}

// acknowledged returns the promises until now, in their order.
func (d *powerDesk) acknowledged() []promise {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.promises)
}

// check is desk.check of what was acknowledged.
func (d *powerDesk) check(t *testing.T) {
	t.Helper()
	there := map[cx.ID]bool{}
	for _, p := range d.acknowledged() {
		if p.db == d.db && p.kind != promiseImported {
			there[p.id] = p.kind != promiseErased
		}
	}
	d.acked = nil
	for id, ok := range there {
		if ok {
			d.acked = append(d.acked, id.String())
		}
	}
	d.desk.check(t)
}

// record runs a part of the story.
func (d *powerDesk) record(name string, do func()) {
	s := stretch{name: name, from: d.disk.Requests()}
	do()
	s.to = d.disk.Requests()
	d.stretches = append(d.stretches, s)
}

// stretch returns a part that was recorded.
func (d *powerDesk) stretch(t *testing.T, name string) stretch {
	t.Helper()
	i := slices.IndexFunc(d.stretches, func(s stretch) bool { return s.name == name })
	if i < 0 {
		t.Fatalf("no stretch %q was recorded", name)
	}
	return d.stretches[i]
}

// startAgent starts an agent that logs to its port.
func (d *powerDesk) startAgent(t *testing.T) {
	t.Helper()
	d.mu.Lock()
	d.lines = nil
	d.mu.Unlock()
	d.agent = d.guest.Start(t, usblab.Command{
		Args: append([]string{"sh", "-c", `exec "$@" 2>` + agentPort, "agent"}, d.args("agent")...),
	})
	d.wait(t, "start of the agent", func() bool {
		return slices.ContainsFunc(d.lines, func(l string) bool { return strings.Contains(l, "msg=started") })
	})
	d.guest.WaitDriver(t, "PAD", "usbfs")
}

// wait waits until a condition holds, which is asked under the lock.
func (d *powerDesk) wait(t *testing.T, what string, enough func() bool) {
	t.Helper()
	holds := func() bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		return enough()
	}
	for deadline := time.Now().Add(30 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("no %s in time; the agent's log:\n%s\nnot understood: %q", what, strings.Join(d.lines, "\n"), d.bad)
		}
	}
}

// waitPromises waits until there are n acknowledgements.
func (d *powerDesk) waitPromises(t *testing.T, n int) {
	t.Helper()
	d.wait(t, fmt.Sprintf("%d acknowledgements", n), func() bool { return len(d.promises) >= n })
}

// pressOn presses keys of the keypad in turn, the last of which takes an event back.
func (d *powerDesk) pressOn(t *testing.T, n int) *usblab.Playback {
	t.Helper()
	keys := append(slices.Clone(padKeys), "kp_0")
	return d.pad.Play(t, 20*time.Millisecond, usblab.Rotate(n, keys...)...)
}

// press presses n times and waits for the acknowledgements.
func (d *powerDesk) press(t *testing.T, n int) {
	t.Helper()
	before := len(d.acknowledged())
	d.pressOn(t, n).Wait(t)
	d.waitPromises(t, before+n)
}

// create lets commands make databases, each in a folder of its own that is not there.
func (d *powerDesk) create(t *testing.T, n int) {
	t.Helper()
	before := len(d.acknowledged())
	d.guest.Output(t, "sh", "-c", fmt.Sprintf(`set -e
for i in $(seq %d); do
	db=/data/new$i/deep/desk.db
	echo "db $db" >%[2]s
	magicbutton press praise --config %[3]s --db $db >%[2]s
done`, n, commandPort, d.config()))
	d.waitPromises(t, before+n)
}

// oldDB is a file of format 1 in the guest.
const oldDB = "/data/old.db"

// putOld puts a file of format 1 on the disk. Its events are acknowledged.
func (d *powerDesk) putOld(t *testing.T) {
	t.Helper()
	packed, err := os.Open("../../store/testdata/format1.db.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	r, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	old, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "old.db")
	if err := os.WriteFile(copied, old, 0o600); err != nil {
		t.Fatal(err)
	}
	events, holes, err := readDatabase(t, copied)
	if err != nil {
		t.Fatal(err)
	}
	d.guest.WriteFile(t, oldDB, old)
	d.guest.Output(t, "sync")
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range events {
		d.promises = append(d.promises, promise{at: d.disk.Requests(), kind: promiseStored, db: oldDB, id: e.ID, holes: holes})
	}
}

// takeOver lets a command write to the file of format 1, which makes it one of today's.
func (d *powerDesk) takeOver(t *testing.T) {
	t.Helper()
	before := len(d.acknowledged())
	d.guest.Output(t, "sh", "-c", fmt.Sprintf(`echo "db %s" >%s && magicbutton press praise --config %s --db %[1]s >%[2]s`,
		oldDB, commandPort, d.config()))
	d.waitPromises(t, before+1)
}

// write lets four goroutines store events each while the database is cared for.
func (d *powerDesk) write(t *testing.T, each int, care ...string) {
	t.Helper()
	const db = "/data/written.db"
	before := len(d.acknowledged())
	d.guest.Output(t, "sh", "-c", fmt.Sprintf(`echo "db %s" >%s && exec writer -db %[1]s -events %[3]d %[4]s >%[2]s`,
		db, commandPort, each, strings.Join(care, " ")))
	d.waitPromises(t, before+4*each*6/5) // every fifth is taken back
}

// care compacts the agent's database and erases events from it, through the agent, the second time on while keys are pressed.
func (d *powerDesk) care(t *testing.T, rounds int) {
	t.Helper()
	before := len(d.acknowledged())
	// Once at rest: a press that comes meanwhile is flushed into the new file, and all else in it too.
	d.guest.Output(t, d.args("db", "compact")...)
	presses := 30 * rounds
	play := d.pressOn(t, presses)
	d.guest.Output(t, "sh", "-c", fmt.Sprintf(`set -e
echo "db %s" >%s
export MAGICBUTTON_CONFIG=%s MAGICBUTTON_DB=%[1]s
for i in $(seq %[4]d); do
	ids=
	for n in $(seq %[5]d); do
		id=$(magicbutton press praise --note "the words of visitor $i.$n.")
		echo "stored $id" >%[2]s
		ids="$ids $id"
	done
	magicbutton db compact
	for id in $ids; do echo "erasing $id" >%[2]s; done
	magicbutton db erase --yes $ids
	n=0
	for id in $ids; do n=$((n+1)); echo "erased $id the words of visitor $i.$n." >%[2]s; done
done`, d.db, commandPort, d.config(), rounds, eraseAtOnce))
	play.Wait(t)
	d.waitPromises(t, before+presses+rounds*eraseAtOnce*3)
}

// importRows imports events through the agent.
func (d *powerDesk) importRows(t *testing.T, n int) {
	t.Helper()
	rows := []byte("at,tag,note\n")
	for i := range n {
		at := time.Date(2026, 1, 5, 9, 0, i, 0, time.UTC)
		rows = fmt.Appendf(rows, "%s,praise,words of customer %d\n", at.Format(time.RFC3339), i)
	}
	d.guest.WriteFile(t, "/tmp/rows.csv", rows)
	before := len(d.acknowledged())
	d.guest.Output(t, "sh", "-c", fmt.Sprintf(`echo "db %s" >%s && "$@" && echo "imported %d" >%[2]s`, d.db, commandPort, n),
		"import", d.program, "import", "/tmp/rows.csv", "--config", d.config(), "--db", d.db)
	d.waitPromises(t, before+1)
}

// compare holds the files that the guest sees after its mount against those that were recovered without it.
func (d *powerDesk) compare(t *testing.T, image []byte) {
	t.Helper()
	dir := t.TempDir()
	if err := usblab.Recover(image, dir); err != nil {
		t.Fatal(err)
	}
	here := map[string]string{}
	there := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		name := filepath.Join("/data", strings.TrimPrefix(path, dir))
		here[name] = string(data)
		there[name] = string(d.guest.ReadFile(t, name))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(d.guest.Output(t, "find", "/data", "-type", "f"), "\n"); n != len(here) {
		t.Errorf("the guest has %d files, %d were recovered without it", n, len(here))
	}
	if len(here) == 0 || !cmp.Equal(here, there) {
		t.Errorf("of %d files some differ from what the guest sees", len(here))
	}
}
