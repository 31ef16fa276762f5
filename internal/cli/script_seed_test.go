package cli_test

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"magicbutton/internal/cx"
	"magicbutton/store"
)

// cmdSeed fills a database by a table: a tag a line, and its events in each week up
// to 2026-W47, from Monday to Friday by the clocks of Berlin. A line that begins with
// contacts has those; - is unknown.
//
//	seed desk.db counts
func cmdSeed(ts *testscript.TestScript, _ bool, args []string) {
	zone, err := time.LoadLocation("Europe/Berlin")
	ts.Check(err)
	s, err := store.Open(ts.MkAbs(args[0]), store.Options{Create: true})
	ts.Check(err)
	var events []store.New
	var contacts []cx.Contacts
	for line := range strings.Lines(ts.ReadFile(args[1])) {
		fields := strings.Fields(line)
		for i, field := range fields[1:] {
			if field == "-" {
				continue
			}
			n, err := strconv.Atoi(field)
			ts.Check(err)
			week := cx.Week{Year: 2026, Number: 47}.Add(i + 2 - len(fields))
			if fields[0] == "contacts" {
				contacts = append(contacts, cx.Contacts{Week: week, Count: n})
				continue
			}
			for k := range n {
				at := week.Monday().Add(k % 5).Start(zone).Add(8*time.Hour + time.Duration(k)*time.Minute/2)
				events = append(events, store.New{At: at, Event: cx.Event{
					Tag: fields[0], Desk: "north", Channel: cx.ChannelPhone, Source: cx.SourceImport,
				}})
			}
		}
	}
	_, err = s.Import(context.Background(), store.ImportBatch{Rows: events, Done: true})
	ts.Check(err)
	ts.Check(s.SetContacts(context.Background(), contacts))
	ts.Check(s.Close())
}
