package export_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
	"magicbutton/internal/export"
)

func TestParseFormat(t *testing.T) {
	for _, f := range export.Formats() {
		if got, err := export.ParseFormat(string(f)); got != f || err != nil {
			t.Errorf("ParseFormat(%q) = %q, %v, want it back", f, got, err)
		}
	}
	for in, want := range map[string]string{
		"cvs":                     `unknown format "cvs" (did you mean "csv"?)`,
		"JSON":                    `unknown format "JSON" (did you mean "json"?)`,
		"":                        `unknown format "" (known: csv, json, ndjson, md, xlsx, parquet)`,
		strings.Repeat("x", 1000): `unknown format "` + strings.Repeat("x", 60) + `…" (known: csv, json, ndjson, md, xlsx, parquet)`,
	} {
		_, err := export.ParseFormat(in)
		if err == nil || err.Error() != want {
			t.Errorf("ParseFormat(%q): %v, want %s", in, err, want)
		}
	}
}

var tallies = map[string]cx.Tally{
	"tag": {
		By: []cx.Dimension{cx.ByTag, cx.ByStage},
		Rows: []cx.Row{
			{Week: cx.Week{Year: 2026, Number: 46}, Values: []string{"idea", ""}, Count: 1},
			{Week: cx.Week{Year: 2026, Number: 47}, Values: []string{"idea", "use"}, Count: 0},
			{Week: cx.Week{Year: 2026, Number: 47}, Values: []string{"praise", "get-help"}, Count: 12345},
		},
	},
	"desk": {
		By:               []cx.Dimension{cx.ByDesk, cx.ByHour},
		HasConversations: true,
		Rows: []cx.Row{
			{Week: cx.Week{Year: 2026, Number: 53}, Values: []string{"-5", "09"}, Count: 4, Conversations: 0},
			{Week: cx.Week{Year: 2026, Number: 53}, Values: []string{"@home, \"left\" <&>", "23"}, Count: 4, Conversations: 3},
			{Week: cx.Week{Year: 2026, Number: 53}, Values: []string{"a|b *c* [d](e) \\", "23"}, Count: 1, Conversations: 1},
		},
	},
	"weeks": {
		HasConversations: true,
		Rows:             []cx.Row{{Week: cx.Week{Year: 2027, Number: 1}, Count: 7, Conversations: 5}},
	},
	// No dimension is called so now; its header would be a cell like any other.
	"formula": {
		By:   []cx.Dimension{"=x"},
		Rows: []cx.Row{{Week: cx.Week{Year: 2026, Number: 46}, Values: []string{"+1"}, Count: 1}},
	},
	"none": {By: []cx.Dimension{cx.ByTag}},
}

func TestWriteTally(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	from, to := (cx.Week{Year: 2026, Number: 46}).Span(berlin)
	o := export.TallyOptions{Period: cx.Period{From: from, To: to}, Zone: berlin}
	for name, tally := range tallies {
		for _, f := range append([]export.Format{export.Markdown}, textFormats...) {
			t.Run(name+"."+string(f), func(t *testing.T) {
				var out bytes.Buffer
				if err := export.WriteTally(&out, f, tally, o); err != nil {
					t.Fatal(err)
				}
				golden(t, "tally-"+name+"."+string(f), out.Bytes())
				if f == export.JSON && !json.Valid(out.Bytes()) {
					t.Errorf("not JSON: %s", out.Bytes())
				}
			})
		}
	}
}

// The zero options are an open period in UTC.
func TestWriteTallyWithoutOptions(t *testing.T) {
	var out bytes.Buffer
	if err := export.WriteTally(&out, export.JSON, cx.Tally{}, export.TallyOptions{}); err != nil {
		t.Fatal(err)
	}
	want := `{"zone":"UTC","from":null,"to":null,"by":[],"rows":[]}` + "\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("JSON of nothing (-want +got):\n%s", diff)
	}
}

var errDiskFull = errors.New("no space left on device")

// fullDisk takes a number of bytes and then no more.
type fullDisk int

func (d *fullDisk) Write(p []byte) (int, error) {
	n := min(len(p), int(*d))
	*d -= fullDisk(n)
	if n < len(p) {
		return n, errDiskFull
	}
	return n, nil
}

func TestWriteErrors(t *testing.T) {
	events := make([]cx.Event, 2000)
	for i := range events {
		events[i] = newEvent("2026-11-16T09:30:00Z", uint64(i+1))
	}
	for _, f := range export.EventFormats() {
		for _, room := range []fullDisk{0, 20, 5000} {
			disk := room
			if _, err := export.WriteEvents(&disk, f, seq(events), export.EventOptions{}); !errors.Is(err, errDiskFull) {
				t.Errorf("WriteEvents as %s with room for %d bytes: %v, want %v", f, room, err, errDiskFull)
			}
		}
	}
	for _, f := range export.Formats() {
		disk := fullDisk(10)
		if err := export.WriteTally(&disk, f, tallies["tag"], export.TallyOptions{}); !errors.Is(err, errDiskFull) {
			t.Errorf("WriteTally as %s: %v, want %v", f, err, errDiskFull)
		}
	}
	for _, f := range []export.Format{"", "ods"} {
		if _, err := export.WriteEvents(new(bytes.Buffer), f, seq(nil), export.EventOptions{}); err == nil {
			t.Errorf("WriteEvents as %q succeeded", f)
		}
		if err := export.WriteTally(new(bytes.Buffer), f, cx.Tally{}, export.TallyOptions{}); err == nil {
			t.Errorf("WriteTally as %q succeeded", f)
		}
	}
}
