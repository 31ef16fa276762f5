// Package privacy writes the page that tells whoever asks (a rep, a works council, a
// data protection officer) what is read, kept and seen on a desk: in plain words, made
// from the configuration in force and the files as they are, not from what they should
// be.
package privacy

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"magicbutton/internal/config"
)

// Facts are what a page is made from.
type Facts struct {
	Config *config.Config
	// Database, Settings and Socket are the files that matter. The configuration's
	// path is "" where the built-in one serves.
	Database, Settings, Socket File
	// PageKey is the file with the key of the page's cookies.
	PageKey File
	// Copies are the files in the shared folder, if any is shared.
	Copies []File
	// Gathered says that the database was made of those of many desks, and Demo that it
	// is made up.
	Gathered, Demo bool
	Stored         Stored
	// Version is the program's, MadeAt when it was asked.
	Version string
	MadeAt  time.Time
}

// File is a file and who may open it.
type File struct {
	Path string
	// Missing says that there is none.
	Missing bool
	// Access says in words who may read and write it.
	Access string
}

// Stored counts what a database has.
type Stored struct {
	Events, Voided, Notes int
	// Desks and Sites are how many different names events have, Here how many events
	// have the names of the configuration's desk.
	Desks, Sites, Here int
	// First is the instant of the first event; zero where there is none.
	First time.Time
	// Contacts and Actions are lines, not conversations.
	Contacts, Actions int
}

// Page is what is told.
type Page struct {
	// Desk is "" where the page is of many.
	Desk string
	// Sections are covered by the hash, Now is not: it changes with each press.
	Sections []Section
	Now      Section
	Version  string
	MadeAt   time.Time
	// Zone is the one that MadeAt is shown in.
	Zone *time.Location
}

// Section is statements about one thing, each a paragraph.
type Section struct {
	Title      string
	Statements []string
}

// SHA256 is the hash of the page's statements, in hex: two pages with the same one say
// the same. Dates and counts are not in it. It is that of the lines "# TITLE" and
// "- STATEMENT" of all sections but the last, in UTF-8, each with its line feed.
func (p Page) SHA256() string {
	h := sha256.New()
	for _, s := range p.Sections {
		_, _ = h.Write([]byte("# " + s.Title + "\n")) // a hash takes everything
		for _, t := range s.Statements {
			_, _ = h.Write([]byte("- " + t + "\n"))
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// New makes the page.
func New(f Facts) Page {
	c := f.Config
	desk := c.Desk.Name
	if f.Gathered || f.Demo {
		desk = ""
	}
	return Page{
		Desk: desk, Version: f.Version, MadeAt: f.MadeAt, Zone: c.Desk.Zone,
		Sections: []Section{
			{"What is read", read(f)},
			{"What is kept of a press", kept(f)},
			{"For how long", retained(f)},
			{"Who can see it", seen(f)},
			{"What leaves this computer", leaves(f)},
			{"What exports and reports tell", told(c)},
			{"What cannot be asked", unasked(c)},
			{"What is taken out before it is stored", scrubbed()},
			{"How something is erased", erased()},
		},
		Now: Section{"What is stored now", stored(f)},
	}
}
