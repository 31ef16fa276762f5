package hid_test

import (
	"testing"
	"testing/synctest"
	"time"

	"magicbutton/hid"
	"magicbutton/hid/hidtest"
)

func TestLearnRaw(t *testing.T) {
	const path = "1-4:1.0"
	report := func(bus *hidtest.Bus, b3, clock byte) { bus.Report(path, 7, 0, clock, b3, 0xaa, 0, 0, 0) }
	tests := []struct {
		name  string
		idle  func(bus *hidtest.Bus) // for two seconds from plug-in on
		press func(bus *hidtest.Bus)
		want  []string
	}{
		{
			"reports its state all the time, with a clock",
			func(bus *hidtest.Bus) {
				for i := range 200 {
					report(bus, 0x03, byte(i))
					time.Sleep(10 * time.Millisecond)
				}
			},
			func(bus *hidtest.Bus) {
				for i := range 30 {
					report(bus, 0x07, byte(3*i))
					time.Sleep(10 * time.Millisecond)
				}
				for i := range 100 {
					report(bus, 0x03, byte(7*i))
					time.Sleep(10 * time.Millisecond)
				}
			},
			[]string{"pressed 1-4:1.0 raw:3.2 300ms"},
		},
		{
			"is silent until it is pressed",
			func(*hidtest.Bus) { time.Sleep(2 * time.Second) },
			func(bus *hidtest.Bus) {
				for range 2 {
					report(bus, 0x02, 0)
					time.Sleep(time.Second)
					report(bus, 0x03, 0)
					time.Sleep(time.Second)
				}
			},
			[]string{"pressed 1-4:1.0 raw:3.0=0 1s", "pressed 1-4:1.0 raw:3.0=0 1s"},
		},
		{
			"answers with press and release at once",
			func(bus *hidtest.Bus) { time.Sleep(time.Second); report(bus, 0, 0); time.Sleep(time.Second) },
			func(bus *hidtest.Bus) { report(bus, 0x80, 0); report(bus, 0, 0) },
			[]string{"pressed 1-4:1.0 raw:3.7 0s tap-only"},
		},
		{
			"latches",
			func(bus *hidtest.Bus) { time.Sleep(time.Second); report(bus, 0, 0); time.Sleep(time.Second) },
			func(bus *hidtest.Bus) {
				for range 20 {
					report(bus, 1, 0)
					time.Sleep(time.Second)
				}
				report(bus, 0, 0)
			},
			[]string{"pressed 1-4:1.0 raw:3.0 5s"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				bus := hidtest.NewBus(riddle)
				p := startRig(t, bus, hid.Options{}).learn(t)
				p.wantSights(t, time.Second, "candidate 1-4:1.0")
				p.replug(riddle)
				plugged := time.Now()
				tt.idle(bus)
				p.wantSights(t, 0, "unplugged 1-4:1.0", "ready 1-4:1.0")
				if watched := p.readyAt.Sub(plugged); watched < time.Second {
					t.Errorf("ready after %v, want it watched for a second", watched)
				}
				tt.press(bus)
				p.wantSights(t, 10*time.Second, tt.want...)
			})
		})
	}
}
