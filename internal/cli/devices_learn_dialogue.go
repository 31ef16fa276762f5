package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"magicbutton/hid"
	"magicbutton/internal/api"
	"magicbutton/internal/config"
	"magicbutton/internal/cx"
)

// dialogue learns keys by asking at a terminal.
type dialogue struct {
	*learning
	console *console
	tags    []cx.Tag          // by their numbers
	named   map[string]naming // by unit, once it was said how a device is named
	asked   bool              // the long form of the question
	stray   bool              // it was said that a key came to the terminal
}

func newDialogue(l *learning, c *console) *dialogue {
	return &dialogue{learning: l, console: c, tags: l.usableTags(), named: make(map[string]naming)}
}

// run learns keys until somebody has enough, and shows what the keys do then.
func (d *dialogue) run(ctx context.Context) error {
	d.console.raw()
	defer d.console.restore()
	d.introduce()
	err := d.learnKeys(ctx)
	d.console.restore()
	if errors.Is(err, errIdle) {
		err = d.idleError()
	}
	if len(d.bound) > 0 || err == nil {
		_, _ = io.WriteString(d.env.Stdout, "\n"+d.summary()) // checkedWriter knows
	}
	return err
}

func (d *dialogue) print(format string, args ...any) { d.console.print(fmt.Sprintf(format, args...)) }

func (d *dialogue) introduce() {
	d.listTags()
	made := ""
	if d.config.Path == "" {
		made = ", which is made then"
	}
	d.print("\nKeys are bound in %s%s.\n", d.file, made)
	d.print("Answer on your own keyboard. No press counts while a key is waited for.\n\n")
}

func (d *dialogue) listTags() {
	var t table
	for i, tag := range d.tags {
		t = append(t, []cell{{text: fmt.Sprint(i + 1), right: true}, left(tag.Code), left(tag.Label)})
	}
	var out strings.Builder
	if len(t) > 0 {
		t.write(&out)
	}
	d.print("%s", out.String())
}

// learnKeys learns one key after the other until somebody has enough, which is no
// error.
func (d *dialogue) learnKeys(ctx context.Context) error {
	for {
		s, err := d.press(ctx, audience{d.invite, d.tell, d.console, d.typed})
		if err == nil {
			err = d.learnKey(ctx, s)
		}
		if errors.Is(err, errEnded) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// wantsUndo reports whether an undo is to be proposed: until the first key is
// bound, where no key of any device is one.
func (d *dialogue) wantsUndo() bool {
	for _, b := range d.config.Buttons {
		if b.Tap.Undo || b.Hold.Undo || b.Double.Undo {
			return false
		}
	}
	return len(d.bound) == 0
}

func (d *dialogue) invite() {
	if d.wantsUndo() {
		d.print("Press the key that takes back a mistake; q ends.\n")
		return
	}
	d.print("Press the next key; q ends.\n")
}

func (d *dialogue) tell(s api.Sight) {
	for _, line := range d.news(s) {
		d.print("  %s\n", line)
	}
}

// typed tells whoever presses a key that typed here what that means.
func (d *dialogue) typed(letters string) {
	if letters == "" || d.stray {
		return
	}
	d.stray = true
	what := "a key"
	if letters = strings.TrimSpace(letters); letters != "" {
		what = fmt.Sprintf("%q", letters)
	}
	d.print("  %s was typed here: to learn that key, unplug its keyboard and plug it in again\n", what)
}

// learnKey asks what a key is to do, and binds it.
func (d *dialogue) learnKey(ctx context.Context, s api.Sight) error {
	d.print("%s of %s\n", keyOf(s), deviceOf(s))
	by, err := d.naming(ctx, s)
	if err != nil {
		return err
	}
	for {
		b, err := named(s, by)
		if err != nil {
			return err
		}
		ask, err := d.mayAsk(s, b)
		if err != nil || !ask {
			return err
		}
		line, err := d.console.ask(ctx, d.question(s))
		if err != nil {
			return err
		}
		a, err := d.read(s, line)
		switch {
		case err != nil:
			d.print("  %v\n", err)
		case a.what == answerQuit:
			return errEnded
		case a.what == answerSkip:
			d.print("\n")
			return nil
		case a.what == answerNaming:
			by = d.rename(s, a.by, by)
		case a.what == answerBind:
			b.Tap, b.Hold, b.Double = a.tap, a.hold, a.double
			if done, err := d.tryBind(ctx, b); done || err != nil {
				return err
			}
		default:
			d.help(s)
		}
	}
}

// naming returns how to name a device, and says so at the first key of it.
func (d *dialogue) naming(ctx context.Context, s api.Sight) (naming, error) {
	if by, ok := d.named[unit(s)]; ok {
		return by, nil
	}
	b, err := d.button(ctx, s)
	if err != nil {
		return "", err
	}
	by := namingOf(b.Device)
	d.named[unit(s)] = by
	var others []string
	for _, n := range possible(s) {
		if n != by {
			others = append(others, fmt.Sprintf("%q", "by "+string(n)))
		}
	}
	otherwise := ""
	if len(others) > 0 {
		otherwise = " (else answer " + strings.Join(others, " or ") + ")"
	}
	d.print("  named %s, %s%s\n", b.Device, by.words(), otherwise)
	return by, nil
}

// rename names a device in another way, from this key on.
func (d *dialogue) rename(s api.Sight, by, before naming) naming {
	m, err := by.of(s)
	if err != nil {
		d.print("  %v\n", err)
		return before
	}
	d.named[unit(s)] = by
	d.print("  named %s, %s\n", m, by.words())
	return by
}

// mayAsk reports whether a key can be bound under a name. Where it is bound
// already it says so, and what can be done about it.
func (d *dialogue) mayAsk(s api.Sight, b config.Button) (bool, error) {
	if s.Bound == "" && d.config.Path == "" {
		return true, nil
	}
	device := b.Device
	if bound, err := hid.ParseMatch(s.Bound); err == nil && namingOf(device).closer(namingOf(bound)) {
		return true, nil // the closer name wins
	} else if err == nil {
		device = bound
	}
	line, err := config.ButtonLine(d.file, device, b.Key)
	if err != nil || line == 0 {
		return err == nil, err
	}
	d.sayBound(s, device, line)
	return false, nil
}
