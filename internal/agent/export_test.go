package agent

import (
	"bytes"
	"testing"
	"time"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
	"magicbutton/store"
)

// closing closes the store when the first bytes of a file arrive.
type closing struct {
	bytes.Buffer
	store *store.Store
	err   error
}

func (c *closing) Write(p []byte) (int, error) {
	if c.Len() == 0 {
		c.err = c.store.Close()
	}
	return c.Buffer.Write(p)
}

// TestExportCutOff: a database that fails half-way through a file is an error, on
// either side of the socket, and not a short file.
func TestExportCutOff(t *testing.T) {
	const events = 20_000 // more than a socket holds
	r := startWith(t, nil, "", Options{DB: dbPath(t), Now: newClock().Now})
	rows := make([]store.New, events)
	for i := range rows {
		rows[i] = store.New{At: epoch.Add(time.Duration(i) * time.Second), Event: cx.Event{Tag: "praise", Source: cx.SourceCLI}}
	}
	if _, err := r.store.Append(t.Context(), rows...); err != nil {
		t.Fatal(err)
	}
	out := &closing{store: r.store}
	n, err := dial(t, r).Export(t.Context(), out, api.Export{Format: "csv"})
	if out.err != nil {
		t.Fatal(out.err)
	}
	if e := problem(err); e == nil || e.Code != api.CodeStorage {
		t.Errorf("Export = %+v, %v, want an error of the database", n, err)
	}
	if lines := bytes.Count(out.Bytes(), []byte("\n")); lines == 0 || lines >= events {
		t.Errorf("%d lines of %d events arrived: the database did not fail half-way", lines, events)
	}
}
