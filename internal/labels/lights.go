package labels

import (
	"slices"
	"strings"

	"magicbutton/hid"
	"magicbutton/internal/config"
)

// lightView is what a card says of how a press is answered. The zero value is a
// device without a light.
type lightView struct {
	Title, Where        string
	Class               string // of the style sheet: which colours the blinks are drawn in
	Once, Twice, Thrice string // "1 green blink"
}

// ownLight is the light of the models whose names begin so.
type ownLight struct {
	model string
	light lightView
}

// ownLights are the lights of known models; the first that fits counts. hid's lamps
// say which colours they show.
var ownLights = []ownLight{
	{"Stream Deck Neo", deckLight("; a touch key answers on key 1")},
	{"Stream Deck +", deckLight("; a dial answers on key 1")},
	{"Stream Deck Studio", deckLight("; a dial answers on key 1")},
	{"Stream Deck", deckLight("")},
	{"X-keys", colours("mixed", "The lights at its edge", "green-and-red")},
	{"MuteMe", colours("coloured", "The button itself", "yellow")},
	{"Luxafor", colours("coloured", "The button itself", "amber")},
	{"", colours("coloured", "Its own light", "amber")},
}

func deckLight(others string) lightView {
	return colours("coloured", "The pressed key lights up"+others, "amber")
}

// colours is a light of three colours, of which the second differs.
func colours(class, where, second string) lightView {
	return lightView{
		Title: "What the light says", Where: where, Class: class,
		Once: "1 green blink", Twice: "2 " + second + " blinks", Thrice: "3 long red blinks",
	}
}

// lightOf says what answers a press on a pad.
func lightOf(p pad) lightView {
	known, ok := likely(p)
	if ok && known.HasLamp() {
		i := slices.IndexFunc(ownLights, func(l ownLight) bool { return strings.HasPrefix(known.Name, l.model) })
		return ownLights[i].light
	}
	l := lightView{Title: "If it has a light", Once: "1 blink", Twice: "2 blinks", Thrice: "3 long blinks"}
	if !ok {
		if slices.ContainsFunc(p.buttons, func(b config.Button) bool { return b.Key.Page == hid.PageKeyboard }) {
			l.Title, l.Where = "What the NumLock light says", "Without one, Scroll Lock or Caps Lock blinks"
		}
		return l
	}
	if _, ownReports := known.Descriptor(); ownReports || known.Burst {
		return lightView{}
	}
	return l
}

// likely finds what a model is, or, where its ids are borrowed, most likely is: what
// the keys that are bound on it do not gainsay.
func likely(p pad) (*hid.Profile, bool) {
	if known, ok := profile(p.match); ok {
		return known, true
	}
	known, ok := hid.ProfileFor(p.match.VendorID, p.match.ProductID)
	if !ok {
		return nil, false
	}
	if d, ok := known.Descriptor(); ok {
		return known, !slices.ContainsFunc(p.buttons, func(b config.Button) bool { return !d.Has(b.Key) })
	}
	return known, true
}
