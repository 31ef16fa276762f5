package cli

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"magicbutton/internal/cx"
	"magicbutton/store"
)

// gatheredDesk is a row of the table of desks.
type gatheredDesk struct {
	name     string
	inPeriod int
	last     time.Time // zero for none
	shared   time.Time // zero where no file is this desk's database
	origins  []store.MergedOrigin
	gone     bool // nobody expects anything of it
}

// silent says that the desk was to send something and did not.
func (d gatheredDesk) silent() bool { return d.inPeriod == 0 && !d.gone }

// desksOf makes desks of origins. One desk has several where it was restored or
// moved to another machine, one after the other. Where two databases of one name
// were in use at the same time, they are two desks that should not have one name.
func desksOf(r store.MergeReport) (desks []gatheredDesk) {
	full := make(map[string]bool) // files with events
	for _, f := range r.Files {
		full[f.Path] = f.Events > 0
	}
	for _, group := range byDesk(originsByName(r)) {
		// A database of other desks' events, into which they were imported, is no desk.
		if !slices.ContainsFunc(group, func(o store.MergedOrigin) bool { return o.Events > 0 || !full[o.File] }) {
			continue
		}
		name := deskName(group[0])
		if rivals := slices.Collect(rivalsOf(group)); len(rivals) > 1 {
			for _, o := range rivals {
				desks = append(desks, newGatheredDesk(name+" "+o.Origin.String(), o))
			}
			group = slices.DeleteFunc(group, func(o store.MergedOrigin) bool { return o.File != "" })
			if len(group) == 0 {
				continue
			}
			name += " (before)"
		}
		desks = append(desks, newGatheredDesk(name, group...))
	}
	slices.SortStableFunc(desks, func(a, b gatheredDesk) int {
		loud := func(d gatheredDesk) int { return min(d.inPeriod, 1) }
		return cmp.Or(cmp.Compare(loud(a), loud(b)), cmp.Compare(a.name, b.name))
	})
	return desks
}

// originsByName returns the origins once for each name that their events have, as a tally
// by desk has them. Under the name of its latest event an origin has all else that is
// known of it; a former name, or one whose events were imported, only counts where it
// was in use in the period or as long before.
func originsByName(r store.MergeReport) (named []store.MergedOrigin) {
	for _, o := range r.Origins {
		now := o
		now.InPeriod = 0
		for _, d := range r.Desks {
			switch {
			case d.Origin != o.Origin:
			case d.Desk == o.Desk:
				now.InPeriod, now.First, now.Last = d.InPeriod, d.First, d.Last
			case d.InPeriod > 0 || d.Before > 0:
				named = append(named, store.MergedOrigin{
					Origin: o.Origin, Desk: d.Desk, Events: o.Events, InPeriod: d.InPeriod, First: d.First, Last: d.Last,
				})
			}
		}
		named = append(named, now)
	}
	slices.SortStableFunc(named, func(a, b store.MergedOrigin) int { return cmp.Compare(deskName(a), deskName(b)) })
	return named
}

// notExpected marks the desks that are gone, and returns the names that are no desk's.
func notExpected(desks []gatheredDesk, names []string) (marked []gatheredDesk, unknown []string) {
	for _, name := range names {
		i := slices.IndexFunc(desks, func(d gatheredDesk) bool { return d.name == name })
		if i < 0 {
			unknown = append(unknown, name)
			continue
		}
		desks[i].gone = true
	}
	return desks, unknown
}

// deskName is what an origin's desk is called. Where it has no name or no event yet
// that is what its copy in a shared folder is called for, else its file: many desks'
// have the same name in folders of their own.
func deskName(o store.MergedOrigin) string {
	switch {
	case o.Desk != "":
		return o.Desk
	case o.File == "":
		return "(no name)"
	}
	if name, ok := strings.CutSuffix(filepath.Base(o.File), "-"+o.Origin.String()+".db"); ok && name != "" {
		return name
	}
	return o.File
}

// byDesk groups origins, which are sorted by the name of their desk.
func byDesk(origins []store.MergedOrigin) (groups [][]store.MergedOrigin) {
	for _, o := range origins {
		if n := len(groups); n > 0 && deskName(groups[n-1][0]) == deskName(o) {
			groups[n-1] = append(groups[n-1], o)
			continue
		}
		groups = append(groups, []store.MergedOrigin{o})
	}
	return groups
}

// rivalsOf yields the origins that sign a file of their own and were in use while
// another such one was.
func rivalsOf(group []store.MergedOrigin) func(func(store.MergedOrigin) bool) {
	overlap := func(a, b store.MergedOrigin) bool {
		return a.File != "" && b.File != "" && a.Events > 0 && b.Events > 0 && !a.First.After(b.Last) && !b.First.After(a.Last)
	}
	return func(yield func(store.MergedOrigin) bool) {
		for i, a := range group {
			for j, b := range group {
				if i != j && overlap(a, b) {
					if !yield(a) {
						return
					}
					break
				}
			}
		}
	}
}

func newGatheredDesk(name string, origins ...store.MergedOrigin) gatheredDesk {
	d := gatheredDesk{name: name, origins: origins}
	for _, o := range origins {
		d.inPeriod += o.InPeriod
		if o.Last.After(d.last) {
			d.last = o.Last
		}
		if o.Modified.After(d.shared) {
			d.shared = o.Modified
		}
	}
	return d
}

// printDesks prints the table of desks, and below it what is missing.
func printDesks(w io.Writer, desks []gatheredDesk, when period) error {
	var out strings.Builder
	fmt.Fprintln(&out, when.describe(cx.WeekOf(when.From, when.zone)))
	t := table{{left("desk"), right("events"), left("last event"), left("last copy"), left("")}}
	clock := func(at time.Time) string {
		if at.IsZero() {
			return "–"
		}
		return at.In(when.zone).Format("2006-01-02 15:04")
	}
	for _, d := range desks {
		note := ""
		switch {
		case d.silent():
			note = "sent nothing"
		case d.inPeriod == 0:
			note = "not expected"
		}
		t = append(t, []cell{left(d.name), right(strconv.Itoa(d.inPeriod)), left(clock(d.last)), left(clock(d.shared)), left(note)})
	}
	t.write(&out)
	for _, d := range desks {
		for _, line := range d.missing() {
			fmt.Fprintln(&out, line)
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// sayDesks says of the desks only what somebody should look at.
func sayDesks(env Env, desks []gatheredDesk) {
	for _, d := range desks {
		if d.silent() {
			say(env.Stderr, "%s sent nothing in this week", d.name)
		}
		for _, line := range d.missing() {
			say(env.Stderr, "%s", line)
		}
	}
}

// missing says which numbers of a desk have no event, and which have two.
func (d gatheredDesk) missing() (lines []string) {
	for _, o := range d.origins {
		if o.Missing > 0 {
			var runs []string
			shown := uint64(0)
			for _, r := range o.Holes {
				runs = append(runs, runText(r))
				shown += r.To - r.From + 1
			}
			if shown < o.Missing {
				runs = append(runs, "…")
			}
			lines = append(lines, fmt.Sprintf("%s: %d of %s missing (%s)", d.name, o.Missing, pressCount(o.LastSeq), strings.Join(runs, ", ")))
		}
		if o.Twice > 0 {
			lines = append(lines, fmt.Sprintf("%s: %s given out twice, as its machine was copied; all its presses are kept", d.name, plural(int(o.Twice), "number")))
		}
	}
	return lines
}

func pressCount(n uint64) string {
	return plural(int(n), "press")
}

func runText(r store.SeqRange) string {
	if r.From == r.To {
		return fmt.Sprintf("#%d", r.From)
	}
	return fmt.Sprintf("#%d–#%d", r.From, r.To)
}
