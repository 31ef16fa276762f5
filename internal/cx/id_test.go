package cx

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestMakeID(t *testing.T) {
	origin := Origin{1, 2, 3, 4, 5}
	tests := []struct {
		name string
		at   time.Time
		seq  uint64
		want time.Time
	}{
		{"now", at(t, "2026-11-16T09:00:00.123Z"), 42, at(t, "2026-11-16T09:00:00.123Z")},
		{"another zone", at(t, "2026-11-16T10:00:00+01:00"), 1, at(t, "2026-11-16T09:00:00Z")},
		{"parts of a millisecond go", at(t, "2026-11-16T09:00:00.123999Z"), 1, at(t, "2026-11-16T09:00:00.123Z")},
		{"1970", time.UnixMilli(0), 1, time.UnixMilli(0)},
		{"before 1970", at(t, "1969-12-31T23:59:59.999Z"), 1, time.UnixMilli(0)},
		{"the last instant", time.UnixMilli(maxMillis), MaxSeq, time.UnixMilli(maxMillis)},
		{"after it", time.UnixMilli(maxMillis + 1), MaxSeq, time.UnixMilli(maxMillis)},
		{"sequence in five bytes", time.UnixMilli(1), 0x0102030405, time.UnixMilli(1)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			id := MakeID(tt.at, origin, tt.seq)
			if got := id.At(); !got.Equal(tt.want) || got.Location() != time.UTC {
				t.Errorf("At() = %v, want %v", got, tt.want.UTC())
			}
			if id.Origin() != origin {
				t.Errorf("Origin() = %v, want %v", id.Origin(), origin)
			}
			if id.Seq() != tt.seq {
				t.Errorf("Seq() = %d, want %d", id.Seq(), tt.seq)
			}
			if got, err := ParseID(id.String()); err != nil || got != id {
				t.Errorf("ParseID(%s) = %v, %v", id, got, err)
			}
		})
	}
}

// The vector is that of the ULID project's own README.
func TestIDIsAULID(t *testing.T) {
	id, err := ParseID("01ARYZ6S41TSV4RRFFQ69G5FAV")
	if err != nil {
		t.Fatal(err)
	}
	if got := id.At().UnixMilli(); got != 1469918176385 {
		t.Errorf("At() = %d ms, want 1469918176385", got)
	}
	if got := id.String(); got != "01ARYZ6S41TSV4RRFFQ69G5FAV" {
		t.Errorf("String() = %s", got)
	}
	var most ID
	copy(most[:], bytes.Repeat([]byte{0xff}, len(most)))
	if got, want := most.String(), "7"+strings.Repeat("Z", 25); got != want {
		t.Errorf("the largest id is %s, want %s", got, want)
	}
}

func TestParseID(t *testing.T) {
	want, err := ParseID("01ARYZ6S41TSV4RRFFQ69G5FAV")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"01aryz6s41tsv4rrffq69g5fav", "OIARYZ6S4LTSV4RRFFQ69G5FAV", "o1aryz6s4itsv4rrffq69g5fav"} {
		if got, err := ParseID(s); err != nil || got != want {
			t.Errorf("ParseID(%q) = %v, %v; want %v", s, got, err, want)
		}
	}
	bad := []struct{ name, in, want string }{
		{"empty", "", `event id "": 0 characters, want 26`},
		{"short", "01ARYZ6S41", `event id "01ARYZ6S41": 10 characters, want 26`},
		{"U", "U1ARYZ6S41TSV4RRFFQ69G5FAV", `event id "U1ARYZ6S41TSV4RRFFQ69G5FAV": 'U' is not in Crockford's base 32`},
		{"hyphen", "01ARYZ6S41-SV4RRFFQ69G5FAV", `event id "01ARYZ6S41-SV4RRFFQ69G5FAV": '-' is not in Crockford's base 32`},
		{"130 bits", "8ZZZZZZZZZZZZZZZZZZZZZZZZZ", `event id "8ZZZZZZZZZZZZZZZZZZZZZZZZZ": too large`},
		{"sequence 0", "01ARYZ6S41TSV4RRFF00000000", `event id "01ARYZ6S41TSV4RRFF00000000": its sequence number is zero`},
		{"long", strings.Repeat("Z", 1e6), `event id "` + strings.Repeat("Z", 60) + `…": 1000000 characters, want 26`},
	}
	for _, tt := range bad {
		t.Run(tt.name, func(t *testing.T) {
			if id, err := ParseID(tt.in); said(err) != tt.want || !id.IsZero() {
				t.Errorf("ParseID = %v, %v; want %s", id, err, tt.want)
			}
		})
	}
}

func FuzzParseID(f *testing.F) {
	f.Add("01ARYZ6S41TSV4RRFFQ69G5FAV")
	f.Add("o1aryz6s4itsv4rrffq69g5fav")
	f.Add("7ZZZZZZZZZZZZZZZZZZZZZZZZZ")
	f.Add("8ZZZZZZZZZZZZZZZZZZZZZZZZZ")
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ParseID(s)
		if err != nil {
			return
		}
		same := strings.NewReplacer("I", "1", "L", "1", "O", "0").Replace(strings.ToUpper(s))
		if id.String() != same {
			t.Errorf("ParseID(%q).String() = %s", s, id)
		}
		if want := encodeBase32(id[:]); id.String() != want {
			t.Errorf("String() = %s, want %s", id, want)
		}
		if got := MakeID(id.At(), id.Origin(), id.Seq()); got != id {
			t.Errorf("made anew from its parts, %v is %v", id, got)
		}
	})
}

// Bytes and text both sort as the instants do.
func TestIDsSortByTime(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var ids []ID
	for i := range 2000 {
		var origin Origin
		for j := range origin {
			origin[j] = byte(random.Uint32())
		}
		ids = append(ids, MakeID(time.UnixMilli(random.Int64N(maxMillis)), origin, uint64(i+1)))
	}
	slices.SortFunc(ids, func(a, b ID) int { return bytes.Compare(a[:], b[:]) })
	for i := 1; i < len(ids); i++ {
		if ids[i].At().Before(ids[i-1].At()) {
			t.Errorf("%v sorts after %v and is earlier", ids[i], ids[i-1])
		}
		if ids[i].String() <= ids[i-1].String() {
			t.Errorf("%v sorts after %v as bytes and not as text", ids[i], ids[i-1])
		}
	}
}

func TestFirstID(t *testing.T) {
	instant := at(t, "2026-11-16T09:00:00Z")
	first, before := FirstID(instant), MakeID(instant.Add(-time.Millisecond), Origin{255, 255, 255, 255, 255}, MaxSeq)
	own := MakeID(instant, Origin{}, 1)
	if bytes.Compare(before[:], first[:]) >= 0 || bytes.Compare(first[:], own[:]) >= 0 {
		t.Errorf("FirstID = %x, want it between %x and %x", first, before, own)
	}
}

func TestOrigin(t *testing.T) {
	a, b := NewOrigin(), NewOrigin()
	if a == b || a == (Origin{}) {
		t.Errorf("NewOrigin gave %v and %v", a, b)
	}
	if got := (Origin{0xff, 0, 0, 0, 1}).String(); got != "ZW000001" {
		t.Errorf("String() = %s, want ZW000001", got)
	}
}

func TestIDText(t *testing.T) {
	type holder struct{ ID ID }
	for _, want := range []holder{{}, {MakeID(time.UnixMilli(1), Origin{9}, 7)}} {
		b, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if text := `{"ID":"` + want.ID.String() + `"}`; string(b) != text {
			t.Errorf("Marshal = %s, want %s", b, text)
		}
		got := holder{MakeID(time.UnixMilli(2), Origin{1}, 1)}
		if err := json.Unmarshal(b, &got); err != nil || got != want {
			t.Errorf("Unmarshal(%s) = %v, %v; want %v", b, got, err, want)
		}
	}
	if err := json.Unmarshal([]byte(`{"ID":"42"}`), new(holder)); err == nil {
		t.Error("Unmarshal took 42 for an id")
	}
}
