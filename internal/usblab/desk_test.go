package usblab_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/usblab"
)

// desk is the real magicbutton in a guest, on its own disk, with two keypads that
// its configuration names by their serial numbers.
type desk struct {
	guest *usblab.Guest
	agent *usblab.Process
	acked []string // ids of the events that agents of this desk have acknowledged
	db    string

	program string // magicbutton, as it is started
}

// The keys of each keypad, and the tags that they are bound to.
var (
	padKeys = []usblab.Key{"kp_1", "kp_2", "kp_3", "kp_4", "kp_5", "kp_6", "kp_7", "kp_8"}
	padTags = []string{"praise", "bill-unclear", "delivery-late", "item-damaged", "out-of-stock", "how-to", "refund-slow", "bounced"}
)

// newDesk writes the configuration: every key of both keypads, and undo on 0.
func newDesk(t *testing.T, g *usblab.Guest, name, press string, models ...string) *desk {
	t.Helper()
	d := &desk{guest: g, program: "magicbutton", db: "/data/" + name + ".db"}
	config := "/data/" + name + ".toml"
	g.Output(t, "magicbutton", "init", "--config", config)
	var text strings.Builder
	text.WriteString(string(g.ReadFile(t, config)) + "\n[press]\n" + press)
	for _, m := range models {
		for i, k := range padKeys {
			fmt.Fprintf(&text, "\n[[button]]\ndevice = %q\nkey = %q\ntap = %q\n", m, k, padTags[i])
		}
		fmt.Fprintf(&text, "\n[[button]]\ndevice = %q\nkey = \"kp_0\"\ntap = \"undo\"\n", m)
	}
	g.WriteFile(t, config, []byte(text.String()))
	return d
}

// binding is a [[button]] of a configuration; does is the lines of its gestures.
type binding struct{ device, key, does string }

// bind adds to the configuration.
func (d *desk) bind(t *testing.T, list ...binding) {
	t.Helper()
	text := d.guest.ReadFile(t, d.config())
	for _, b := range list {
		text = fmt.Appendf(text, "\n[[button]]\ndevice = %q\nkey = %q\n%s", b.device, b.key, b.does)
	}
	d.guest.WriteFile(t, d.config(), text)
}

func (d *desk) config() string { return strings.TrimSuffix(d.db, ".db") + ".toml" }

func (d *desk) args(args ...string) []string {
	return append(append([]string{d.program}, args...), "--config", d.config(), "--db", d.db)
}

// start starts the agent; it holds the keypads with these serial numbers then.
func (d *desk) start(t *testing.T, serials ...string) {
	t.Helper()
	d.agent = d.guest.Start(t, usblab.Command{Args: d.args("agent")})
	d.agent.WaitStderr(t, "msg=started")
	for _, s := range serials {
		d.guest.WaitDriver(t, s, "usbfs")
	}
}

var ackedLine = regexp.MustCompile(`msg=stored .*event=([0-9A-Z]{26})`)

// stop ends the agent and notes what it acknowledged.
func (d *desk) stop(t *testing.T, s syscall.Signal) {
	t.Helper()
	d.agent.Signal(t, s)
	r := d.agent.Wait(t)
	if s == syscall.SIGTERM && r.Exit != (usblab.Exit{}) {
		t.Errorf("after SIGTERM the agent ended with %+v:\n%s", r.Exit, r.Stderr)
	}
	for _, m := range ackedLine.FindAllStringSubmatch(r.Stderr, -1) {
		d.acked = append(d.acked, m[1])
	}
}

// event is what an export tells of an event.
type event struct{ ID, Tag, Device, Key string }

// events exports all events, through the agent or without one.
func (d *desk) events(t *testing.T, flags ...string) []event {
	t.Helper()
	out := d.guest.Output(t, d.args(append([]string{"export", "events", "--from", "2000-01-01"}, flags...)...)...)
	records, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil {
		t.Fatalf("reading the export: %v\n%s", err, out)
	}
	column := func(name string) int { return slices.Index(records[0], name) }
	var list []event
	for _, r := range records[1:] {
		list = append(list, event{r[column("id")], r[column("tag")], r[column("device")], r[column("key")]})
	}
	return list
}

// waitAcked waits until the agent has acknowledged n events.
func (d *desk) waitAcked(t *testing.T, n int) {
	t.Helper()
	d.agent.WaitStderr(t, fmt.Sprintf("seq=%d ", n))
}

// check holds the acknowledged events against the exported ones, those that were
// taken back included: each is there once. It runs the database's own check too.
func (d *desk) check(t *testing.T) {
	t.Helper()
	seen := map[string]int{}
	for _, e := range d.events(t, "--voided") {
		seen[e.ID]++
		if seen[e.ID] > 1 {
			t.Errorf("event %s stands twice in the export", e.ID)
		}
	}
	for _, id := range d.acked {
		if seen[id] == 0 {
			t.Errorf("event %s was acknowledged and is not there", id)
		}
	}
	if out := d.guest.Output(t, d.args("db", "check")...); !strings.Contains(out, "is sound") {
		t.Errorf("db check says %q", out)
	}
}

// ofDevice returns the events of one keypad, without what differs by chance.
func ofDevice(events []event, serial string) []event {
	var list []event
	for _, e := range events {
		if strings.HasSuffix(e.Device, "#"+serial) {
			list = append(list, event{Tag: e.Tag, Key: e.Key})
		}
	}
	return list
}

// expected returns what n presses, in turn over the keys from the first-th on,
// must have become.
func expected(first, n int) []event {
	var list []event
	for i := first; i < first+n; i++ {
		k := i % len(padKeys)
		list = append(list, event{Tag: padTags[k], Key: fmt.Sprintf("keyboard:0x%x", 0x59+k)}) // keypad 1 is usage 0x59
	}
	return list
}

// TestDesk is the main job: presses on real USB keypads become events.
func TestDesk(t *testing.T) {
	g := usblab.Start(t, usblab.Options{
		Disk:  usblab.NewDisk(t),
		Files: map[string]string{"/bin/magicbutton": usblab.Build(t, "magicbutton/cmd/magicbutton")},
	})
	a := g.Plug(t, &usblab.Keyboard{Serial: "DESK-A", Port: 1})
	b := g.Plug(t, &usblab.Keyboard{Serial: "DESK-B", Port: 2})
	// A guest makes four gadgets at most: these two serve more than one test.
	padA, padB := g.Make(t, usblab.Keypad("pad-a", "PAD-A")), g.Make(t, usblab.Keypad("pad-b", "PAD-B"))
	t.Run("every press", func(t *testing.T) { testEveryPress(t, g, padA, padB) })
	t.Run("defaults", func(t *testing.T) { testDefaults(t, g, a, b) })
	t.Run("restarts", func(t *testing.T) { testRestarts(t, g, padA) })
	t.Run("taken and given back", func(t *testing.T) { testGivenBack(t, g, a) })
	t.Run("lights", func(t *testing.T) { testLights(t, g) })
	t.Run("without permission", func(t *testing.T) { testPermission(t, g) })
}

const (
	modelA = "0627:0001#DESK-A"
	modelB = "0627:0001#DESK-B"
	off    = "debounce = 0\nguard = 0\nsame_conversation = 0\n"
)

// testEveryPress presses 100 times on each of two keypads at 20 ms spacing; one
// is unplugged half-way and plugged in elsewhere, the other goes on meanwhile.
// They are gadgets, which lose no press on a busy machine as QEMU's keyboards do.
func testEveryPress(t *testing.T, g *usblab.Guest, a, b *usblab.Device) {
	const each, spacing = 100, 20 * time.Millisecond
	a.Plug(t, 1)
	b.Plug(t, 2)
	g.WaitOpen(t, "PAD-A")
	g.WaitOpen(t, "PAD-B")
	d := newDesk(t, g, "every", off, "1d6b:0104#PAD-A", "1d6b:0104#PAD-B")
	d.start(t, "PAD-A", "PAD-B")
	r := g.Record(t)

	onB := b.Play(t, spacing, usblab.Rotate(each, padKeys...)...)
	a.Play(t, spacing, usblab.Rotate(each/2, padKeys...)...).Wait(t)
	waitStored(t, d, "PAD-A", each/2) // a report that is still on its way goes with the plug
	a.Unplug(t)
	a.Plug(t, 3)
	g.WaitDriver(t, "PAD-A", "usbfs")
	second := append(slices.Clone(padKeys[each/2%len(padKeys):]), padKeys[:each/2%len(padKeys)]...)
	a.Play(t, spacing, usblab.Rotate(each/2, second...)...).Wait(t)
	onB.Wait(t)
	d.waitAcked(t, 2*each)

	during := d.events(t)
	d.stop(t, syscall.SIGTERM)
	after := d.events(t)
	if diff := cmp.Diff(during, after); diff != "" {
		t.Errorf("exports with the agent and without it differ (-with +without):\n%s", diff)
	}
	for _, serial := range []string{"PAD-A", "PAD-B"} {
		if diff := cmp.Diff(expected(0, each), ofDevice(after, serial)); diff != "" {
			t.Errorf("events of %s (-want +got):\n%s", serial, diff)
		}
	}
	if got := len(d.acked); got != 2*each {
		t.Errorf("the agent acknowledged %d events, want %d", got, 2*each)
	}
	if seen := r.Presses(t); len(seen) > 0 {
		t.Errorf("the guest's input devices saw %v while the agent held the keypads", seen)
	}
	d.check(t)
	a.Unplug(t)
	b.Unplug(t)
}

// waitStored waits until the agent says of n presses of a keypad that they are stored. It does not ask for an export, which
// would keep a busy guest from storing them.
func waitStored(t *testing.T, d *desk, serial string, n int) {
	t.Helper()
	waitLog(t, d, 0, fmt.Sprintf(`(?s)(msg=stored [^\n]*#%s .*?){%d}`, serial, n), fmt.Sprintf("%d presses of %s", n, serial))
}

// testDefaults presses as a person might, with the guard of 2 s and the debounce
// of 30 ms that a configuration has when it does not say otherwise.
func testDefaults(t *testing.T, g *usblab.Guest, a, b *usblab.Keyboard) {
	d := newDesk(t, g, "defaults", "", modelA, modelB)
	d.start(t, "DESK-A", "DESK-B")
	for i, p := range []struct {
		pad  *usblab.Keyboard
		key  usblab.Key
		wait time.Duration // before the press
		log  string        // what the agent says of it
	}{
		{a, "kp_1", 0, "msg=stored .*tag=praise"},
		{a, "kp_1", 200 * time.Millisecond, "msg=refused .*tag=praise"},      // the same key, too soon
		{b, "kp_1", 0, "msg=stored .*tag=praise"},                            // another keypad
		{a, "kp_2", 0, "msg=stored .*tag=bill-unclear"},                      // another key
		{a, "kp_0", 0, "msg=undone .*tag=bill-unclear"},                      // takes it back
		{a, "kp_2", 0, "msg=stored .*tag=bill-unclear"},                      // and may be pressed again at once
		{b, "kp_0", 0, "msg=undone .*tag=praise"},                            // its own press, not A's
		{b, "kp_0", 200 * time.Millisecond, "msg=\"found nothing to undo\""}, // A's are not its to take
		{a, "kp_9", 0, ""}, // not bound
		{a, "kp_1", 2500 * time.Millisecond, "msg=stored .*tag=praise"}, // long enough after
	} {
		time.Sleep(p.wait) // the time between two presses is what is tested
		before := len(d.agent.Stderr())
		p.pad.Press(t, p.key)
		if p.log == "" {
			continue
		}
		waitLog(t, d, before, p.log, fmt.Sprintf("press %d, %s", i+1, p.key))
	}
	var findings []struct{ Check, Text string }
	out := g.Run(t, usblab.Command{Args: d.args("doctor", "--json")}).Stdout
	if err := json.Unmarshal([]byte(out), &findings); err != nil {
		t.Fatalf("doctor --json: %v\n%s", err, out)
	}
	i := slices.IndexFunc(findings, func(f struct{ Check, Text string }) bool { return f.Check == "agent" })
	if i < 0 || !strings.Contains(findings[i].Text, "5 stored, 1 refused") {
		t.Errorf("doctor says %v, want 5 stored, 1 refused", findings)
	}
	d.stop(t, syscall.SIGTERM)
	if diff := cmp.Diff([]event{{Tag: "praise", Key: "keyboard:0x59"}, {Tag: "bill-unclear", Key: "keyboard:0x5a"}, {Tag: "praise", Key: "keyboard:0x59"}},
		ofDevice(d.events(t), "DESK-A")); diff != "" {
		t.Errorf("events of DESK-A (-want +got):\n%s", diff)
	}
	if got := ofDevice(d.events(t), "DESK-B"); len(got) > 0 {
		t.Errorf("events of DESK-B: %v, want none: it was taken back", got)
	}
}

// waitLog waits for a line in what the agent has logged since an offset.
func waitLog(t *testing.T, d *desk, since int, pattern, what string) {
	t.Helper()
	re := regexp.MustCompile(pattern)
	for deadline := time.Now().Add(30 * time.Second); !re.MatchString(d.agent.Stderr()[since:]); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: the agent did not log %s:\n%s", what, pattern, d.agent.Stderr()[since:])
		}
	}
}

// testRestarts stops and kills the agent while keys are pressed. Each key stands
// for its place in the row, so that a press that is missing shows: only those
// that were made while nobody listened, or were in flight, may be.
func testRestarts(t *testing.T, g *usblab.Guest, a *usblab.Device) {
	a.Plug(t, 1)
	g.WaitOpen(t, "PAD-A")
	d := newDesk(t, g, "restarts", off, "1d6b:0104#PAD-A")
	d.start(t, "PAD-A")
	const n = 120 // a multiple of the keys: the row goes on over the restarts
	signals := []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL, syscall.SIGKILL, syscall.SIGTERM, syscall.SIGKILL}
	for _, s := range signals {
		before := len(d.agent.Stderr())
		play := a.Play(t, 25*time.Millisecond, usblab.Rotate(n, padKeys...)...)
		waitLog(t, d, before, `msg=stored (.|\n)*msg=stored (.|\n)*msg=stored`, "presses before "+s.String())
		d.stop(t, s)
		d.start(t, "PAD-A")
		play.Wait(t)
	}
	last := len(d.agent.Stderr())
	a.Press(t, "kp_1")
	waitLog(t, d, last, "msg=stored .*tag=praise", "the last press")
	d.stop(t, syscall.SIGTERM)

	events := d.events(t)
	d.check(t)
	// Extra events were stored, and the agent killed before it could say so.
	kills := 3
	if extra := len(events) - len(d.acked); extra > kills {
		t.Errorf("%d events, of which %d were acknowledged: at most the one in flight at each of %d kills may be extra", len(events), len(d.acked), kills)
	}
	got := ofDevice(events, "PAD-A")
	gaps := 0
	for i := 1; i < len(got); i++ {
		if slices.Index(padTags, got[i].Tag) != (slices.Index(padTags, got[i-1].Tag)+1)%len(padTags) {
			gaps++
		}
	}
	if gaps > len(signals) {
		t.Errorf("the row of presses has %d gaps, at most %d restarts may each make one: %v", gaps, len(signals), got)
	}
	t.Logf("%d presses, %d restarts: %d events, %d acknowledged, %d gaps", n*len(signals)+1, len(signals), len(events), len(d.acked), gaps)
	a.Unplug(t)
}

// testGivenBack follows a keypad through the hands of agents: what the agent holds
// reaches nobody else, and what it held is given back, after a kill by the next.
func testGivenBack(t *testing.T, g *usblab.Guest, a *usblab.Keyboard) {
	d := newDesk(t, g, "given", off, modelA)
	r := g.Record(t)
	seen := 0
	free := func(when string) {
		t.Helper()
		g.WaitDriver(t, "DESK-A", "usbhid")
		g.WaitOpen(t, "DESK-A")
		a.Press(t, "kp_1")
		seen++
		if got := r.WaitPresses(t, seen); len(got) != seen || got[seen-1].Serial != "DESK-A" {
			t.Errorf("%s: the guest's input devices saw %v, want %d presses", when, got, seen)
		}
	}
	held := func(when string) {
		t.Helper()
		before := len(d.agent.Stderr())
		a.Press(t, "kp_2")
		waitLog(t, d, before, "msg=stored", when)
		if got := r.Presses(t); len(got) != seen {
			t.Errorf("%s: the guest's input devices saw %v while the agent held the keypad", when, got[seen:])
		}
	}
	free("before the agent")
	d.start(t, "DESK-A")
	held("the first agent")
	d.stop(t, syscall.SIGTERM)
	free("after SIGTERM")
	d.start(t, "DESK-A")
	held("the second agent")
	d.stop(t, syscall.SIGKILL)
	d.start(t, "DESK-A")
	held("the agent after a kill")
	d.stop(t, syscall.SIGTERM)
	free("after SIGKILL, restart, SIGTERM")
}
