package main

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// line is one comparison.
type line struct {
	name string
	// ours and peer are what was measured, as people read it.
	ours, peer string
	// ratio is ours divided by the peer's; 0 where there is nothing to divide.
	ratio float64
	// target bounds the ratio, from above unless atLeast; 0 is no target: such a
	// line is there to be known.
	target  float64
	atLeast bool
	rounds  int
	// what says what the peer is.
	what string
}

// verdict says whether the target was met.
func (l line) verdict() string {
	switch {
	case l.target == 0:
		return "-"
	case l.atLeast && l.ratio >= l.target, !l.atLeast && l.ratio <= l.target:
		return "met"
	}
	return "MISSED"
}

func (l line) bound() string {
	switch {
	case l.target == 0:
		return ""
	case l.atLeast:
		return fmt.Sprintf(">= %.4g", l.target)
	}
	return fmt.Sprintf("<= %.4g", l.target)
}

// table prints lines as they come.
type table struct {
	out                 io.Writer
	met, missed, untold int
	skipped             []string
}

const tableFormat = "%-22s %12s %12s %9s  %-9s %-7s %6s  %s\n"

func (t *table) head(o options) {
	fmt.Fprintf(t.out, "%d events, %s\n", o.events, time.Now().UTC().Format("2006-01-02 15:04 MST"))
	fmt.Fprintf(t.out, tableFormat, "name", "ours", "peer", "ratio", "target", "", "rounds", "beside")
}

func (t *table) add(l line) {
	ratio := ""
	if l.ratio > 0 {
		ratio = strconv.FormatFloat(l.ratio, 'f', max(0, 2-int(math.Floor(math.Log10(l.ratio)))), 64) // three digits that say something
	}
	switch l.verdict() {
	case "met":
		t.met++
	case "MISSED":
		t.missed++
	}
	fmt.Fprintf(t.out, tableFormat, l.name, l.ours, l.peer, ratio, l.bound(), l.verdict(), fmt.Sprint(l.rounds), l.what)
}

// skip says that a line could not be measured here, and why.
func (t *table) skip(name, why string) {
	t.skipped = append(t.skipped, name)
	fmt.Fprintf(t.out, "%-22s skipped: %s\n", name, why)
}

func (t *table) foot() {
	fmt.Fprintf(t.out, "%d targets met, %d missed", t.met, t.missed)
	if len(t.skipped) > 0 {
		fmt.Fprintf(t.out, ", %d not measured (%s)", len(t.skipped), strings.Join(t.skipped, ", "))
	}
	fmt.Fprintln(t.out)
}
