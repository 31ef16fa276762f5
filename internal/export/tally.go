package export

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"time"

	"magicbutton/internal/cx"
)

// TallyOptions says what a tally was asked for. JSON, XLSX and Parquet carry it.
type TallyOptions struct {
	// Period bounds the instants that were counted; a zero bound is written as
	// null.
	Period cx.Period
	// Zone is where the tally's weeks, days and hours are those of the clock;
	// nil is UTC.
	Zone *time.Location
}

// WriteTally writes a tally. Rows that count nothing are left out.
//
// CSV has the columns week, each dimension in order, count, conversations; the
// last is empty where the tally has none. NDJSON has the same as one object a
// line, with null for no conversations. JSON is one object,
//
//	{"zone":"Europe/Berlin","from":"2026-11-15T23:00:00.000Z","to":"2026-11-22T23:00:00.000Z","by":["tag"],"rows":[
//	{"week":"2026-W47","tag":"praise","count":3,"conversations":null}
//	]}
//
// whose period is half-open: to is the first instant that no longer counts.
// Markdown is a table with the columns of the CSV; being made to be passed around, it
// hides what [cx.Tally.Hide] says, the others nothing. XLSX has them in the sheet
// "tally", days and hours as such, and what JSON says before its rows in the sheet
// "about". Parquet has them too, and the rest in the file's metadata.
func WriteTally(w io.Writer, f Format, t cx.Tally, o TallyOptions) error {
	var err error
	switch f {
	case CSV:
		err = tallyCSV(w, t)
	case JSON, NDJSON:
		err = tallyJSON(w, f, t, o)
	case Markdown:
		err = tallyMarkdown(w, t)
	case XLSX:
		err = tallyXLSX(w, t, o)
	case Parquet:
		err = tallyParquet(w, t, o)
	default:
		_, err = ParseFormat(string(f))
		return err
	}
	if err != nil {
		return fmt.Errorf("writing the tally as %s: %w", f, err)
	}
	return nil
}

func tallyCSV(w io.Writer, t cx.Tally) error {
	out := csv.NewWriter(w)
	record := []string{"week"}
	for _, d := range t.By {
		record = append(record, textCell(string(d)))
	}
	err := out.Write(append(record, "count", "conversations"))
	for _, r := range t.Rows {
		if err != nil {
			return err
		}
		if r.Count == 0 {
			continue
		}
		record = append(record[:0], r.Week.String())
		for _, v := range r.Values {
			record = append(record, textCell(v))
		}
		conversations := ""
		if t.HasConversations {
			conversations = strconv.Itoa(r.Conversations)
		}
		err = out.Write(append(record, strconv.Itoa(r.Count), conversations))
	}
	out.Flush()
	return out.Error()
}
