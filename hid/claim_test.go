package hid_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/hid"
	"magicbutton/hid/hidtest"
)

func TestClaimsAcrossAKill(t *testing.T) {
	file := filepath.Join(t.TempDir(), "claims.json")
	synctest.Test(t, func(t *testing.T) {
		bus := hidtest.NewBus(hidtest.Keypad("1-1", "A"), hidtest.Keypad("1-2", "B"))
		bus.Observe(func(path string) {
			if b, err := os.ReadFile(file); err != nil || !strings.Contains(string(b), path) {
				t.Errorf("%s was opened before its claim was written (%v)", path, err)
			}
		})
		r := startRig(t, bus, hid.Options{ClaimFile: file}, wantKeys(tap, key1))
		killed, err := os.ReadFile(file) // what a kill now would leave behind
		if err != nil {
			t.Fatal(err)
		}
		r.stop()
		if b, _ := os.ReadFile(file); strings.Contains(string(b), "1-1") {
			t.Errorf("the claims remain after a clean stop:\n%s", b)
		}
		if n := len(bus.Unbound()); n != 0 {
			t.Errorf("%d devices without a driver after a clean stop, want 0", n)
		}

		// The same again, but killed: nobody has the keypads, not even the kernel, and one was swapped since.
		if err := os.WriteFile(file, killed, 0o600); err != nil {
			t.Fatal(err)
		}
		bus.Kill("1-1:1.0")
		bus.Plug(hidtest.Keypad("1-2", "OTHER"))
		bus.Kill("1-2:1.0")
		if diff := cmp.Diff([]string{"1-1:1.0", "1-2:1.0"}, bus.Unbound()); diff != "" {
			t.Fatalf("without driver (-want +got):\n%s", diff)
		}
		startRig(t, bus, hid.Options{ClaimFile: file}).stop()
		if diff := cmp.Diff([]string{"1-2:1.0"}, bus.Unbound()); diff != "" {
			t.Errorf("without driver after the next start: the claimed one should be bound, the stranger left alone (-want +got):\n%s", diff)
		}
	})
}

// A keypad that could not be given back has no descriptor; the claim's is used, and kept.
func TestClaimKeepsDescriptor(t *testing.T) {
	file := filepath.Join(t.TempDir(), "claims.json")
	synctest.Test(t, func(t *testing.T) {
		pad := hidtest.Keypad("1-1", "A")
		pad.BootKeyboard = false
		bus := hidtest.NewBus(pad)
		r := startRig(t, bus, hid.Options{ClaimFile: file}, wantKeys(tap, key1))
		killed, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r.stop()
		if err := os.WriteFile(file, killed, 0o600); err != nil {
			t.Fatal(err)
		}
		bus.Kill("1-1:1.0")
		bus.FailGiveBack(&hid.AccessError{Op: "giving back", Path: "1-1:1.0", Reason: hid.ErrNoPermission, Fix: "echo 1-1:1.0 | sudo tee bind"})
		log := &lines{}
		r = startRig(t, bus, hid.Options{ClaimFile: file, Log: log.logger()}, wantKeys(tap, key1))
		time.Sleep(time.Second)
		bus.Tap("1-1:1.0", key1)
		wantPresses(t, r.pressesIn(time.Second), "1-1:1.0 keyboard:0x59 tap pad")
		if n := log.count("echo 1-1:1.0 | sudo tee bind"); n != 1 {
			t.Errorf("the command that gives it back was logged %d times, want once", n)
		}
		r.stop()
		if b, _ := os.ReadFile(file); !strings.Contains(string(b), "1-1:1.0") || !strings.Contains(string(b), `"driver": "usbhid"`) {
			t.Errorf("the claim of a device that could not be given back is lost:\n%s", b)
		}
	})
}

func TestClaimsThatCannotBeWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := hidtest.NewBus(hidtest.Keypad("1-1", "A"))
		log := &lines{}
		r := startRig(t, bus, hid.Options{ClaimFile: filepath.Join(t.TempDir(), "missing", "claims.json"), Log: log.logger()}, wantKeys(tap, key1))
		time.Sleep(time.Minute)
		if opened := bus.Opened(); len(opened) != 0 {
			t.Errorf("opened %v without a claim", opened)
		}
		if s := r.state(t, "1-1:1.0"); s.State != hid.Failed || s.Err == nil {
			t.Errorf("state = %v, %v; want failed with the reason", s.State, s.Err)
		}
	})
}

func TestClaimsFileThatIsDamaged(t *testing.T) {
	for name, content := range map[string]string{
		"no JSON": "\x00\x00\x00", "another form": `{"version": 9, "claims": [{"path": "1-1:1.0"}]}`, "empty": "",
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "claims.json")
			if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			synctest.Test(t, func(t *testing.T) {
				log := &lines{}
				r := startRig(t, hidtest.NewBus(hidtest.Keypad("1-1", "A")), hid.Options{ClaimFile: file, Log: log.logger()}, wantKeys(tap, key1))
				if s := r.state(t, "1-1:1.0"); s.State != hid.Listening {
					t.Errorf("state = %v, want listening all the same", s.State)
				}
				if log.count("claims were not read") != 1 {
					t.Errorf("log: %s\nwant a warning", log.all())
				}
			})
		})
	}
}
