package hid

// Sizes is how much a Listener remembers: devices, devices that are gone, their goroutines, and claims.
func (l *Listener) Sizes() map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return map[string]int{
		"devices": len(l.devices), "gone": len(l.gone), "owners": len(l.owners), "claims": len(l.claims.all()),
	}
}
