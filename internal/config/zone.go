package config

import (
	"cmp"
	"os"
	"strings"
	"time"
)

// localZone returns the machine's own zone, by its name where that can be found:
// "Local" in a tally tells its reader nothing. TZ goes before /etc/localtime, as
// in tzset(3).
func localZone() *time.Location {
	link, _ := os.Readlink("/etc/localtime")
	_, name, _ := strings.Cut(link, "zoneinfo/")
	name = cmp.Or(strings.TrimPrefix(os.Getenv("TZ"), ":"), name)
	loc, err := time.LoadLocation(name)
	if err != nil || name == "" || strings.HasPrefix(name, "/") {
		return time.Local
	}
	return loc
}
