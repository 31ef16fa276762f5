package hid

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"
)

// Profile is what is known of a model that its own descriptor does not say: a hand-written descriptor where its reports have
// no meaning in the real one, and how its keys behave. A Profile is read-only.
type Profile struct {
	Name string // "Stream Deck MK.2"
	// VendorID and ProductIDs are the models. A vendor 0 is any model whose name fits: cheap devices borrow their ids.
	VendorID   uint16
	ProductIDs []uint16
	// Rows and Columns are of the keys as they lie on the panel; 0 where they lie in no known grid. See ButtonAt.
	Rows, Columns int
	TapOnly       bool   // its keys cannot be held: down and up come at once
	Burst         bool   // a macro device (webkey): one press types many reports, so AnyKey is what to bind
	Confirmed     bool   // somebody saw it on hardware or recorded it; false: from documents, and may be wrong
	Source        string // where the row is from

	product string        // folded words of which its maker and product strings must have one; none: the ids tell
	fields  []buttonField // what its reports mean; none: its own descriptor serves
	report  uint8         // id of the report with the fields; 0: its reports are not numbered
	grid    grid
	polling *polling // nil: it speaks by itself
	lamp    lamp     // what it answers a press with; nil: its keyboard lights, if it has any
}

// polling is how a device is made to tell its state. Its first answer is the state to begin with: see Decoder.Baseline.
type polling struct {
	request []byte        // the output report to write, its id first, 0 for none
	every   time.Duration // how often; 0: once, right after it was opened
	answer  guard         // what an answer passes and no other report does; zero: every report is an answer
}

// ProfileOf is the row for a device that is there, by its ids and, where ids are shared, by its maker and product strings. The row of a
// device with several interfaces is for the first of them.
func ProfileOf(d Device) (*Profile, bool) {
	for i := range profiles {
		if p := &profiles[i]; p.has(d.VendorID, d.ProductID) && p.fits(d) {
			return p, true
		}
	}
	return nil, false
}

// ProfileFor is the first row for a model, by ids alone, for reports that were recorded.
func ProfileFor(vendor, product uint16) (*Profile, bool) {
	for i := range profiles {
		if p := &profiles[i]; p.VendorID != 0 && p.has(vendor, product) {
			return p, true
		}
	}
	return nil, false
}

// Profiles are all rows of the table, in the order in which they are tried.
func Profiles() iter.Seq[*Profile] {
	return func(yield func(*Profile) bool) {
		for i := range profiles {
			if !yield(&profiles[i]) {
				return
			}
		}
	}
}

// HasLamp tells whether a press can be answered on a light of the model's own. False leaves the lights of a keyboard.
func (p *Profile) HasLamp() bool { return p.lamp != nil }

// tapOnly tells whether a model's keys cannot be held. A nil Profile knows nothing.
func (p *Profile) tapOnly() bool { return p != nil && (p.TapOnly || p.Burst) }

func (p *Profile) has(vendor, product uint16) bool {
	return p.VendorID == 0 || p.VendorID == vendor && slices.Contains(p.ProductIDs, product)
}

// fits tells whether a device with the right ids is the one meant.
func (p *Profile) fits(d Device) bool {
	if len(p.fields) > 0 && d.Interface > 0 {
		return false
	}
	if p.product == "" {
		return true
	}
	name := foldName(d.Manufacturer + " " + d.Product)
	return slices.ContainsFunc(strings.Fields(p.product), func(word string) bool { return strings.Contains(name, word) })
}

// Layout is what the device's reports mean: its profile's descriptor, else its own, else that of a boot keyboard, whose reports HID
// 1.11, appendix B.1, fixes. The error says what is wrong with its own.
func (d Device) Layout() (*Descriptor, error) {
	if p, ok := ProfileOf(d); ok {
		if descriptor, ok := p.Descriptor(); ok {
			return descriptor, nil
		}
	}
	if d.Descriptor == nil {
		if d.BootKeyboard {
			return BootKeyboard, nil
		}
		return nil, errors.New("its report descriptor cannot be read")
	}
	parsed, err := ParseDescriptor(d.Descriptor)
	if err != nil {
		return nil, fmt.Errorf("its report descriptor: %w", err)
	}
	return parsed, nil
}
