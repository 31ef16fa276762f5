package export_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"magicbutton/internal/cx"
	"magicbutton/internal/export"
)

// oddNotes are texts that one format or another might take for something else.
var oddNotes = []string{
	"", "=1+1", "'=1", "@SUM(A1)", "+49 30 1234", "-5", "00012", "1e5", "TRUE", "null", "NaN",
	"line one\nline two", " \"quoted\", said they", "<b>&amp;</b> ]]>", "a|b\\c *d*", "_x0041_ and _x000D_",
	"👩‍👩‍👧 🇩🇪 e\u0301", "שלום לך, مرحبا", "\u202eabc\u202c", "退款太慢了", "größer", "\uffff\ufffe", "tab\there", "bell\x07, escape\x1b[0m", "one\rtwo",
	strings.Repeat("a", 2000), strings.Repeat("😀", 2000),
}

// oddEvents are the samples, an event with each odd note, and one at each quarter of
// an hour around changes of clocks, of half an hour on Lord Howe.
func oddEvents() []cx.Event {
	events := sampleEvents()
	seqNo := uint64(100)
	add := func(instant string, change func(*cx.Event)) {
		e := newEvent(instant, seqNo)
		change(&e)
		events = append(events, e)
		seqNo++
	}
	for _, note := range oddNotes {
		add("2026-11-17T09:30:00.123Z", func(e *cx.Event) { e.Note = note })
	}
	for _, name := range []string{"=cmd|' /C calc'!A0", "שולחן 3", "前台", "|"} {
		add("2026-11-17T10:00:00.999Z", func(e *cx.Event) { e.Desk, e.Site = name, name })
	}
	for _, change := range []string{"2026-04-04T15:00:00Z", "2026-10-03T15:30:00Z", "2026-10-25T01:00:00Z", "2026-03-29T01:00:00Z"} {
		for quarter := -4; quarter < 4; quarter++ {
			instant := at(change).Add(time.Duration(quarter) * 15 * time.Minute).Format(time.RFC3339)
			add(instant, func(*cx.Event) {})
		}
	}
	add("2026-11-17T10:00:00Z", func(e *cx.Event) { e.RecordedAt = time.Time{} })
	slices.SortFunc(events, func(a, b cx.Event) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	return events
}

var zones = []string{"UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu", "America/New_York"}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// The same events are in every format.
func TestEventsAreTheSameInEveryFormat(t *testing.T) {
	for _, name := range zones {
		o := export.EventOptions{Zone: zone(t, name)}
		want := csvRows(t, func(f export.Format) []byte { return writeEvents(t, f, oddEvents(), o) })
		for _, f := range export.EventFormats() {
			rows := readers[f](t, writeEvents(t, f, oddEvents(), o))
			if f == export.XLSX { // its recorded_at is the clock's, which is looked at below
				rows, want := slices.Clone(rows), slices.Clone(want)
				for i := range rows {
					rows[i]["recorded_at"] = want[i]["recorded_at"]
				}
			}
			if diff := cmp.Diff(want, rows); diff != "" {
				t.Errorf("%s in %s (-csv +%s):\n%s", f, name, f, diff)
			}
		}
	}
}

// The same tally is in every format, whatever it is counted by and wherever.
func TestTalliesAreTheSameInEveryFormat(t *testing.T) {
	catalogue := cx.Catalogue{}
	for _, name := range zones {
		loc := zone(t, name)
		for _, by := range [][]cx.Dimension{
			nil,
			{cx.ByTag},
			{cx.ByDay},
			{cx.ByHour},
			{cx.ByWeekday, cx.ByHour},
			{cx.ByDesk, cx.BySite, cx.ByChannel},
			{cx.ByTag, cx.ByStage, cx.ByDay, cx.ByHour},
		} {
			q := cx.Query{From: at("2026-01-01T00:00:00Z"), Zone: loc, By: by}
			tally := cx.Count(slices.Values(oddEvents()), catalogue, q)
			if len(tally.Rows) == 0 {
				t.Fatal("nothing is counted")
			}
			// Where conversations are counted, a row that began none says 0.
			o := export.TallyOptions{Period: cx.Period{From: q.From}, Zone: loc}
			want := csvRows(t, func(f export.Format) []byte { return tallyFile(t, f, tally, o) })
			for _, f := range export.Formats() {
				want := want
				if f == export.Markdown {
					want = withoutSmall(tally, want)
				}
				if diff := cmp.Diff(want, readers[f](t, tallyFile(t, f, tally, o))); diff != "" {
					t.Errorf("%s by %v in %s (-csv +%s):\n%s", f, by, name, f, diff)
				}
			}
		}
	}
}

// withoutSmall returns rows as a table has them that is passed around.
func withoutSmall(tally cx.Tally, rows []textRow) []textRow {
	out := slices.Clone(rows)
	hidden := tally.Hide()
	for i, row := range tally.Rows {
		if hidden.Row(i) {
			out[i] = maps.Clone(rows[i])
			out[i]["count"] = cx.HiddenText(row)
			if tally.HasConversations {
				out[i]["conversations"] = cx.HiddenText(row)
			}
		}
	}
	return out
}

// What is not known is not 0: it is no cell, or a null.
func TestConversationsNullOrNone(t *testing.T) {
	for name, want := range map[string]string{"desk": "0", "tag": ""} {
		for _, f := range export.Formats() {
			want := want
			if f == export.Markdown {
				want = strings.Replace(want, "0", "<5", 1) // it is of one desk of several
			}
			rows := readers[f](t, tallyFile(t, f, tallies[name], export.TallyOptions{}))
			if got := rows[0]["conversations"]; got != want {
				t.Errorf("%s of %s: conversations %q, want %q", name, f, got, want)
			}
		}
	}
}

// A workbook shows what the zone's clock showed, and names the zone.
func TestXLSXShowsTheZonesClock(t *testing.T) {
	for _, name := range zones {
		loc := zone(t, name)
		f := openXLSX(t, writeEvents(t, export.XLSX, oddEvents(), export.EventOptions{Zone: loc}))
		shown, err := f.GetRows("events", excelize.Options{RawCellValue: true}) // it shows no milliseconds
		if err != nil {
			t.Fatal(err)
		}
		header := strings.Join(shown[0][:4], ",")
		if want := fmt.Sprintf("id,at (%s),at_utc,recorded_at (%s)", name, name); header != want {
			t.Errorf("header %s, want %s", header, want)
		}
		for i, e := range oddEvents() {
			row := shown[i+1]
			if e.At().In(loc).Year() > 9999 {
				if want := e.At().UTC().Format("2006-01-02T15:04:05.000Z"); row[1] != want || row[2] != want {
					t.Errorf("%s: at %s, at_utc %s, want the text %s", name, row[1], row[2], want)
				}
				continue
			}
			for k, want := range []time.Time{e.At().In(loc), e.At().UTC(), e.RecordedAt.In(loc)} {
				if want.IsZero() {
					continue
				}
				const clock = "2006-01-02T15:04:05.000"
				name := shown[0][k+1]
				if got := xlsxText(t, f, "events", name, k+1, i, row[k+1]); got != want.Format(clock)+"Z" {
					t.Errorf("%s shows %s, want %s", name, got, want.Format(clock))
				}
			}
		}
	}
}

// Cells have their types, and a sheet its header, filter and widths.
func TestXLSXSheet(t *testing.T) {
	e := newEvent("2026-11-16T09:30:00.25Z", 1)
	e.Note, e.Tried, e.Forced = "=1+1", cx.ChannelChat, true
	f := openXLSX(t, writeEvents(t, export.XLSX, []cx.Event{e, newEvent("2026-11-16T09:31:00Z", 2)}, export.EventOptions{}))
	for at, want := range map[string]excelize.CellType{
		"A2": excelize.CellTypeInlineString, "B2": excelize.CellTypeUnset, "C2": excelize.CellTypeUnset, "G2": excelize.CellTypeInlineString,
		"K2": excelize.CellTypeBool, "K3": excelize.CellTypeUnset, "M2": excelize.CellTypeInlineString, "R2": excelize.CellTypeUnset,
		"S2": excelize.CellTypeBool,
	} {
		if got, err := f.GetCellType("events", at); got != want || err != nil {
			t.Errorf("type of %s = %v, %v, want %v", at, got, err, want)
		}
	}
	if formula, err := f.GetCellFormula("events", "M2"); formula != "" || err != nil {
		t.Errorf("formula %q, %v, want none", formula, err)
	}
	if note, err := f.GetCellValue("events", "M2"); note != "'=1+1" || err != nil {
		t.Errorf("note %q, %v, want it with a ' before it", note, err)
	}
	for at, want := range map[string]string{"B2": `yyyy\-mm\-dd\ hh:mm:ss.000`, "C3": `yyyy\-mm\-dd\ hh:mm:ss.000`} {
		id, err := f.GetCellStyle("events", at)
		if err != nil {
			t.Fatal(err)
		}
		style, err := f.GetStyle(id)
		if err != nil || style.CustomNumFmt == nil || *style.CustomNumFmt != want {
			t.Errorf("style of %s = %+v, %v, want %s", at, style, err, want)
		}
	}
	panes, err := f.GetPanes("events")
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("panes = %+v, %v, want one frozen row", panes, err)
	}
	if width, err := f.GetColWidth("events", "M"); width < 40 || err != nil {
		t.Errorf("the notes are %v wide (%v), want room", width, err)
	}
	var filters []string
	for _, n := range f.GetDefinedName() {
		filters = append(filters, n.Name+" "+n.RefersTo)
	}
	if diff := cmp.Diff([]string{"_xlnm._FilterDatabase 'events'!$A$1:$S$3"}, filters); diff != "" {
		t.Errorf("filters (-want +got):\n%s", diff)
	}
}

// The workbook of a tally says of what it is, and where its rows end.
func TestXLSXTally(t *testing.T) {
	o := export.TallyOptions{Period: cx.Period{From: at("2026-11-15T23:00:00Z")}, Zone: zone(t, "Europe/Berlin")}
	f := openXLSX(t, tallyFile(t, export.XLSX, tallies["tag"], o))
	about, err := f.GetRows("about", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"zone", "from (Europe/Berlin)", "to (Europe/Berlin)", "by"}, {"Europe/Berlin", "46342", "", "tag,stage"}}
	if diff := cmp.Diff(want, about); diff != "" {
		t.Errorf("about (-want +got):\n%s", diff)
	}
	var filters []string
	for _, n := range f.GetDefinedName() {
		filters = append(filters, n.RefersTo)
	}
	if diff := cmp.Diff([]string{"'tally'!$A$1:$E$3", "'about'!$A$1:$D$2"}, filters); diff != "" {
		t.Errorf("filters (-want +got):\n%s", diff)
	}
}

// FuzzTables writes an event with any texts as a workbook and as Parquet, and reads
// it back.
func FuzzTables(f *testing.F) {
	for _, note := range oddNotes {
		f.Add(note, "desk", int64(1_795_000_000_000))
	}
	f.Add("x", "=1", int64(1)<<47)
	f.Fuzz(func(t *testing.T, note, name string, ms int64) {
		if !utf8.ValidString(note) || !utf8.ValidString(name) || len(note)+len(name) > 8000 {
			t.Skip("no such text is stored")
		}
		id := cx.MakeID(time.UnixMilli(ms&(1<<48-1)), testOrigin, 1)
		e := cx.Event{ID: id, Conversation: id, Tag: "praise", Note: note, Desk: name, Source: cx.SourceAPI}
		for _, format := range []export.Format{export.XLSX, export.Parquet} {
			rows := readers[format](t, writeEvents(t, format, []cx.Event{e}, export.EventOptions{}))
			if len(rows) != 1 || rows[0]["note"] != note || rows[0]["desk"] != name || rows[0]["id"] != id.String() {
				t.Errorf("%s: note %q, desk %q of %s are read back as %q", format, note, name, id, rows)
			}
		}
	})
}
