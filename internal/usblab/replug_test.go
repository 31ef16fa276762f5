package usblab_test

import (
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/usblab"
)

// replugsVar says how often TestReplug pulls the keypad out.
const replugsVar = "USBLAB_REPLUGS"

func replugs(t *testing.T) int {
	t.Helper()
	const few = 20 // a leak of one a cycle shows; make replug does 1,000
	text := os.Getenv(replugsVar)
	if text == "" {
		return few
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < few {
		t.Fatalf("%s=%q: want a number, %d or more", replugsVar, text, few)
	}
	return n
}

// TestReplug unplugs a keypad and plugs it in again, over and over: each time it is pressed once, and the agent ends up with as many files,
// threads and goroutines as if nothing had happened.
func TestReplug(t *testing.T) {
	long(t)
	t.Parallel()
	n := replugs(t)
	g := usblab.Start(t, usblab.Options{
		Disk:  usblab.NewDisk(t),
		Files: map[string]string{"/bin/magicbutton": usblab.Build(t, "magicbutton/cmd/magicbutton")},
	})
	pad := g.Make(t, usblab.Keypad("pad", "PAD"))
	pad.Plug(t, 1)
	pad.WaitDriver(t, "usbhid")
	d := newDesk(t, g, "replug", off, "1d6b:0104#PAD")
	d.runFromDisk(t)
	d.start(t, "PAD")
	pad.Press(t, padKeys[0])
	d.waitAcked(t, 1)
	calm, _ := d.goroutines(t)
	d.start(t, "PAD")

	began := time.Now()
	warm := n / 4 // by then the program has made the threads that it needs now and then
	var before usage
	for i := 1; i <= n; i++ {
		pad.Unplug(t)
		pad.Plug(t, 1+i%usblab.GadgetPorts)
		pad.WaitDriver(t, "usbfs")
		pad.Press(t, padKeys[i%len(padKeys)])
		d.waitAcked(t, 1+i)
		if i == warm {
			before = d.calm(t, 0)
		}
	}
	after := d.calm(t, before.Files)
	t.Logf("%d cycles, %v each; after %d of them %+v, at the end %+v", n, (time.Since(began) / time.Duration(n)).Round(time.Millisecond), warm, before, after)
	// Go starts a thread when one is held up in C for long, which a busy machine may do; it stays and is used again.
	const spareThreads = 3
	if after.Files != before.Files || after.Threads > before.Threads+spareThreads {
		t.Errorf("the agent had %+v after %d cycles and %+v after %d: it keeps something of each", before, warm, after, n)
	}
	const spareKiB = 2048 // Go's heap grows and shrinks by that much
	if after.OwnKiB > before.OwnKiB+spareKiB {
		t.Errorf("the agent's memory grew from %d KiB after %d cycles to %d KiB after %d", before.OwnKiB, warm, after.OwnKiB, n)
	}
	if busy, dump := d.goroutines(t); busy > calm {
		t.Errorf("%d goroutines after %d cycles, %d without any:\n%s", busy, n, calm, dump)
	}
	d.start(t, "PAD")
	d.stop(t, syscall.SIGTERM)
	if diff := cmp.Diff(expected(0, 1+n), ofDevice(d.events(t), "PAD")); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	d.check(t)
}
