package hid

import "slices"

// plan is what one device is listened to for.
type plan struct {
	keys   map[Key]bound
	raw    []Key // those of keys that are raw, in order
	timing Timing
	learn  *learning // nil: presses count
}

// wraps tells whether NumLock is wanted by itself, so that what keypads wrap keys in must be told from it.
func (p *plan) wraps() bool { _, ok := p.keys[numLockKey]; return ok }

// planFor works out which keys a device is wanted for, out of those that its descriptor has, and the names of all Wanteds
// that match it. A nil descriptor has no keys.
func planFor(d Device, descriptor *Descriptor, wanted []Wanted) (*plan, []string) {
	p := &plan{keys: map[Key]bound{}}
	ranks := map[Key]int{}
	var names []string
	for _, w := range wanted {
		if !w.Match.Matches(d) {
			continue
		}
		names = append(names, w.Name)
		for key, gestures := range w.Keys {
			if gestures == (Gestures{}) || descriptor == nil || !descriptor.Has(key) {
				continue
			}
			if rank, taken := ranks[key]; taken && rank >= w.Match.rank() {
				continue
			}
			ranks[key] = w.Match.rank()
			p.keys[key] = bound{name: w.Name, gestures: gestures}
		}
	}
	for key := range p.keys {
		if key.isRaw() {
			p.raw = append(p.raw, key)
		}
	}
	slices.SortFunc(p.raw, Key.compare)
	slices.Sort(names)
	return p, slices.Compact(names)
}
