package config

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"magicbutton/internal/cx"
)

// TOML writes the configuration, defaults included, as a file that [Parse] reads
// as the same configuration.
func (c *Config) TOML() []byte {
	var p printer
	p.table("[desk]")
	p.text("name", c.Desk.Name)
	p.text("site", c.Desk.Site)
	if c.Desk.Zone != time.Local { // which has no name; leaving it out means the same
		p.text("zone", c.Desk.Zone.String())
	}
	p.text("channel", string(c.Desk.Channel))
	for _, t := range c.Catalogue.Tags() {
		p.tag(t)
	}
	p.table("[press]")
	p.text("debounce", c.Press.Debounce.String())
	p.text("guard", c.Press.Guard.String())
	p.text("hold", c.Press.Hold.String())
	p.text("double", c.Press.Double.String())
	p.text("same_conversation", c.Press.SameConversation.String())
	for _, b := range c.Buttons {
		p.button(b)
	}
	p.page(c.Page)
	if c.Share.Folder != "" {
		p.table("[share]")
		p.text("folder", c.Share.Folder)
	}
	p.table("[retention]")
	p.plain("notes_days", daysText(c.Retention.NotesDays))
	p.plain("events_days", daysText(c.Retention.EventsDays))
	p.report(c.Report)
	p.table("[privacy]")
	p.text("level", string(c.Privacy.Level))
	return p.out.Bytes()
}

type printer struct{ out bytes.Buffer }

func (p *printer) table(head string) {
	if p.out.Len() > 0 {
		p.out.WriteByte('\n')
	}
	fmt.Fprintln(&p.out, head)
}

func (p *printer) plain(key, value string) { fmt.Fprintf(&p.out, "%s = %s\n", key, value) }

// text writes what is not empty.
func (p *printer) text(key, value string) {
	if value != "" {
		p.plain(key, quote(value))
	}
}

func (p *printer) tag(t cx.Tag) {
	p.table("[[tag]]")
	p.text("code", t.Code)
	p.text("label", t.Label)
	p.text("stage", string(t.Stage))
	p.text("domain", string(t.Domain))
	p.text("driver", string(t.Driver))
	p.text("kind", string(t.Kind))
	if t.Preventable != nil {
		p.plain("preventable", strconv.FormatBool(*t.Preventable))
	}
	if t.Minutes != 0 {
		p.plain("minutes", numberText(t.Minutes))
	}
	p.text("merged_into", t.MergedInto)
	if t.Retired {
		p.plain("retired", "true")
	}
}

func (p *printer) button(b Button) {
	p.table("[[button]]")
	p.text("device", b.Device.String())
	p.text("key", b.Key.Name())
	p.text("tap", b.Tap.String())
	p.text("hold", b.Hold.String())
	p.text("double", b.Double.String())
}

// quote writes a TOML basic string. No text of a configuration has a control
// character, so that these two are all there is to escape.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
