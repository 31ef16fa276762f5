package hid

// Change is one key going down or up.
type Change struct {
	Key  Key
	Down bool
}

// Decoder turns input reports into key changes. It starts with all keys up and is for one goroutine.
type Decoder struct{}

// NewDecoder makes a decoder for a device.
func NewDecoder(d *Descriptor) *Decoder { return &Decoder{} }

// Decode appends the changes that a report brings. Byte 0 is the report id only for numbered devices. It allocates nothing
// unless changes must grow.
func (d *Decoder) Decode(report []byte, changes []Change) []Change { return changes }

// Baseline takes a report as the state to start from: keys in it are held, but neither their press nor their release is
// reported.
func (d *Decoder) Baseline(report []byte) {}

// Down is every key that is down, in order of page and usage.
func (d *Decoder) Down() []Key { return nil }

// Reset appends the release of every key whose press was reported, and forgets all state.
func (d *Decoder) Reset(changes []Change) []Change { return changes }
