package cli

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"magicbutton/internal/agent"
	"magicbutton/internal/config"
	"magicbutton/internal/cx"
)

// pad is the button pad in the agent's own terminal. Without a terminal, its
// input is read all the same: a script may press.
type pad struct {
	env  Env
	stop context.CancelFunc
	tags []cx.Tag // by the keys of padKeys

	mu    sync.Mutex
	isRaw bool // a raw terminal needs a carriage return with each line feed
}

// padKeys are the keys of the pad, in the order of a keyboard's number row.
const padKeys = "1234567890"

// Keys that are sent as control characters while the terminal is raw.
const (
	ctrlC = 0x03
	ctrlD = 0x04
)

// terminalDevice is what an event of the pad records as its device.
const terminalDevice = "terminal"

func newPad(env Env, stop context.CancelFunc) *pad { return &pad{env: env, stop: stop} }

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// introduce says what is plugged in, and what the keys do.
func (p *pad) introduce(at place) {
	p.tags = at.config.Catalogue.UsableTags()
	if len(p.tags) > len(padKeys) {
		p.tags = p.tags[:len(padKeys)]
	}
	var out strings.Builder
	fmt.Fprintf(&out, "desk %s, database %s\n\n", at.config.Desk.Name, at.db)
	out.WriteString(introduceDevices(at))
	out.WriteString("\nThe keys of this terminal are buttons now:\n")
	for i, t := range p.tags {
		fmt.Fprintf(&out, "  %c  %-16s  %s\n", padKeys[i], t.Code, t.Label)
	}
	out.WriteString("  u  takes the last one back     Ctrl-C stops and shows this week\n\n")
	if at.config.Page.Enabled {
		fmt.Fprintf(&out, "The page for reps:  magicbutton open%s%s\n\n", at.configFlag(), at.dbFlag())
	}
	p.print(out.String())
}

// introduceDevices lists what is plugged in. The listener has not looked yet, so
// this looks by itself.
func introduceDevices(at place) string {
	if err := usbAvailable(at.env.Bus); err != nil {
		return fmt.Sprintf("USB buttons: %v\n  → %s\n", err, usbHint(err))
	}
	list, err := at.devicesHere()
	switch {
	case err != nil:
		return fmt.Sprintf("USB buttons: %v\n  → %s\n", err, hintOf(nil, err))
	case len(list) == 0:
		return "USB buttons: no HID device is plugged in\n"
	}
	return "HID devices here:\n" + deviceTable(list)
}

// raw makes each key count at once, without Enter, and returns how to undo that.
func (p *pad) raw() func() {
	f, ok := p.env.Stdin.(*os.File)
	if !ok || !isTerminal(f) {
		return func() {}
	}
	state, err := term.MakeRaw(int(f.Fd()))
	if err != nil {
		return func() {}
	}
	p.setRaw(true)
	return func() {
		p.setRaw(false)
		_ = term.Restore(int(f.Fd()), state) // nothing to be done about it at the end
	}
}

func (p *pad) setRaw(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.isRaw = on
}

// listen takes the keys until the input ends or ctx does. It reads in a goroutine
// that it cannot end, since reading from a terminal cannot be interrupted: that
// one ends with the process.
func (p *pad) listen(ctx context.Context, desk *agent.Desk) {
	go func() {
		in := bufio.NewReader(p.env.Stdin)
		var k keys
		for ctx.Err() == nil {
			b, err := in.ReadByte()
			if err != nil {
				p.ended()
				return
			}
			if key, ok := k.next(b, in.Buffered() > 0); ok {
				p.key(ctx, desk, key)
			}
		}
	}()
}

// ended is called at the end of the input. A script may press what it wants and
// leave the agent to go on; a terminal that is gone takes the agent with it.
func (p *pad) ended() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.isRaw {
		p.stop()
	}
}

func (p *pad) key(ctx context.Context, desk *agent.Desk, b byte) {
	i := strings.IndexByte(padKeys, b)
	press := agent.Press{Source: cx.SourceTerminal, Device: terminalDevice, Key: string(rune(b)), At: p.env.Now()}
	switch {
	case i >= 0 && i < len(p.tags):
		press.Action = config.Action{Tag: p.tags[i].Code}
	case b == 'u' || b == 'U':
		press.Action = config.Action{Undo: true}
	case b == ctrlC || b == ctrlD || b == 'q':
		p.stop()
		return
	case b == '\r' || b == '\n':
		return
	default:
		p.print("  keys: 1 to 0 tag, u takes back, Ctrl-C stops\n")
		return
	}
	p.show(desk.Press(context.WithoutCancel(ctx), press))
}

// show prints the outcome of one press, of the pad or of a device.
func (p *pad) show(o agent.Outcome) {
	p.print("  " + outcomeLine(o) + "\n")
}

func outcomeLine(o agent.Outcome) string {
	number := fmt.Sprintf("#%d", o.Event.ID.Seq())
	switch o.Result {
	case agent.Stored:
		if o.Late {
			return fmt.Sprintf("%-6s %-16s on disk now, of %s", number, o.Event.Tag, o.Press.At.Format(time.TimeOnly))
		}
		return fmt.Sprintf("%-6s %-16s on disk in %.1f ms", number, o.Event.Tag, float64(o.Took.Microseconds())/1000)
	case agent.Undone:
		if o.Event.ID.IsZero() {
			return fmt.Sprintf("%-6s %-16s taken back before it was saved", "", o.Event.Tag)
		}
		return fmt.Sprintf("%-6s %-16s taken back", number, o.Event.Tag)
	case agent.Refused:
		return fmt.Sprintf("%-6s %-16s already counted: the same key again too soon", "", o.Press.Action.Tag)
	case agent.NothingToUndo:
		return fmt.Sprintf("%-6s nothing to take back", "")
	}
	if o.Result == agent.Waiting && o.Err == nil {
		return fmt.Sprintf("%-6s %-16s waits for the database", "", o.Press.Action.Tag)
	}
	if o.Result == agent.Waiting {
		return fmt.Sprintf("%-6s %-16s NOT SAVED, waits in memory: %v", "", o.Press.Action.Tag, o.Err)
	}
	return fmt.Sprintf("%-6s %-16s NOT SAVED: %v", "", o.Press.Action.Tag, o.Err)
}

func (p *pad) print(text string) {
	_, _ = io.WriteString(p, text) // a terminal that is gone has nobody to tell
}

// Write writes to the terminal, raw or not.
func (p *pad) Write(b []byte) (int, error) { return p.write(p.env.Stdout, b) }

// errors returns where warnings go, raw or not.
func (p *pad) errors() io.Writer { return padErrors{p} }

type padErrors struct{ pad *pad }

func (e padErrors) Write(b []byte) (int, error) { return e.pad.write(e.pad.env.Stderr, b) }

func (p *pad) write(w io.Writer, b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := b
	if p.isRaw {
		text = bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n"))
	}
	_, err := w.Write(text)
	return len(b), err
}
