package hid

import "iter"

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
