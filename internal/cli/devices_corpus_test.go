package cli_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"magicbutton/internal/cli"
)

// TestDecodeAgreesWithTheKernel: for every device of the corpus, what devices decode
// prints makes the sets of keys that Linux had down after each report. Keys that
// stand twice in a device are left out, as the kernel's events do not tell which one
// is meant, and so are reports that it dropped or that are known in part.
func TestDecodeAgreesWithTheKernel(t *testing.T) {
	const corpus = "../../../shared/hid-corpus/kernel-oracle"
	bins, err := filepath.Glob(filepath.Join(corpus, "*.bin"))
	if err != nil {
		t.Fatal(err)
	}
	if len(bins) == 0 {
		t.Skip("no corpus of real devices at ../shared/hid-corpus beside the project")
	}
	compared, seen := 0, 0
	for _, bin := range bins {
		t.Run(filepath.Base(bin), func(t *testing.T) {
			device := strings.TrimSuffix(bin, ".bin")
			known := kernelKeys(t, device)
			reports := kernelReports(t, device)
			ours := decoded(t, bin, reports)
			down := map[string]bool{}
			for i, r := range reports {
				pulses := map[string]bool{}
				for _, e := range r.Events {
					name, on := e[0].(string), e[1].(float64) != 0
					switch relative, ok := known[name]; {
					case !ok:
					case relative && on:
						pulses[name] = true
					case !relative && on:
						down[name] = true
					case !relative:
						delete(down, name)
					}
				}
				if !r.Complete {
					continue
				}
				theirs := slices.Sorted(maps.Keys(union(down, pulses)))
				mine := slices.DeleteFunc(ours[i], func(name string) bool { _, ok := known[name]; return !ok })
				if diff := gocmp.Diff(theirs, mine, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("keys after report %d, %s (-kernel +decode):\n%s", i+1, r.Report, diff)
				}
				compared++
				seen += len(theirs)
			}
		})
	}
	t.Logf("%d devices, %d reports, %d keys seen down", len(bins), compared, seen)
	if seen == 0 {
		t.Error("no key was ever down: nothing was compared")
	}
}

// decoded runs the command over reports. The result is, for each, the keys that are
// down after it or that it pressed and let go, sorted, in the kernel's words.
func decoded(t *testing.T, descriptor string, reports []kernelReport) [][]string {
	t.Helper()
	var in strings.Builder
	for _, r := range reports {
		in.WriteString(r.Report + "\n")
	}
	var out, errs bytes.Buffer
	env := cli.System()
	env.Stdin, env.Stdout, env.Stderr = strings.NewReader(in.String()), &out, &errs
	if code := cli.Main(t.Context(), env, []string{"devices", "decode", "--descriptor", descriptor}); code != 0 {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	changes := make([][]keyChange, len(reports))
	for line := range strings.Lines(out.String()) {
		var c keyChange
		if err := json.Unmarshal([]byte(line), &c); err != nil || c.Report < 1 || c.Report > len(reports) {
			t.Fatalf("line %q: %v", line, err)
		}
		changes[c.Report-1] = append(changes[c.Report-1], c)
	}
	result := make([][]string, len(reports))
	down := map[string]bool{}
	for i := range reports {
		pressed := map[string]bool{}
		for _, c := range changes[i] {
			if down[c.name()] == c.Down {
				t.Fatalf("report %d: %+v, and so it was already", i+1, c)
			}
			if c.Down {
				down[c.name()], pressed[c.name()] = true, true
			} else {
				delete(down, c.name())
			}
		}
		result[i] = slices.Sorted(maps.Keys(union(down, pressed)))
	}
	return result
}

func union(a, b map[string]bool) map[string]bool {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// keyChange is a line of the output.
type keyChange struct {
	Report, Page, Usage int
	Down                bool
}

// name is the key in the kernel's words, which has names for two usages of the
// Consumer page.
func (c keyChange) name() string {
	page := map[int]string{7: "Keyboard", 9: "Button", 12: "Consumer"}[c.Page]
	name := fmt.Sprintf("%s.%04x", page, c.Usage)
	named := map[string]string{"Consumer.0003": "Consumer.ProgrammableButtons", "Consumer.0238": "Consumer.HorizontalWheel"}
	return cmp.Or(named[name], name)
}

// kernelReport is an input report and what the kernel made of it: pairs of a name
// and a value. Of one that is not complete it is known in part.
type kernelReport struct {
	Report   string   `json:"report"`
	Complete bool     `json:"complete"`
	Events   [][2]any `json:"events"`
}

// kernelReports reads the recorded reports, without those of report ids for which
// the kernel told nothing at all: they were shorter than declared, and dropped.
func kernelReports(t *testing.T, device string) []kernelReport {
	t.Helper()
	text, err := os.ReadFile(device + ".events.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	fields, err := os.ReadFile(device + ".fields.txt")
	if err != nil {
		t.Fatal(err)
	}
	numbered := bytes.Contains(fields, []byte("INPUT("))
	id := func(r kernelReport) string {
		if numbered {
			return r.Report[:2]
		}
		return ""
	}
	var reports []kernelReport
	told := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		var r kernelReport
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		reports = append(reports, r)
		told[id(r)] = told[id(r)] || len(r.Events) > 0
	}
	return slices.DeleteFunc(reports, func(r kernelReport) bool { return !told[id(r)] })
}

// kernelKeys reads which keys a device has, out of the kernel's own dump, and
// whether each is relative: a press with every 1.
func kernelKeys(t *testing.T, device string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(device + ".fields.txt")
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	seen := map[string]int{}
	input, size, usages := false, "", []string(nil)
	for line := range strings.Lines(string(text)) {
		word := strings.TrimSpace(line)
		switch {
		case strings.Contains(line, "--->"):
		case strings.HasPrefix(line, "  ") && line[2] != ' ':
			input = strings.HasPrefix(word, "INPUT")
		case strings.HasPrefix(word, "Field("):
			usages = nil
		case strings.HasPrefix(word, "Report Size("):
			size = word
		case strings.HasPrefix(line, "        "):
			usages = append(usages, word)
			seen[word]++
		case strings.HasPrefix(word, "Flags("):
			relative := strings.Contains(word, "Relative")
			if !input || relative && size != "Report Size(1)" {
				continue // a relative value of many bits is a wheel
			}
			for _, name := range usages {
				keys[name] = relative
			}
		}
	}
	noKeys := []string{"Keyboard.0000", "Keyboard.0001", "Keyboard.0002", "Keyboard.0003", "Button.0000", "Consumer.0000"}
	maps.DeleteFunc(keys, func(name string, _ bool) bool {
		page, _, _ := strings.Cut(name, ".")
		return seen[name] > 1 || slices.Contains(noKeys, name) || page != "Keyboard" && page != "Button" && page != "Consumer"
	})
	return keys
}
