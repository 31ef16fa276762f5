package privacy

import (
	"fmt"
	"slices"
	"strings"

	"magicbutton/internal/config"
	"magicbutton/internal/cx"
)

const (
	madeUp   = "This database is a demo: its desks, presses and notes are made up, and of nobody."
	gathered = "This database was gathered from those of many desks. No agent writes to it, and no device is read for it. What is read at each of these desks, and for how long it is kept there, magicbutton privacy says there."
)

func read(f Facts) []string {
	switch {
	case f.Gathered && f.Demo:
		return []string{gathered, "A demo was gathered, too: its desks, presses and notes are made up, and of nobody."}
	case f.Gathered:
		return []string{gathered}
	case f.Demo:
		return append([]string{madeUp}, readHere(f.Config)...)
	}
	return readHere(f.Config)
}

func readHere(c *config.Config) []string {
	var devices []string
	keys := make(map[string][]string)
	for _, b := range c.Buttons {
		name := b.Device.String()
		if keys[name] == nil {
			devices = append(devices, name)
		}
		keys[name] = append(keys[name], fmt.Sprintf("%s (%s)", b.Key.Name(), b.Actions()))
	}
	if len(devices) == 0 {
		return []string{
			"No device is read: the configuration names none. Events come from commands that somebody types, and from imports.",
			"No call, screen, microphone, camera or customer file is read.",
		}
	}
	out := []string{fmt.Sprintf("Of all devices at this computer the agent opens %s, because the configuration names it. No other device is opened.", devices[0])}
	if len(devices) > 1 {
		out[0] = fmt.Sprintf("Of all devices at this computer the agent opens these %d, because the configuration names them: %s. No other device is opened.",
			len(devices), strings.Join(devices, ", "))
	}
	for _, d := range devices {
		out = append(out, fmt.Sprintf("On %s these keys count, and nothing else: %s.", d, strings.Join(keys[d], "; ")))
	}
	return append(out,
		"Every other key of these devices is dropped where it is read: it is not stored, not counted and not logged. The program is no keylogger.",
		"Apart from the agent, magicbutton devices learn listens to devices for the moment in which somebody binds a key, and keeps what was chosen.",
		"No call, screen, microphone, camera or customer file is read.",
	)
}

func kept(f Facts) []string {
	desk, d := "the desk and its site", f.Config.Desk
	if !f.Gathered && !f.Demo {
		desk = fmt.Sprintf("the desk (%q)", d.Name)
		if d.Site != "" {
			desk += fmt.Sprintf(", the site (%q)", d.Site)
		}
	}
	return []string{
		fmt.Sprintf("The moment of the press and of its storing, both to the millisecond; %s; the tag; where they are known, the stage of the customer's journey, the channel, and the channel that was tried before; which presses belong to one conversation; the device and the key, or how else it came in.", desk),
		"A note, where somebody typed one: the customer's own words. Whom a note names, it names.",
		"What an event was before it was taken back or corrected.",
		"How often a key was pressed again too soon to count: a number for each day, device and key.",
		"No rep is stored: no name, no login, no shift. But a desk where one person sits at a time, beside a duty roster, tells who pressed; whoever has both can put them together.",
		"What leads type about tags and weeks: numbers of contacts, and actions, with the name of an owner if they type one.",
		"The agent writes what it does to its log: tag, device, key and number of each press, no note. Who runs the agent decides where that log is kept and for how long.",
	}
}

func retained(f Facts) []string {
	r := f.Config.Retention
	out := make([]string, 0, 4)
	switch r.NotesDays {
	case 0:
		out = append(out, "Notes are kept for ever: the configuration says so. (Left to itself the program keeps them 90 days.)")
	default:
		out = append(out, fmt.Sprintf("Notes are kept %s.", plural(r.NotesDays, "day")))
	}
	switch r.EventsDays {
	case 0:
		out = append(out, "Events are kept for ever.")
	default:
		out = append(out, fmt.Sprintf("Events are kept %s. What they count stays in sums, in which no single press can be seen, but quarter hours of a desk can.", plural(r.EventsDays, "day")))
	}
	drops := "The agent drops what is older once a day while it runs, and magicbutton db purge does it at once."
	if f.Gathered {
		drops = "Nothing drops what is older by itself, as no agent runs for it: magicbutton db purge does, when somebody runs it."
	}
	return append(out, drops+" What is dropped is gone from the database file.",
		"Backups, exports and copies that somebody made before are not reached by it.")
}

func seen(f Facts) []string {
	var out []string
	if f.Database.Missing {
		out = append(out, fmt.Sprintf("The database is to be %s; there is none yet.", f.Database.Path))
	} else {
		out = append(out, fmt.Sprintf("The database is %s. %s", f.Database.Path, f.Database.Access))
	}
	out = append(out, "Whoever can read the database file can read all that is in it, notes too: it is not encrypted. So can whoever administers this computer, and whoever has its disk, unless the disk is encrypted.")
	if f.Socket.Missing {
		out = append(out, "No agent runs now, so that nobody can ask one.")
	} else {
		out = append(out, fmt.Sprintf("The agent answers at %s. %s Whoever may use it can ask for all that is stored.", f.Socket.Path, f.Socket.Access))
	}
	out = append(out, browsed(f)...)
	if f.Settings.Path == "" {
		return append(out, "There is no configuration file: the built-in one is in force.")
	}
	return append(out, fmt.Sprintf("The configuration is %s. %s Whoever may write it can change what this page says.", f.Settings.Path, f.Settings.Access))
}

// browsed says who can open the rep's page.
func browsed(f Facts) []string {
	p := f.Config.Page
	switch {
	case f.Gathered:
		return nil
	case !p.Enabled:
		return []string{"There is no page for the browser: the configuration has enabled = false in [page]."}
	}
	out := []string{
		fmt.Sprintf("While the agent runs it shows on a page for the browser at this computer, 127.0.0.1:%d, what was pressed in the last ten minutes, with notes, to be corrected or taken back; and what this desk counts this day and week, for no person. No other computer reaches it. A browser is let in by magicbutton open, which whoever may use the agent can run, and stays so until it was away for 30 days.", p.Port),
		"Where the system tells whose program connects, as Linux does, the page turns away those of other users, but for whoever administers this computer. Elsewhere what lets a browser in is a cookie alone. The cookie is all that the page keeps in the browser: a note is in its memory until it is saved.",
	}
	if k := f.PageKey; k.Path != "" && !k.Missing {
		out = append(out, fmt.Sprintf("The key of these cookies is %s. %s Whoever can read it can make a cookie.", k.Path, k.Access))
	}
	return out
}

// loopback is where the agent listens for browsers, "" for nowhere.
func loopback(f Facts) string {
	if f.Gathered || !f.Config.Page.Enabled {
		return ""
	}
	return " but 127.0.0.1, which no other computer reaches: for the page"
}

func leaves(f Facts) []string {
	out := []string{
		fmt.Sprintf("The program sends nothing anywhere: it opens no network connection, and listens on none%s. It looks for no update and reports no use.", loopback(f)),
		"What somebody exports, reports, backs up or copies goes where they put it.",
	}
	folder := f.Config.Share.Folder
	if f.Gathered {
		return append(out, "No agent runs for a gathered database, so that no copy of it is shared.")
	}
	if folder == "" {
		return append(out, "No shared folder is configured.")
	}
	out = append(out, fmt.Sprintf("The agent puts a copy of the whole database into the shared folder %s, once an hour where something changed: notes, desks and exact moments too, whatever the privacy level. It is for the lead, who gathers the desks. Whoever can read that folder can read the copy.", folder))
	for _, c := range f.Copies {
		out = append(out, fmt.Sprintf("The copy is %s. %s", c.Path, c.Access))
	}
	return out
}

func told(c *config.Config) []string {
	var out []string
	if c.Privacy.Masked() {
		out = []string{
			`The privacy level is "site": exports, listings and reports name no desk, device or key, and tell of each event the quarter hour in which it was made. Ids, which would tell desk and millisecond, are replaced. What single desks count is not answered, but by magicbutton gather to whoever has the databases of all of them.`,
			"The order of events within a quarter hour, sites and notes are still told.",
		}
	} else {
		out = []string{
			`The privacy level is "desk": exports and listings tell all that is stored, desk, device, key and millisecond included. (At level "site" they do not: [privacy] in the configuration.)`,
		}
	}
	return append(out,
		"The level binds the commands that read this configuration. It is no lock: who can read the database or a copy of it can ask with another configuration.",
		fmt.Sprintf("Tables that set desks or sites beside each other hide counts under %d, and as many others as it takes so that none of these follows from the other sums of that week. What all desks count together is told: so what only one of them had can be found out. Exports for other programs (CSV, JSON, NDJSON, XLSX, Parquet) hide nothing, and say so.", cx.SmallCount))
}

func unasked(c *config.Config) []string {
	out := []string{
		"No command names a rep, counts for a rep, or compares reps: none is stored.",
		"No command measures how fast or how much somebody works: the program does not know who is at work, nor when, and presses are not all that somebody does.",
	}
	if !c.Privacy.Masked() {
		out = append(out, "A lead can ask for the tally of a desk (--by desk, --desk). Where a desk is one person's, that is a count of what one person pressed, and an export tells when. Level \"site\" answers neither.")
	}
	return out
}

func scrubbed() []string {
	return []string{
		"Card numbers (13 to 19 digits with a card's check digit) are taken out of every note before it is stored or logged, but for their last four; 3 or 4 digits after cvv, cvc, cid or \"security code\" too. No setting turns that off.",
		"Nothing else is taken out of a note: a name that somebody types stays until it is erased or too old.",
	}
}

func erased() []string {
	return []string{
		"magicbutton db erase takes out events by id, by words of their notes, by desk, device or tag, and writes a receipt. The file is written anew without them, their notes and what they were before. Of each one stay its quarter hour, tag, stage, channel, desk and site, so that tallies stay as they are, and its number, so that no copy brings it back.",
		"Backups, exports and copies that were made before still have it; a copy in a shared folder until the agent writes the next one.",
	}
}

func stored(f Facts) []string {
	s := f.Stored
	if s.Events == 0 {
		return []string{"No event is stored."}
	}
	out := []string{
		fmt.Sprintf("Events: %d, %s, the first of %s.", s.Events, whose(f), s.First.In(f.Config.Desk.Zone).Format("2 January 2006")),
		fmt.Sprintf("Of these taken back: %d.", s.Voided),
		fmt.Sprintf("Notes: %d.", s.Notes),
	}
	if s.Contacts > 0 {
		out = append(out, fmt.Sprintf("Numbers of contacts: %d.", s.Contacts))
	}
	if s.Actions > 0 {
		out = append(out, fmt.Sprintf("Actions: %d.", s.Actions))
	}
	return slices.Clip(out)
}

// whose says of which desks the events are.
func whose(f Facts) string {
	s := f.Stored
	desks := plural(s.Desks, "desk")
	if s.Sites > 1 {
		desks += fmt.Sprintf(" at %d sites", s.Sites)
	}
	const imported = "imported, or from when this desk had another name or site"
	switch {
	case f.Gathered:
		return "of " + desks + ", gathered from their databases"
	case f.Demo && s.Here > 0:
		return fmt.Sprintf("made up, of %s, but for %d of this desk", desks, s.Here)
	case f.Demo:
		return "made up, of " + desks
	case s.Here == s.Events:
		return "of this desk"
	case s.Here == 0:
		return "none of this desk but of " + desks + ": " + imported
	}
	return fmt.Sprintf("%d of this desk, %d under other names (%s in all): %s", s.Here, s.Events-s.Here, desks, imported)
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
