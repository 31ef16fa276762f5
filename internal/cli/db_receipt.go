package cli

import (
	"fmt"
	"io"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"magicbutton/internal/api"
)

// receipt is what whoever answers for the customers' data needs to keep. It has no
// word of what was erased: the text that was looked for may be a name.
type receipt struct {
	ErasedAt time.Time `json:"erased_at"`
	Database string    `json:"database"`
	Desk     string    `json:"desk"`
	// By is the system's user who gave the command, Command the command without the
	// values of its flags.
	By      string `json:"by"`
	Command string `json:"command"`
	Version string `json:"version"`
	api.Erased
	EventsBefore int      `json:"events_before"`
	EventsAfter  int      `json:"events_after"`
	Kept         string   `json:"kept"`
	NotCovered   []string `json:"not_covered"`
}

const keptOfErased = "of each event its quarter hour (UTC), tag, stage, channel, desk, site and number, so that tallies stay and no copy comes back"

// notErased is where copies may be that the command cannot reach.
var notErased = []string{
	"backups of the database made before",
	"exports, reports and gathered databases made before",
	"copies in a shared folder, until the agent writes the next one",
	"blocks of the disk that held the old file, until the system uses them again; snapshots of the disk",
	"lines of the agent's log: ids and instants, no notes",
}

func (p place) writeReceipt(w io.Writer, o eraseOptions, got api.Erased) error {
	if got.IDs == nil {
		got.IDs = []string{}
	}
	r := receipt{
		ErasedAt: p.env.Now().UTC().Truncate(time.Second), Database: p.db, Desk: p.config.Desk.Name,
		By: userName(), Command: strings.Join(append([]string{"magicbutton db erase"}, o.flags...), " "), Version: Version(),
		Erased: got, Kept: keptOfErased, NotCovered: notErased,
	}
	if abs, err := filepath.Abs(p.db); err == nil {
		r.Database = abs
	}
	if got.Compacted != nil {
		r.EventsAfter = got.Compacted.Events
		r.EventsBefore = r.EventsAfter + len(got.IDs)
	}
	if isStdout(o.output) {
		return r.print(w)
	}
	say(p.env.Stderr, "erased %s; the receipt is %s", plural(len(got.IDs), "event"), o.output)
	return printJSON(w, r)
}

// print writes the receipt as text.
func (r receipt) print(w io.Writer) error {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("erased %s from %s", plural(len(r.IDs), "event"), r.Database)
	line("at %s by %s: %s", r.ErasedAt.Format(time.RFC3339), r.By, r.Command)
	for _, id := range r.IDs {
		line("  %s", id)
	}
	if n := len(r.Before); n > 0 {
		line("erased before: %s", strings.Join(r.Before, " "))
	}
	if s := r.Search; s != nil {
		line("with them %s, %s and %s", plural(r.Notes, "note"), plural(r.States, "former state"), plural(r.Names, "name"))
		line("events: %d before, %d after; kept: %s", r.EventsBefore, r.EventsAfter, r.Kept)
		found := "none is there"
		if s.Fault != "" {
			found = "but " + s.Fault
		}
		line("the new file was searched: %d bytes, %s looked for, %s", s.Bytes, plural(s.Needles, "text"), found)
		if s.Elsewhere > 0 {
			line("but the words of %d of them also stand in notes or names that were not erased", s.Elsewhere)
		}
		line("SHA-256 of the file then: %s", s.SHA256)
	}
	line("not covered: %s", strings.Join(r.NotCovered, "; "))
	_, err := io.WriteString(w, b.String())
	return err
}

// userName is who gave the command, as the system knows them.
func userName() string {
	u, err := user.Current()
	if err != nil {
		return "unknown"
	}
	return u.Username
}

// givenFlags names the flags of a command line without their values.
func givenFlags(cmd *cobra.Command) (names []string) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		name := "--" + f.Name
		if f.Value.Type() != "bool" {
			name += " …"
		}
		names = append(names, name)
	})
	return names
}
