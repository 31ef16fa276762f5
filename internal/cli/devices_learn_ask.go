package cli

import (
	"context"
	"errors"
	"slices"

	"magicbutton/hid"
	"magicbutton/internal/api"
	"magicbutton/internal/config"
)

// canHold reports whether a key can have more gestures than a tap.
func canHold(s api.Sight) bool { return !s.TapOnly && s.Key != hid.AnyKey.String() }

// question is what is asked of a key: at length once.
func (d *dialogue) question(s api.Sight) string {
	switch {
	case d.wantsUndo():
		return "  Enter makes it undo; or the number of a tag, s skip, ? help: "
	case d.asked:
		return "  tag (? help): "
	}
	d.asked = true
	both := ""
	if canHold(s) {
		both = ` ("2 hold 5": tap and hold)`
	}
	return "  number or tag" + both + ", u undo, s skip, ? help: "
}

// read reads an answer that fits the key. Nothing at all is the proposal, where
// there is one.
func (d *dialogue) read(s api.Sight, line string) (answer, error) {
	a, err := parseAnswer(line, d.tags)
	if err != nil {
		return answer{}, err
	}
	if a.what == answerNone && d.wantsUndo() {
		a = answer{what: answerBind, tap: config.Action{Undo: true}}
	}
	switch {
	case s.Key == hid.AnyKey.String() && (a.hold.Bound() || a.double.Bound()):
		return answer{}, errors.New("any key can only be tapped: one press may be many keys at once")
	case s.TapOnly && a.hold.Bound():
		return answer{}, errors.New("this key cannot be held: it says down and up at once")
	}
	return a, nil
}

func (d *dialogue) help(s api.Sight) {
	d.listTags()
	d.print("  3 or a code, or how it begins: that tag    u: undo    s: skip this key    q: quit\n")
	if canHold(s) {
		d.print("  3 hold 5: one tag for a tap, another where the key is held; double goes as well\n")
	}
	d.print("  by model, by serial, by port: how the device is named from here on\n")
}

// tryBind binds a key. What the configuration refuses is no reason to end: then it
// is asked again.
func (d *dialogue) tryBind(ctx context.Context, b config.Button) (done bool, err error) {
	var refused *config.Error
	err = d.bind(ctx, b)
	if errors.As(err, &refused) && len(refused.Problems) > 0 {
		d.print("  not bound: %s\n", refused.Problems[0].Text)
		return false, nil
	}
	if err != nil {
		return true, err
	}
	d.print("  bound: %s\n\n", describeButton(b))
	return true, nil
}

// sayBound says what a key does already, and how that can be changed.
func (d *dialogue) sayBound(s api.Sight, device hid.Match, line int) {
	d.print("  it is %s already; to change that, edit line %d of %s\n", d.does(device, s.Key), line, d.file)
	for _, n := range slices.Backward(possible(s)) {
		if n.closer(namingOf(device)) {
			d.print("  %s binds it for this one alone\n", d.command("devices learn --by "+string(n)))
			break
		}
	}
	d.print("\n")
}
