package usblab_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"magicbutton/internal/usblab"
)

// powerVar is how many times the power is cut in each stretch of TestPower.
const powerVar = "USBLAB_POWER"

// powerCuts returns the dose, and skips the test where nobody asked for one that takes long.
func powerCuts(t *testing.T) int {
	t.Helper()
	text := os.Getenv(powerVar)
	if text == "" {
		long(t)
		return 20
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s=%q is no number of cuts", powerVar, text)
	}
	return n
}

// TestPower cuts the power of a desk whose disk has a volatile cache: the real program makes databases, stores presses and cares
// for them while the disk's requests are recorded. Then the power is cut after any of the requests, with any part kept of what was not
// flushed: nothing that was acknowledged until then may be missing, and each database is sound and takes more.
func TestPower(t *testing.T) {
	n := powerCuts(t)
	d := newPowerDesk(t, usblab.Build(t, "magicbutton/cmd/magicbutton"))
	d.record("commands make databases", func() { d.create(t, 6) })
	d.putOld(t)
	d.record("a file of format 1 is taken over", func() { d.takeOver(t) })
	d.record("an agent makes its database", func() { d.startAgent(t) })
	d.record("presses", func() { d.press(t, 90) })
	d.record("an import", func() { d.importRows(t, 1000) })
	d.record("care of the agent's database under presses", func() { d.care(t, 2) })
	d.record("four writers", func() { d.write(t, 25) })
	d.record("compacting under four writers", func() { d.write(t, 50, "-compact", "6") })
	d.record("erasing under four writers", func() { d.write(t, 50, "-erase", "6") })

	c := d.cutter(t)
	var sum outcome
	for _, s := range d.stretches {
		o := c.cutAll(t, s, n)
		t.Logf("%s, %d requests, %d of them flushes: %v", s.name, s.to-s.from, c.log.Flushes(s.from, s.to), o)
		if o.first != nil {
			t.Error(o.first)
		}
		sum.add(o)
	}
	t.Logf("together: %v", sum)

	t.Run("a disk that lies", func(t *testing.T) {
		c := d.cutter(t)
		c.lies = func() int { return 4 + c.random.IntN(20) }
		wantLoss(t, c.cutAll(t, d.stretch(t, "presses"), n))
	})
	t.Run("a real cut", func(t *testing.T) { testRealCut(t, d, max(1, n/50)) })
}

// wantLoss holds a control against what it is for: cuts that lose nothing there prove nothing elsewhere.
func wantLoss(t *testing.T, o outcome) {
	t.Helper()
	t.Logf("control: %v; the first: %v", o, o.first)
	if o.broken == 0 {
		t.Error("nothing was lost: this test would not see it")
	}
}

// testRealCut kills a guest while it stores presses, goes on with a disk that kept a part of what was not flushed, and looks at it from
// within the next guest.
func testRealCut(t *testing.T, d *powerDesk, rounds int) {
	c := d.cutter(t)
	for range rounds {
		before := len(d.acknowledged())
		play := d.pressOn(t, 1000)
		d.waitPromises(t, before+5+c.random.IntN(10))
		d.guest.PowerCut(t)
		if _, err := play.End(t); err == nil {
			t.Fatal("the presses ended before the power was cut")
		}
		cut := c.chooseAt(d.disk.Requests())
		image, err := d.disk.Log().Image(cut)
		if err != nil {
			t.Fatal(err)
		}
		held := d.acknowledged()
		if _, err := c.verify(t, image, held); err != nil {
			t.Errorf("power cut %+v: %v", cut, err)
		}
		d.disk.Reset(image)
		d.boot(t)
		d.compare(t, image)
		d.startAgent(t)
		d.check(t)
		t.Logf("a guest was killed after %d requests and %d acknowledgements", cut.After, len(held))
	}
}

// Faults that a program without flushes, or without one of the two of each commit, has.
var powerFaults = []struct {
	name  string
	fault usblab.Fault
}{
	{"no flush at all", usblab.Fault{
		Module: "go.etcd.io/bbolt", File: "bolt_linux.go",
		Old: "return syscall.Fdatasync(int(db.file.Fd()))", New: "_ = syscall.Fdatasync; return nil",
	}},
	{"no flush of the pages", usblab.Fault{
		Module: "go.etcd.io/bbolt", File: "tx.go",
		Old: "// gofail: var beforeSyncDataPages struct{}\n\t\tif err := fdatasync(tx.db)", New: "if err := error(nil)",
	}},
	{"no flush of the root", usblab.Fault{
		Module: "go.etcd.io/bbolt", File: "tx.go",
		Old: "// gofail: var beforeSyncMetaPage struct{}\n\t\tif err := fdatasync(tx.db)", New: "if err := error(nil)",
	}},
}

// TestPowerControl cuts the power of desks whose program does not flush as it has to. That must show.
func TestPowerControl(t *testing.T) {
	n := powerCuts(t)
	faults := powerFaults
	if os.Getenv(powerVar) == "" {
		faults = faults[:1] // each takes a build and a guest of its own
	}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			d := newPowerDesk(t, usblab.BuildFaulty(t, "magicbutton/cmd/magicbutton", f.fault))
			d.startAgent(t)
			d.record("presses", func() { d.press(t, 90) })
			d.guest.PowerCut(t)
			wantLoss(t, d.cutter(t).cutAll(t, d.stretch(t, "presses"), n))
		})
	}
}

// cutter makes one for what was recorded until now.
func (d *powerDesk) cutter(t *testing.T) *cutter {
	t.Helper()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	return &cutter{
		log: d.disk.Log(), promises: d.acknowledged(), random: rand.New(rand.NewPCG(seed, 0)),
		dir: t.TempDir(), sound: map[string]bool{},
	}
}
