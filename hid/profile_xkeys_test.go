package hid

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// xkeysRecording is what a panel sent while its keys were tried one by one, with what the recorder saw in each report.
type xkeysRecording struct {
	Info struct {
		Name      string
		ProductID uint16
	}
	Events []struct {
		Data        []string
		Description string
	}
}

// recordedStep is a report, and the changes of buttons that its descriptions tell: one for each change, so that a report stands several
// times in the recording where several keys changed at once.
type recordedStep struct {
	report []byte
	want   []string
}

func (r *xkeysRecording) steps(t *testing.T) []recordedStep {
	t.Helper()
	var steps []recordedStep
	for _, e := range r.Events {
		for _, data := range e.Data {
			report, err := hex.DecodeString(data)
			if err != nil {
				t.Fatal(err)
			}
			if n := len(steps); n == 0 || !slices.Equal(steps[n-1].report, report) {
				steps = append(steps, recordedStep{report: report})
			}
		}
		var button int
		var state string
		if n, _ := fmt.Sscanf(e.Description, "Button %d %s", &button, &state); n == 2 {
			sign := map[string]string{"pressed.": "+", "released.": "-"}[state]
			last := &steps[len(steps)-1]
			last.want = append(last.want, fmt.Sprintf("%sbutton:%d", sign, button))
		}
	}
	return steps
}

// TestXKeysRecordings: every press and release that a recording describes is decoded, and nothing else, however much its joystick moves.
func TestXKeysRecordings(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(corpusDir(t), "xkeys-recordings", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("no recordings at ../shared/hid-corpus beside the project")
	}
	reports, presses, releases := 0, 0, 0
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var recording xkeysRecording
			if err := json.Unmarshal(text, &recording); err != nil {
				t.Fatal(err)
			}
			p, ok := ProfileFor(xkeysVendor, recording.Info.ProductID)
			if !ok {
				t.Fatalf("no profile for product %d, %s", recording.Info.ProductID, recording.Info.Name)
			}
			if want := "X-keys " + recording.Info.Name; p.Name != want || !p.Confirmed {
				t.Errorf("profile %q, confirmed %v, want %q, true", p.Name, p.Confirmed, want)
			}
			d, ok := p.Descriptor()
			if !ok {
				t.Fatal("the profile has no descriptor")
			}
			dec := NewDecoder(d)
			for n, s := range recording.steps(t) {
				got := strings.Fields(show(dec.Decode(s.report, nil)))
				slices.Sort(got)
				slices.Sort(s.want)
				if diff := cmp.Diff(s.want, got, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("report %d, %x (-described +decoded):\n%s", n+1, s.report, diff)
				}
				reports++
				for _, change := range s.want {
					if change[0] == '+' {
						presses++
					} else {
						releases++
					}
				}
			}
		})
	}
	t.Logf("%d panels, %d reports, %d presses, %d releases", len(files), reports, presses, releases)
}
