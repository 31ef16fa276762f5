package hid

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// FuzzParseDescriptor: whatever the bytes, what comes out is within its limits, costs no more than its size allows, and can be asked
// anything. Other seeds are in testdata, and the real devices' where they are there.
func FuzzParseDescriptor(f *testing.F) {
	for _, seed := range []string{arcadeEncoder, mediaKeyboard, "fe 03 77 81 02 81", "a4 b4 a9 01 09 01 a9 00 85 01 81 02"} {
		f.Add(unhex(f, seed))
	}
	for _, file := range kernelCorpus(f, "*.bin") {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		before := allocated()
		d, err := ParseDescriptor(b)
		// A field takes 3 bytes at least (a usage and an item without data) and some 200 of memory, which grow by doubling.
		if cost, limit := allocated()-before, uint64(300*min(len(b), MaxDescriptorBytes)+64<<10); cost > limit {
			t.Errorf("%d bytes of memory for a descriptor of %d", cost, len(b))
		}
		if err != nil {
			if d != nil {
				t.Fatalf("a descriptor beside the error %v", err)
			}
			return
		}
		checkSize(t, d, len(b))
		for i := range d.Fields {
			checkField(t, d, &d.Fields[i])
		}
		if d.IsKeyboard() && !strings.Contains(d.Summary(), "key") {
			t.Errorf("Summary() of a keyboard = %q", d.Summary())
		}
		if leds, ok := d.LEDs(); ok {
			for led, bit := range leds.Bits {
				if bit >= 8*leds.Size || len(leds.Report(led)) != 1+leds.Size {
					t.Errorf("light %d is bit %d of %d bytes", led, bit, leds.Size)
				}
			}
		}
	})
}

// checkSize: nothing in a descriptor is more than the bytes that said so, and no usage range was written out.
func checkSize(t *testing.T, d *Descriptor, size int) {
	t.Helper()
	ranges, values := 0, 0
	for i := range d.Fields {
		ranges += len(d.Fields[i].Usages)
		if d.Fields[i].hasKeys() {
			values += d.Fields[i].Count
		}
	}
	if len(d.Fields)+len(d.Collections) > size || ranges > size || values > maxKeyValues {
		t.Errorf("%d fields, %d collections, %d usage ranges and %d values of keys in %d bytes",
			len(d.Fields), len(d.Collections), ranges, values, size)
	}
}

func checkField(t *testing.T, d *Descriptor, f *Field) {
	t.Helper()
	end := f.BitOffset + f.Size*f.Count
	if report := d.bits[reportKey{f.Kind, f.ReportID}]; end > report || report > maxReportBits {
		t.Errorf("a field ends at bit %d of %d", end, report)
	}
	if f.Collection >= len(d.Collections) || len(f.Usages) == 0 || f.LogicalMin > f.LogicalMax {
		t.Errorf("field %+v", f)
	}
	for r := range f.keys() {
		if k := (Key{r.Page, r.Min}); !d.Has(k) && !isAnalog(r.Page, r.Min) {
			t.Errorf("Has(%v) = false for a key of a field", k)
		}
	}
}

// allocated is how many bytes this process has asked for so far.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// kernelCorpus are files of the corpus of real devices, none where it is missing.
func kernelCorpus(t testing.TB, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(corpusDir(t), "kernel-oracle", pattern))
	if err != nil {
		t.Fatal(err)
	}
	return files
}
