package hid

import (
	"encoding/hex"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// kernelReport is an input report and what the kernel made of it. Events of an incomplete one are known in part.
type kernelReport struct {
	Report   string  `json:"report"`
	Complete bool    `json:"complete"`
	Events   []event `json:"events"`
}

type event struct {
	usage string
	value int64
}

func (e *event) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[]any{&e.usage, &e.value})
}

func readKernelReports(t *testing.T, device string) []kernelReport {
	t.Helper()
	text, err := os.ReadFile(device + ".events.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var reports []kernelReport
	for line := range strings.Lines(string(text)) {
		var r kernelReport
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		reports = append(reports, r)
	}
	return reports
}

// kernelKeys is what the kernel says is down, as far as its events tell: keys that stand once in the device, because a usage that stands
// twice gets the events of both.
type kernelKeys struct {
	known  map[Key]bool // true for a relative bit, whose 1 is a press of its own
	byName map[string]Key
	down   map[Key]bool
	pulses []Key
}

func newKernelKeys(t *testing.T, device string) *kernelKeys {
	t.Helper()
	k := &kernelKeys{make(map[Key]bool), make(map[string]Key), make(map[Key]bool), nil}
	fields, seen := readKernelFields(t, device)
	pages := map[string]uint16{"Keyboard": PageKeyboard, "Button": PageButton, "Consumer": PageConsumer}
	for _, f := range fields {
		relative := strings.Contains(f.Flags, "Relative")
		if !strings.HasPrefix(f.Report, "INPUT") || relative && f.Size > 1 {
			continue // a relative value of many bits is a wheel
		}
		for _, name := range f.Usages {
			page, usage, _ := strings.Cut(name, ".")
			n, err := strconv.ParseUint(usage, 16, 16)
			key := Key{pages[page], uint16(n)}
			if err != nil || key.Page == 0 || n == 0 || seen[name] > 1 || key.Page == PageKeyboard && n <= 3 {
				continue // no key, an error code, or told twice
			}
			k.known[key], k.byName[name] = relative, key
		}
	}
	return k
}

func (k *kernelKeys) take(r kernelReport) {
	k.pulses = nil
	for _, e := range r.Events {
		key, ok := k.byName[e.usage]
		switch {
		case !ok:
		case k.known[key]:
			if e.value != 0 {
				k.pulses = append(k.pulses, key)
			}
		case e.value != 0:
			k.down[key] = true
		default:
			delete(k.down, key)
		}
	}
}

// TestCorpusEvents: after each report of every real device the keys that are down are the kernel's.
func TestCorpusEvents(t *testing.T) {
	devices, compared, presses := corpusDevices(t), 0, 0
	for _, device := range devices {
		t.Run(filepath.Base(device), func(t *testing.T) {
			d := corpusDescriptor(t, device)
			dec, kernel, reports := NewDecoder(d), newKernelKeys(t, device), readKernelReports(t, device)
			dropped := droppedReports(d, reports)
			for n, r := range reports {
				report, err := hex.DecodeString(r.Report)
				if err != nil {
					t.Fatal(err)
				}
				if d.Numbered && dropped[report[0]] || !d.Numbered && dropped[0] {
					continue
				}
				var pulses []Key
				changes := dec.Decode(report, nil)
				for i, c := range changes {
					if _, known := kernel.known[c.Key]; known && c.Down && i+1 < len(changes) && changes[i+1] == (Change{c.Key, false}) {
						pulses = append(pulses, c.Key)
					}
				}
				kernel.take(r)
				if !r.Complete {
					continue
				}
				ours := slices.DeleteFunc(dec.Down(), func(k Key) bool { _, known := kernel.known[k]; return !known })
				theirs := slices.SortedFunc(maps.Keys(kernel.down), Key.compare)
				slices.SortFunc(kernel.pulses, Key.compare)
				if diff := cmp.Diff(theirs, ours, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("keys down after report %d, %s (-kernel +ours):\n%s", n+1, r.Report, diff)
				}
				if diff := cmp.Diff(kernel.pulses, pulses, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("pulses of report %d, %s (-kernel +ours):\n%s", n+1, r.Report, diff)
				}
				compared++
				presses += len(theirs) + len(pulses)
			}
		})
	}
	t.Logf("%d devices, %d reports, %d keys seen down", len(devices), compared, presses)
}

// droppedReports are the report ids for which the kernel told nothing: their reports were shorter than declared and this kernel dropped
// them.
func droppedReports(d *Descriptor, reports []kernelReport) map[uint8]bool {
	dropped := make(map[uint8]bool)
	told := make(map[uint8]bool)
	for _, r := range reports {
		id := uint8(0)
		if b, err := hex.DecodeString(r.Report); err == nil && d.Numbered {
			id = b[0]
		}
		told[id] = told[id] || len(r.Events) > 0
		dropped[id] = !told[id]
	}
	return dropped
}
