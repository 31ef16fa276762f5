package hid

import (
	"encoding/hex"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzDecode: whatever the descriptor, the raw key and the reports, a key goes down once, then up, the same report again changes nothing,
// and nothing is left after Reset.
func FuzzDecode(f *testing.F) {
	const noRawKey = 0xffff
	for _, seed := range []struct{ descriptor, reports string }{
		{arcadeEncoder, "7f7f7f7f7f1f0100 7f7f7f7f7f0f0000"},
		{mediaKeyboard, "0100000405000000 02cd0000 03020000"},
		{"05 0b 25 01 75 01 95 01 09 20 81 22 09 2f 81 06", "0301"},
		{"05 07 15 00 25 ff 75 08 95 02 19 00 29 ff 81 00 25 01 75 01 95 08 19 04 29 0b 81 02", "040000 000001 010400"},
		{"05 07 15 00 25 ff 75 08 95 03 19 00 29 ff 81 00", "040506 00 070809 00 040404 00"}, // every key changes at once
	} {
		f.Add(unhex(f, seed.descriptor), unhex(f, seed.reports), uint8(3), uint16(noRawKey))
		f.Add(unhex(f, seed.descriptor), unhex(f, seed.reports), uint8(3), uint16(1<<4|2<<1))
	}
	for _, file := range kernelCorpus(f, "*.bin") {
		descriptor, reports, length := corpusSeed(f, strings.TrimSuffix(file, ".bin"))
		f.Add(descriptor, reports, length, uint16(noRawKey))
	}
	f.Fuzz(func(t *testing.T, descriptor, reports []byte, length uint8, raw uint16) {
		d, err := ParseDescriptor(descriptor)
		if err != nil {
			return
		}
		key := RawKey(int(raw>>4), int(raw>>1&7), raw&1 != 0)
		before := allocated()
		dec := NewDecoder(d, key)
		values := 0
		for i := range d.Fields {
			if d.Fields[i].hasKeys() {
				values += d.Fields[i].Count
			}
		}
		if cost, limit := allocated()-before, uint64(100*values+600*len(d.Fields)+64<<10); cost > limit {
			t.Errorf("%d bytes of memory for a decoder of %d values in %d fields", cost, values, len(d.Fields))
		}
		checkDecoder(t, dec, reports, int(length)+1, func(k Key) bool { return k == key || d.Has(k) })
	})
}

// FuzzProfiles: the same for the decoder of every profile.
func FuzzProfiles(f *testing.F) {
	for i := range profiles {
		p := &profiles[i]
		if d, ok := p.Descriptor(); ok {
			length := d.ReportBytes(Input, p.report)
			idle, pressed := make([]byte, length), slices.Repeat([]byte{0xff}, length)
			for _, b := range p.fields {
				for _, g := range b.guards {
					idle[g.at], pressed[g.at] = g.value, g.value|^g.mask
				}
			}
			if d.Numbered {
				idle[0], pressed[0] = p.report, p.report
			}
			f.Add(uint8(i), slices.Concat(idle, pressed, pressed, idle), uint8(length-1))
		}
	}
	f.Fuzz(func(t *testing.T, row uint8, reports []byte, length uint8) {
		d, ok := profiles[int(row)%len(profiles)].Descriptor()
		if !ok {
			return
		}
		checkDecoder(t, NewDecoder(d), reports, int(length)+1, d.Has)
	})
}

// checkDecoder feeds reports of one length to a new decoder, each twice, and holds what it tells to the rules.
func checkDecoder(t *testing.T, dec *Decoder, reports []byte, length int, has func(Key) bool) {
	t.Helper()
	fresh := cap(dec.held)
	down := make(map[Key]bool)
	follow := func(changes []Change) {
		for _, c := range changes {
			if c.Down == down[c.Key] {
				t.Fatalf("%v in %q, which it was already", c, show(changes))
			}
			if !has(c.Key) {
				t.Fatalf("%v, which the device has not", c)
			}
			if down[c.Key] = c.Down; !c.Down {
				delete(down, c.Key)
			}
		}
	}
	for report := range slices.Chunk(reports, length) {
		follow(dec.Decode(report, nil))
		again := dec.Decode(report, nil)
		follow(again)
		for i, c := range again { // only what is relative may happen again, as a pulse
			if pulse := i/2*2 + 1; pulse >= len(again) || c.Key != again[i/2*2].Key || again[pulse].Key != c.Key {
				t.Fatalf("the same report again: %q", show(again))
			}
		}
	}
	held := slices.SortedFunc(maps.Keys(down), Key.compare)
	if diff := cmp.Diff(held, slices.Clip(dec.Down())); diff != "" && len(held)+len(dec.Down()) > 0 {
		t.Fatalf("keys down (-by changes +by Down):\n%s", diff)
	}
	follow(dec.Reset(nil))
	if len(down) > 0 || len(dec.Down()) > 0 {
		t.Fatalf("down after Reset: %v by changes, %v by Down", down, dec.Down())
	}
	if cap(dec.held) != fresh {
		t.Fatalf("the decoder grew from %d to %d keys", fresh, cap(dec.held))
	}
}

// corpusSeed is a real device's descriptor, and those of its first reports that are as long as the first one.
func corpusSeed(f *testing.F, device string) (descriptor, reports []byte, length uint8) {
	f.Helper()
	descriptor, err := os.ReadFile(device + ".bin")
	if err != nil {
		f.Fatal(err)
	}
	text, err := os.ReadFile(device + ".events.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	const most = 1 << 10 // bytes
	size := 0
	for line := range strings.Lines(string(text)) {
		var r kernelReport
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			f.Fatal(err)
		}
		b, err := hex.DecodeString(r.Report)
		if err != nil {
			f.Fatal(err)
		}
		if size == 0 {
			size = len(b)
		}
		if len(b) == size && len(reports)+len(b) <= most {
			reports = append(reports, b...)
		}
	}
	return descriptor, reports, uint8(max(size, 1) - 1)
}
