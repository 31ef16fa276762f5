package export_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
	"magicbutton/internal/export"
)

// FuzzRoundTrip exports an event, reads it and exports it again: the same event
// and the same bytes, for every event that may be stored.
func FuzzRoundTrip(f *testing.F) {
	f.Add(int64(1_795_000_000_000), int64(0), uint64(1), "desk", "note", "F13", "praise", uint32(0), uint8(0))
	f.Add(int64(-5), int64(1<<48), uint64(1<<40-1), "'=x", "''-5\n\"a\"\n,", "'", "a", uint32(1<<32-1), uint8(255))
	f.Add(int64(1<<62), int64(-1), uint64(7), "\ufeff", " \u2028@\u00a0\n\n", "\\.", "0-", uint32(1), uint8(77))
	f.Fuzz(func(t *testing.T, ms, recorded int64, seqNo uint64, name, note, key, tag string, rev uint32, bits uint8) {
		id := cx.MakeID(time.UnixMilli(ms), testOrigin, seqNo%cx.MaxSeq+1)
		e := cx.Event{
			// Years 1970 to 10889, as ids have them.
			ID: id, RecordedAt: time.UnixMilli(recorded & (1<<48 - 1)).UTC(),
			Desk: name, Site: key, Tag: tag, Note: note, Device: key, Key: name, Rev: rev,
			Conversation: id, Source: cx.SourceDevice,
			Voided: bits&1 > 0,
		}
		if bits&2 > 0 {
			e.Tried, e.Forced, e.Stage = cx.ChannelChat, bits&4 > 0, cx.StageUse
		}
		if bits&8 > 0 {
			e.Conversation, e.Clock = cx.MakeID(time.UnixMilli(ms/2), testOrigin, 9), cx.ClockSuspect
		}
		e.Scrub()
		if e.Check() != nil {
			t.Skip("such an event is not stored")
		}
		file := writeEvents(t, export.CSV, []cx.Event{e}, export.EventOptions{})
		if bytes.Contains(file, []byte("\r")) || !bytes.HasSuffix(file, []byte("\n")) {
			t.Errorf("line ends: %q", file)
		}
		rows, problems := readEvents(t, string(file))
		if problems != nil || len(rows) != 1 {
			t.Fatalf("%d rows, problems %q, of %q", len(rows), problems, file)
		}
		if diff := cmp.Diff(e, rows[0].Event); diff != "" {
			t.Errorf("event (-written +read):\n%s", diff)
		}
		if again := writeEvents(t, export.CSV, []cx.Event{rows[0].Event}, export.EventOptions{}); !bytes.Equal(file, again) {
			t.Errorf("second export %q, want the first %q", again, file)
		}
		// A spreadsheet program that saves the file again writes other line ends.
		windows := "\ufeff" + strings.ReplaceAll(string(file), "\n", "\r\n")
		if other, problems := readEvents(t, windows); problems != nil || !cmp.Equal(other, rows) {
			t.Errorf("with CR LF: %v, %q, want %v", other, problems, rows)
		}
		checkNoFormula(t, file)
	})
}

// checkNoFormula reads the file as a spreadsheet does.
func checkNoFormula(t *testing.T, file []byte) {
	t.Helper()
	records, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, cell := range records[1] {
		if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
			t.Errorf("cell %q begins like a formula", cell)
		}
	}
}

// FuzzReadEvents reads anything. Every error is of a line that is in the file, in
// order; what is read may be stored, and survives its own export.
func FuzzReadEvents(f *testing.F) {
	f.Add("at,tag\n2026-11-16T09:30:00Z,praise\n")
	f.Add("id,at,tag,note\n" + knownID + ",2026-11-16T09:30:00Z,praise,\"'=a\r\n\"\n,,,\n\n\"")
	f.Add("\ufeff\r\n\"at\",'tag\n\"\"\"\n")
	var all bytes.Buffer
	if _, err := export.WriteEvents(&all, export.CSV, seq(sampleEvents()), export.EventOptions{}); err != nil {
		f.Fatal(err)
	}
	f.Add(all.String())
	f.Fuzz(func(t *testing.T, file string) {
		lines := strings.Count(file, "\n") + 1
		last := 0
		var stored []cx.Event
		for row, err := range export.ReadEvents(strings.NewReader(file)) {
			var bad *export.LineError
			if err != nil && !errors.As(err, &bad) {
				t.Fatalf("error %v is a %T", err, err)
			}
			if bad != nil && bad.Line != row.Line {
				t.Errorf("error of line %d with a row of line %d", bad.Line, row.Line)
			}
			if row.Line <= last || row.Line > lines {
				t.Errorf("line %d after %d in a file of %d lines", row.Line, last, lines)
			}
			last = row.Line
			if err != nil {
				continue
			}
			if err := row.Event.Check(); err != nil {
				t.Errorf("line %d: %v", row.Line, err)
			}
			if id := row.Event.ID; !id.IsZero() {
				stored = append(stored, row.Event)
				if !row.At.Equal(id.At()) {
					t.Errorf("line %d: instant %v, id's %v", row.Line, row.At, id.At())
				}
			} else if cx.CheckAt(row.At) != nil {
				t.Errorf("line %d: instant %v", row.Line, row.At)
			}
		}
		rows, problems := readEvents(t, string(writeEvents(t, export.CSV, stored, export.EventOptions{})))
		if problems != nil || len(rows) != len(stored) {
			t.Fatalf("%d events read again as %d, problems %q", len(stored), len(rows), problems)
		}
		for i := range rows {
			if diff := cmp.Diff(stored[i], rows[i].Event); diff != "" {
				t.Errorf("event read again (-first +second):\n%s", diff)
			}
		}
	})
}

// endless gives one byte for ever, after a beginning.
type endless struct {
	begin io.Reader
	left  int
}

func (e *endless) Read(p []byte) (int, error) {
	if n, _ := e.begin.Read(p); n > 0 {
		return n, nil
	}
	n := min(len(p), e.left)
	if e.left -= n; n == 0 {
		return 0, io.EOF
	}
	for i := range p[:n] {
		p[i] = "ab,\"\"\n"[i%6]
	}
	return n, nil
}

// A row of 64 MiB costs the memory of a short one.
func TestReadEventsMemory(t *testing.T) {
	const size, most = 64 << 20, 2 << 20
	for name, begin := range map[string]string{
		"in_quotes": "at,tag,note\n2026-11-16T09:30:00Z,praise,\"",
		"header":    "\"",
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			problems := 0
			for _, err := range export.ReadEvents(&endless{strings.NewReader(begin), size}) {
				if err == nil {
					t.Error("a row without an error")
				}
				problems++
			}
			runtime.ReadMemStats(&after)
			if problems != 1 {
				t.Errorf("%d problems, want 1", problems)
			}
			if got := after.TotalAlloc - before.TotalAlloc; got > most {
				t.Errorf("allocated %d bytes over a row of %d, want at most %d", got, size, most)
			}
		})
	}
}
