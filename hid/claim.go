package hid

// Claim is the note of a device that is held, enough to give it back to the system's driver after the program that held
// it was killed.
type Claim struct {
	Path       string `json:"path"`
	VendorID   uint16 `json:"vendor_id"`
	ProductID  uint16 `json:"product_id"`
	Release    uint16 `json:"release"`
	Serial     string `json:"serial,omitempty"`
	Descriptor []byte `json:"descriptor,omitempty"`
}

type claims struct{ file string }

func (l *Listener) giveBackLeftovers() {}

// Matches tells whether a device at the claim's path is still the one that was claimed, not another one in its place.
func (c Claim) Matches(d Device) bool {
	return c.Path == d.Path && c.VendorID == d.VendorID && c.ProductID == d.ProductID &&
		c.Release == d.Release && c.Serial == d.Serial
}
