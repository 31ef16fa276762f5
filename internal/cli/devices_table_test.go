package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/api"
)

func TestDeviceTable(t *testing.T) {
	at := func(clock string) *time.Time {
		when, err := time.Parse(time.DateTime, "2026-11-25 "+clock)
		if err != nil {
			t.Fatal(err)
		}
		return &when
	}
	one := api.Device{Name: "Pad", Model: "1209:0001", Port: "1-1", Path: "1-1:1.0", Summary: "12 buttons", State: "listening"}
	with := func(d api.Device, change func(*api.Device)) api.Device {
		change(&d)
		return d
	}
	second := with(one, func(d *api.Device) { d.Interface, d.Path, d.Summary, d.State = 1, "1-1:1.1", "", "unneeded" })
	bound := []api.Binding{{Device: "1209:0001", Key: "Button 1", Action: "praise"}}
	for _, tt := range []struct {
		name string
		list []api.Device
		want string
	}{
		{"nothing", nil, ""},
		{"the newest press of its interfaces", []api.Device{
			with(one, func(d *api.Device) { d.LastPress = at("09:00:00") }), with(second, func(d *api.Device) { d.LastPress = at("10:00:05") }),
		}, `
listening      1209:0001@1-1  Pad
               1-1:1.0: 12 buttons
               1-1:1.1: unneeded
               last press 2026-11-25 10:00:05
`},
		{"the state of what is bound, not of the rest", []api.Device{
			with(second, func(d *api.Device) { d.State = "busy" }), with(one, func(d *api.Device) { d.Bindings = bound }),
		}, `
listening      1209:0001@1-1  Pad
               1-1:1.1: busy
               1-1:1.0: 12 buttons
               Button 1: praise
`},
		{"the worst state of what is bound", []api.Device{
			with(one, func(d *api.Device) { d.Bindings = bound }),
			with(second, func(d *api.Device) {
				d.Bindings, d.State, d.Problem, d.Fix = bound, "failed", "no reports", "plug it in again"
			}),
		}, `
failed         1209:0001@1-1  Pad
               1-1:1.0: 12 buttons, listening
               1-1:1.1: nothing is known of it
               Button 1: praise
               no reports
               → plug it in again
`},
		{"twins are two", []api.Device{one, with(one, func(d *api.Device) { d.Port, d.Path = "1-2", "1-2:1.0" })}, `
listening      1209:0001@1-1  Pad
               12 buttons, at 1-1:1.0
listening      1209:0001@1-2  Pad
               12 buttons, at 1-2:1.0
`},
		{"all that can be said", []api.Device{with(one, func(d *api.Device) {
			d.Profile = &api.Profile{Name: "A Panel of Documents", Rows: 3, Columns: 4}
			d.TapOnly, d.Swallowed, d.Bindings = true, 2, bound
			d.Conflicts = []api.Conflict{{Problem: "it has no key F13", Fix: "press it"}}
		})}, `
listening      1209:0001@1-1  Pad
               A Panel of Documents (not confirmed on hardware), 12 buttons, 3
               rows of 4, tap only: holds cannot be told, typed by itself and
               not counted: 2, at 1-1:1.0
               Button 1: praise
               it has no key F13
               → press it
`},
		{"a command stays in one piece, a name does not", []api.Device{with(one, func(d *api.Device) {
			d.Name, d.Fix = strings.Repeat("long ", 20), "magicbutton devices --udev-rule 1209:0001 | sudo tee /etc/udev/rules.d/70-magicbutton.rules"
		})}, `
listening      1209:0001@1-1  long long long long long long long long long long…
               12 buttons, at 1-1:1.0
               → magicbutton devices --udev-rule 1209:0001 | sudo tee /etc/udev/rules.d/70-magicbutton.rules
`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(strings.TrimPrefix(tt.want, "\n"), deviceTable(tt.list)); diff != "" {
				t.Errorf("deviceTable (-want +got):\n%s", diff)
			}
		})
	}
}

// FuzzReports: what a file of reports holds is read or refused line by line, and a
// descriptor's file is bytes or their hex.
func FuzzReports(f *testing.F) {
	for _, seed := range []string{
		"", "00 00 1e\n", "# note\n\n0102\r\n", "E: 000000.000000 2 00 01\n", "R: 2 05 01\nE: 1 1 0\n", "0g", "0 0", "D: 0", "\x05\x01\x09\x06", "E:", "R:", "E: 1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		counted := 0
		for report, err := range readReports(t.Context(), strings.NewReader(text)) {
			if err != nil {
				break
			}
			if len(report) == 0 || 2*len(report) > len(text) {
				t.Fatalf("a report of %d bytes out of %d", len(report), len(text))
			}
			counted++
		}
		if lines := strings.Count(text, "\n") + 1; counted > lines {
			t.Fatalf("%d reports in %d lines", counted, lines)
		}
		if raw, err := rawDescriptor([]byte(text)); err == nil && len(raw) > len(text) {
			t.Fatalf("a descriptor of %d bytes out of %d", len(raw), len(text))
		}
	})
}
