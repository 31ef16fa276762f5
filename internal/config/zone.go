package config

import (
	_ "embed"
	"fmt"
	"os"
	"strings"
	"time"
)

// zoneList names the zones of the time zone database, one a line, for guessing
// what was meant. It is lib/time/zoneinfo.zip of Go's own tree, without Factory,
// which stands for no zone.
//
//go:embed zones.txt
var zoneList string

// ParseZone reads the name of a time zone, such as Europe/Berlin, and guesses what
// was meant where there is none of that name. The machine's own zone has no name
// here.
func ParseZone(s string) (*time.Location, error) {
	loc, err := time.LoadLocation(s)
	if err == nil && s != "" && s != "Local" { // these two are the machine's own zone, or UTC, to LoadLocation
		return loc, nil
	}
	if near := guess(s, strings.Fields(zoneList)); near != "" {
		return nil, fmt.Errorf("unknown zone %q%s", clip(s), near)
	}
	return nil, fmt.Errorf("unknown zone %q: want a name such as \"Europe/Berlin\"; leave it out for this machine's own", clip(s))
}

// localZone returns the machine's own zone.
func localZone() *time.Location {
	link, _ := os.Readlink("/etc/localtime")
	return named(time.Local, link)
}

// named returns the machine's own zone by its name, where that can be found:
// "Local" in a tally tells its reader nothing. Package time gives the local zone a
// name where $TZ says so; else link, which /etc/localtime is, may tell.
func named(local *time.Location, link string) *time.Location {
	name := local.String()
	if name == "Local" {
		_, name, _ = strings.Cut(link, "zoneinfo/")
	}
	if loc, err := ParseZone(name); err == nil {
		return loc
	}
	return local
}
