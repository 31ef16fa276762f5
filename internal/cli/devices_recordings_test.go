package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cli"
)

// TestDecodeRecordedPanels: of recordings of real X-keys panels, devices decode
// prints every press and release that they describe, and nothing else.
func TestDecodeRecordedPanels(t *testing.T) {
	files, err := filepath.Glob("../../../shared/hid-corpus/xkeys-recordings/*.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("no recordings of real panels at ../shared/hid-corpus beside the project")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			model, reports, want := recordedPanel(t, file)
			var out, errs bytes.Buffer
			env := cli.System()
			env.Stdin, env.Stdout, env.Stderr = strings.NewReader(reports), &out, &errs
			if code := cli.Main(t.Context(), env, []string{"devices", "decode", "--device", model}); code != 0 {
				t.Fatalf("exit code %d: %s", code, errs.String())
			}
			var got []string
			for line := range strings.Lines(out.String()) {
				var c struct {
					Button *int
					Down   bool
				}
				if err := json.Unmarshal([]byte(line), &c); err != nil || c.Button == nil {
					t.Fatalf("line %q: %v", line, err)
				}
				got = append(got, fmt.Sprintf("Button %d %s", *c.Button, map[bool]string{true: "pressed", false: "released"}[c.Down]))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("decoded (-described +got):\n%s", diff)
			}
			if len(want) == 0 {
				t.Error("the recording describes no press")
			}
		})
	}
}

// recordedPanel reads a recording: the model, the reports as lines, and what is
// described of buttons. Moves of jog wheels and joysticks are no buttons.
func recordedPanel(t *testing.T, file string) (model, reports string, described []string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var recording struct {
		Device struct {
			ProductID int `json:"productId"`
		} `json:"device"`
		Events []struct {
			Data        []string `json:"data"`
			Description string   `json:"description"`
		} `json:"events"`
	}
	if err := json.Unmarshal(text, &recording); err != nil {
		t.Fatal(err)
	}
	button := regexp.MustCompile(`^Button \d+ (pressed|released)`)
	for _, e := range recording.Events {
		reports += strings.Join(e.Data, "\n") + "\n"
		if what := button.FindString(e.Description); what != "" {
			described = append(described, what)
		}
	}
	return fmt.Sprintf("05f3:%04x", recording.Device.ProductID), reports, described
}
