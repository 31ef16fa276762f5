package usblab_test

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"magicbutton/internal/usblab"
)

// testLights watches a keypad's NumLock light: one blink when a press is on the
// disk, three when it could not be saved, and the state from before after each.
func testLights(t *testing.T, g *usblab.Guest) {
	pad := g.Make(t, usblab.Keypad("lights", "PAD-L"))
	pad.Plug(t, 1)
	g.WaitOpen(t, "PAD-L")
	before := pad.WaitOutputs(t, 1) // the kernel sets them when it finds the keypad
	base := before[len(before)-1].Data[0]
	d := newDesk(t, g, "lights", off, "1d6b:0104#PAD-L")
	g.Output(t, "sh", "-c", "mkdir /data/small && mount -t tmpfs -o size=256k none /data/small")
	d.db = "/data/small/lights.db"
	g.Output(t, "cp", "/data/lights.toml", "/data/small/lights.toml")
	d.start(t, "PAD-L")

	seen := len(pad.Outputs(t))
	press := func(key usblab.Key, log string, blinks int) {
		t.Helper()
		logged := len(d.agent.Stderr())
		pad.Press(t, key)
		waitLog(t, d, logged, log, string(key))
		got := pad.WaitOutputs(t, seen+2*blinks)[seen:]
		seen += len(got)
		for i, o := range got {
			want := base // the pause, and the state after
			if i%2 == 0 {
				want = base ^ 1 // NumLock is bit 0 (HID 1.11, appendix B.1)
			}
			if o.Data[0] != want {
				t.Errorf("%s, %s: output report %d is %#x, want %#x", key, log, i, o.Data[0], want)
			}
		}
		if len(got) != 2*blinks {
			t.Errorf("%s, %s: %d output reports, want %d blinks", key, log, len(got), blinks)
		}
	}
	press("kp_1", "msg=stored", 1)
	press("kp_2", "msg=stored", 1)
	press("kp_0", "msg=undone", 1)
	g.Output(t, "sh", "-c", "dd if=/dev/zero of=/data/small/filler bs=1k 2>/dev/null; true")
	for i := 0; !strings.Contains(d.agent.Stderr(), `msg="not saved"`); i++ { // the file has some pages left
		logged := len(d.agent.Stderr())
		pad.Press(t, padKeys[i%len(padKeys)])
		waitLog(t, d, logged, `msg=(stored|"not saved")`, "filling the disk")
	}
	seen = waitDark(t, pad)
	press("kp_3", `msg="not saved"`, 3)
	logged := len(d.agent.Stderr())
	g.Output(t, "rm", "/data/small/filler")
	waitLog(t, d, logged, `msg="can save again"`, "there is room") // what waited is stored
	if n := waitDark(t, pad) - seen; n != 2*1 {
		t.Errorf("%d output reports when what waited was stored, want 1 blink", n)
	}
	seen = waitDark(t, pad)
	press("kp_4", "msg=stored", 1)
	d.stop(t, syscall.SIGTERM)
	d.check(t)
	pad.Unplug(t)
}

// waitDark waits until a keypad's light has not changed for longer than any pause
// of an answer, and returns how many output reports there were.
func waitDark(t *testing.T, pad *usblab.Device) int {
	t.Helper()
	n := len(pad.Outputs(t))
	for quiet := 0; quiet < 5; quiet++ {
		time.Sleep(200 * time.Millisecond)
		if now := len(pad.Outputs(t)); now != n {
			n, quiet = now, 0
		}
	}
	return n
}

// testPermission looks at the keypads as a user who may not open them.
func testPermission(t *testing.T, g *usblab.Guest) {
	const home = "/home/rep"
	g.Output(t, "sh", "-c", "mkdir -p "+home+" && chown 1000 "+home)
	run := func(args ...string) string {
		r := g.Run(t, usblab.Command{Args: args, UID: 1000, Env: []string{"HOME=" + home}})
		return r.Stdout + r.Stderr
	}
	newDesk(t, g, "permission", "", modelB)
	g.Output(t, "sh", "-c", "cp /data/permission.toml "+home+"/ && chmod 644 "+home+"/permission.toml")
	list := run("magicbutton", "devices", "--config", home+"/permission.toml")
	if !strings.Contains(list, "no permission") || !strings.Contains(list, "udev") || !strings.Contains(list, "DESK-B") {
		t.Errorf("devices does not say that permission is missing and how to get it:\n%s", list)
	}
	if out := run("magicbutton", "doctor", "--config", home+"/permission.toml"); !strings.Contains(out, "broken") {
		t.Errorf("doctor does not name the missing permission:\n%s", out)
	}
}
