package export_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
	"magicbutton/internal/export"
)

// The id 01M7HV29E0… is of 2026-11-16T09:30:00.000Z.
const knownID = "01M7HV29E00410610500000001"

func TestReadEvents(t *testing.T) {
	id, err := cx.ParseID(knownID)
	if err != nil {
		t.Fatal(err)
	}
	instant := at("2026-11-16T09:30:00Z")
	plain := cx.Event{Tag: "praise", Source: cx.SourceImport}
	with := func(change func(*cx.Event)) cx.Event {
		e := plain
		change(&e)
		return e
	}
	stored := with(func(e *cx.Event) { e.ID, e.Conversation = id, id })
	for name, test := range map[string]struct {
		file string
		want cx.Event
	}{
		"two_columns":      {"at,tag\n2026-11-16T09:30:00Z,praise\n", plain},
		"other_order":      {"tag,note,at\npraise,,2026-11-16T09:30:00Z\n", plain},
		"no_last_line_end": {"at,tag\n2026-11-16T09:30:00Z,praise", plain},
		"windows":          {"\ufeffat,tag\r\n2026-11-16T09:30:00Z,praise\r\n", plain},
		"all_quoted":       {"\ufeff\"at\",\"tag\"\n\"2026-11-16T09:30:00Z\",\"praise\"\n", plain},
		"offset":           {"at,tag\n2026-11-16T15:15:00+05:45,praise\n", plain},
		"other_day":        {"at,tag\n2026-11-15T21:30:00-12:00,praise\n", plain},
		"small_letters":    {"at,tag\n2026-11-16t09:30:00z,praise\n", plain},
		"finer_is_cut":     {"at,tag\n2026-11-16T09:30:00.000999999Z,praise\n", plain},
		"known_defaults":   {"at,tag,rev,voided,forced,source\n2026-11-16T09:30:00Z,praise,0,FALSE,,import\n", plain},
		"id":               {"id,at,tag\n" + knownID + ",2026-11-16T09:30:00Z,praise\n", stored},
		"id_small":         {"id,at,tag\n" + strings.ToLower(knownID) + ",2026-11-16T10:30:00+01:00,praise\n", stored},
		"id_state": {
			"id,at,tag,rev,voided,recorded_at,source\n" + knownID + ",2026-11-16T09:30:00Z,praise,3,TRUE,2026-11-17T00:00:00.5Z,device\n",
			with(func(e *cx.Event) {
				e.ID, e.Conversation, e.Rev, e.Voided, e.Source = id, id, 3, true, cx.SourceDevice
				e.RecordedAt = at("2026-11-17T00:00:00.5Z")
			}),
		},
		"conversation": {
			"at,tag,conversation\n2026-11-16T09:30:00Z,praise," + knownID + "\n",
			with(func(e *cx.Event) { e.Conversation = id }),
		},
		"forced": {
			"at,tag,tried,forced\n2026-11-16T09:30:00Z,praise,chat,true\n",
			with(func(e *cx.Event) { e.Tried, e.Forced = cx.ChannelChat, true }),
		},
		"names": {
			"at,tag,desk,site,device,key,clock,stage,channel\n2026-11-16T09:30:00Z,praise,'-5,'@x,''d,'+1,suspect,use,sms\n",
			with(func(e *cx.Event) {
				e.Desk, e.Site, e.Device, e.Key = "-5", "@x", "'d", "+1"
				e.Clock, e.Stage, e.Channel = cx.ClockSuspect, cx.StageUse, cx.ChannelSMS
			}),
		},
		"note_lines": {
			"at,tag,note\r\n2026-11-16T09:30:00Z,praise,\" a\r\nb\nc \r\n\"\r\n",
			with(func(e *cx.Event) { e.Note = "a\nb\nc" }),
		},
		"note_quote_of_the_text": {
			"at,tag,note\n2026-11-16T09:30:00Z,praise,'tis\n",
			with(func(e *cx.Event) { e.Note = "'tis" }),
		},
		"note_with_card": {
			"at,tag,note\n2026-11-16T09:30:00Z,praise,4111 1111 1111 1111\n",
			with(func(e *cx.Event) { e.Note = "[card …1111]" }),
		},
	} {
		t.Run(name, func(t *testing.T) {
			rows, problems := readEvents(t, test.file)
			if problems != nil {
				t.Fatal(problems)
			}
			want := []export.Row{{Line: 2, At: instant, Event: test.want}}
			if diff := cmp.Diff(want, rows); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadEventsFiles(t *testing.T) {
	const header = "line 1: "
	known := "(known: id, at, recorded_at, desk, site, tag, stage, channel, tried, forced, conversation, note, source, device, key, clock, rev, voided)"
	for name, test := range map[string]struct {
		file string
		want []string
	}{
		"empty":         {"", []string{header + "the file is empty: want a header with at least the columns at and tag"}},
		"mark_only":     {"\ufeff", []string{header + "the file has only empty lines: want a header with at least the columns at and tag"}},
		"empty_lines":   {"\n\r\n\n", []string{header + "the file has only empty lines: want a header with at least the columns at and tag"}},
		"header_only":   {"at,tag\n", nil},
		"header_bare":   {"at,tag", nil},
		"late_header":   {"\n\nat,tga\n", []string{`line 3: unknown column "tga" (did you mean "tag"?); there is no column "tag"`}},
		"no_header":     {"2026-11-16T09:30:00Z,praise\n", []string{header + `unknown column "2026-11-16T09:30:00Z" ` + known + `; unknown column "praise" ` + known + `; there is no column "at"; there is no column "tag"`}},
		"twice":         {"at,tag,at\n", []string{header + `column "at" is there twice, as the columns 1 and 3`}},
		"capitals":      {"At,tag\n", []string{header + `unknown column "At" (did you mean "at"?); there is no column "at"`}},
		"nameless":      {"at,tag,\n", []string{header + "column 3 has no name"}},
		"formula":       {"at,tag,'=x\n", []string{header + `unknown column "=x" ` + known}},
		"semicolons":    {"at;tag\n2026-11-16T09:30:00Z;praise\n", []string{header + "the columns are separated by semicolons: want commas"}},
		"tabs":          {"at\ttag\n", []string{header + "the columns are separated by tabs: want commas"}},
		"tally":         {"week,tag,count,conversations\n", []string{header + `unknown column "week" ` + known + `; unknown column "count" ` + known + `; unknown column "conversations" (did you mean "conversation"?); there is no column "at"`}},
		"workbook":      {"PK\x03\x04\x14\x00", []string{header + "the file is no CSV, it looks like a workbook (.xlsx, .ods) or ZIP archive: save it as CSV (UTF-8), or export the events with --format csv"}},
		"parquet":       {"PAR1\x15\x04", []string{header + "the file is no CSV, it looks like a Parquet file: export the events with --format csv"}},
		"utf-16":        {"\xff\xfea\x00t\x00", []string{header + "the file is no CSV, it looks like UTF-16 text"}},
		"json":          {`{"events":[]}`, []string{header + "the file is no CSV, it looks like JSON"}},
		"binary":        {"\x7fELF\x02\x00", []string{header + "the file is no CSV, it looks like binary data"}},
		"header_quotes": {"at,ta\"g\n", []string{header + `reading the header: a " inside a cell that does not begin with one: put the cell in quotes and double the " in it`}},
		"many_columns":  {strings.Repeat("x,", 9) + "at,tag", []string{header + strings.Repeat(`unknown column "x" `+known+"; ", 5) + "and more"}},
		"wide_header":   {strings.Repeat("x,", 1<<16) + "\nat,tag\n", []string{header + "reading the header: the row is longer than the 65536 bytes that are allowed"}},
	} {
		t.Run(name, func(t *testing.T) {
			rows, problems := readEvents(t, test.file)
			if rows != nil {
				t.Errorf("rows = %v, want none", rows)
			}
			if diff := cmp.Diff(test.want, problems); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadEventsBadRows(t *testing.T) {
	const now = "2026-11-16T09:30:00Z"
	wantInstant := ": want an instant such as 2026-11-16T09:30:00Z or 2026-11-16T10:30:00+01:00"
	for name, test := range map[string]struct{ header, row, want string }{
		"no_at":           {"at,tag", ",praise", "at is empty"},
		"no_tag":          {"at,tag", now + ",", "tag is empty"},
		"german_date":     {"at,tag", "16.11.2026 09:30,praise", `at "16.11.2026 09:30"` + wantInstant},
		"no_zone":         {"at,tag", "2026-11-16T09:30:00,praise", `at "2026-11-16T09:30:00"` + wantInstant},
		"space":           {"at,tag", "2026-11-16 09:30:00Z,praise", `at "2026-11-16 09:30:00Z"` + wantInstant},
		"no_such_day":     {"at,tag", "2026-02-29T09:30:00Z,praise", `at "2026-02-29T09:30:00Z"` + wantInstant},
		"before_2000":     {"at,tag", "1999-12-31T23:59:59.999Z,praise", "time 1999-12-31T23:59:59Z is outside the years 2000 to 2100"},
		"after_2100":      {"at,tag", "2101-01-01T00:00:00Z,praise", "time 2101-01-01T00:00:00Z is outside the years 2000 to 2100"},
		"year_10889":      {"at,tag", "10889-01-01T00:00:00Z,praise", "time 10889-01-01T00:00:00Z is outside the years 2000 to 2100"},
		"year_18000":      {"at,tag", "18000-01-01T00:00:00Z,praise", `at "18000-01-01T00:00:00Z"` + wantInstant},
		"year_0":          {"at,tag", "0000-01-01T00:00:00Z,praise", `at "0000-01-01T00:00:00Z" is before the year 1`},
		"long_tag":        {"at,tag", now + "," + strings.Repeat("a", 300), `tag "` + strings.Repeat("a", 60) + `…" is longer than 40 characters`},
		"capital_tag":     {"at,tag", now + ",Praise", `tag "Praise": 'P' is not a lower-case letter (a to z), digit or hyphen`},
		"stage":           {"at,tag,stage", now + ",praise,sue", `unknown stage "sue" (did you mean "use"?)`},
		"channel":         {"at,tag,channel", now + ",praise,fax", "unknown channel \"fax\" (known: phone, in-person, email, chat, sms, social)"},
		"source":          {"at,tag,source", now + ",praise,imprt", `unknown source "imprt" (did you mean "import"?)`},
		"clock":           {"at,tag,clock", now + ",praise,ok", `unknown clock "ok" (known: suspect)`},
		"forced":          {"at,tag,forced", now + ",praise,true", "forced without the channel that was tried"},
		"yes":             {"at,tag,tried,forced", now + ",praise,chat,yes", `forced "yes": want true or false`},
		"voided_1":        {"at,tag,voided", now + ",praise,1", `voided "1": want true or false`},
		"rev":             {"at,tag,rev", now + ",praise,-1", `rev "-1": want a whole number, 0 to 4294967295`},
		"rev_guarded":     {"at,tag,rev", now + ",praise,'-1", `rev "'-1": want a whole number, 0 to 4294967295`},
		"rev_too_large":   {"id,at,tag,rev", knownID + "," + now + ",praise,4294967296", `rev "4294967296": want a whole number, 0 to 4294967295`},
		"id_short":        {"id,at,tag", "42," + now + ",praise", `id: event id "42": 2 characters, want 26`},
		"id_long":         {"id,at,tag", strings.Repeat("0", 9999) + "," + now + ",praise", `id: event id "` + strings.Repeat("0", 60) + `…": 9999 characters, want 26`},
		"id_letters":      {"id,at,tag", "U" + knownID[1:] + "," + now + ",praise", `id: event id "U` + knownID[1:] + `": 'U' is not in Crockford's base 32`},
		"id_other_time":   {"id,at,tag", knownID + ",2026-11-16T09:30:00.001Z,praise", `at "2026-11-16T09:30:00.001Z" is not the instant in the id, 2026-11-16T09:30:00.000Z`},
		"conversation":    {"at,tag,conversation", now + ",praise,#42", `conversation: event id "#42": 3 characters, want 26`},
		"new_with_state":  {"at,tag,rev,voided,recorded_at,source", now + ",praise,1,true," + now + ",device", `recorded_at needs an id: a row without one is a new event; rev 1 needs an id: a row without one is a new event; voided needs an id: a row without one is a new event; source "device" needs an id: a row without one is a new event`},
		"long_note":       {"at,tag,note", now + ",praise," + strings.Repeat("ä", 2001), "note has 2001 characters, at most 2000 are allowed"},
		"huge_note":       {"at,tag,note", now + ",praise," + strings.Repeat("a", 10<<20), "the row is longer than the 65536 bytes that are allowed"},
		"huge_quoted":     {"at,tag,note", now + `,praise,"` + strings.Repeat("a,\"\"\nb", 1<<20) + `"`, "the row is longer than the 65536 bytes that are allowed"},
		"control":         {"at,tag,note", now + ",praise,a\x1bb", "note contains the control character U+001B"},
		"lone_cr":         {"at,tag,note", now + ",praise,a\rb", "note contains the control character U+000D"},
		"nul":             {"at,tag,desk", now + ",praise,a\x00b", "desk contains the control character U+0000"},
		"name_with_line":  {"at,tag,desk", now + ",praise,\"a\nb\"", "desk contains the control character U+000A"},
		"latin_1":         {"at,tag,note", now + ",praise,gr\xfc\xdfe", "note is not valid UTF-8: save the file as UTF-8"},
		"few_cells":       {"at,tag,note", now + ",praise", "the row has 2 cells, the header 3"},
		"many_cells":      {"at,tag", now + ",praise,a", "the row has 3 cells, the header 2"},
		"bare_quote":      {"at,tag,note", now + `,praise,5" pipe`, `a " inside a cell that does not begin with one: put the cell in quotes and double the " in it`},
		"bare_quote_huge": {"at,tag,note", now + `,praise,5" pipe` + strings.Repeat("a", 1<<20), `a " inside a cell that does not begin with one: put the cell in quotes and double the " in it`},
		"single_quotes":   {"at,tag,note", now + `,praise,"5" pipe"`, `a quoted cell does not end with a " before the next comma or the end of the line: double each " inside it`},
		"several":         {"at,tag,stage", "now,,sue", `at "now"` + wantInstant + `; tag is empty; unknown stage "sue" (did you mean "use"?)`},
	} {
		t.Run(name, func(t *testing.T) {
			// Good rows around it, and empty lines, that the numbers must count.
			good := now + ",praise" + strings.Repeat(",", strings.Count(test.header, ",")-1)
			if strings.HasPrefix(test.header, "id") {
				good = "," + strings.TrimSuffix(good, ",")
			}
			rows, problems := readEvents(t, test.header+"\n"+good+"\r\n\n\r\n"+test.row+"\n"+good+"\n")
			if diff := cmp.Diff([]string{"line 5: " + test.want}, problems); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if len(rows) != 2 {
				t.Fatalf("%d good rows, want 2", len(rows))
			}
			if want := 6 + strings.Count(test.row, "\n"); rows[0].Line != 2 || rows[1].Line != want {
				t.Errorf("good rows in the lines %d and %d, want 2 and %d", rows[0].Line, rows[1].Line, want)
			}
		})
	}
}

// A quote left open takes the lines up to the next quote with it, or the rest of
// the file; the error names the line to look at.
func TestReadEventsOpenQuote(t *testing.T) {
	row := "2026-11-16T09:30:00Z,praise,\n"
	open := "2026-11-16T09:30:00Z,praise,\"never closed\n"
	for name, test := range map[string]struct {
		file string
		rows int
		want string
	}{
		"short": {row + open + row, 1, `line 3: a quoted cell does not end with a " before the next comma or the end of the line: double each " inside it`},
		"long":  {row + open + strings.Repeat(row, 5000), 1, `line 3: a quoted cell begins here and never ends: a " is missing`},
	} {
		t.Run(name, func(t *testing.T) {
			rows, problems := readEvents(t, "at,tag,note\n"+test.file)
			if diff := cmp.Diff([]string{test.want}, problems); diff != "" || len(rows) != test.rows {
				t.Errorf("%d rows, want %d; problems (-want +got):\n%s", len(rows), test.rows, diff)
			}
		})
	}
}

// The quotes of a bad row say nothing about the next one.
func TestReadEventsBadRowsInARow(t *testing.T) {
	row := "2026-11-16T09:30:00Z,praise,"
	_, problems := readEvents(t, "at,tag,note\n"+row+"5\" pipe\n"+row+strings.Repeat("a", 1<<20)+"\n"+row+"\x01\n")
	want := []string{
		`line 2: a " inside a cell that does not begin with one: put the cell in quotes and double the " in it`,
		"line 3: the row is longer than the 65536 bytes that are allowed",
		"line 4: note contains the control character U+0001",
	}
	if diff := cmp.Diff(want, problems); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestReadEventsErrorsAreLineErrors(t *testing.T) {
	torn := errors.New("the disk is gone")
	file := io.MultiReader(strings.NewReader("at,tag\n2026-11-16T09:30:00Z,praise\n2026-11-1"), iotest.ErrReader(torn))
	var lines []int
	rows := 0
	for _, err := range export.ReadEvents(file) {
		if err == nil {
			rows++
			continue
		}
		var bad *export.LineError
		if !errors.As(err, &bad) || !errors.Is(err, torn) {
			t.Fatalf("error %v (%T), want a LineError of %v", err, err, torn)
		}
		lines = append(lines, bad.Line)
	}
	if diff := cmp.Diff([]int{3}, lines); diff != "" || rows != 1 {
		t.Errorf("%d rows, want 1; lines with errors (-want +got):\n%s", rows, diff)
	}
}

func TestReadEventsStopsWhenAsked(t *testing.T) {
	for _, err := range export.ReadEvents(strings.NewReader("at,tag\nx,y\nx,y\n2026-11-16T09:30:00Z,praise\n")) {
		if err == nil {
			t.Error("the first row has no error")
		}
		break // the iterator panics when it goes on
	}
}
