package hid

// USB is the bus of USB devices. The zero value is ready, and may be used by several goroutines. On Linux it lists devices
// in a build without cgo too, which cannot open them.
type USB struct {
	root string // of the file system, for tests; empty is "/"
}

// Available is nil where this build can open USB devices, else ErrUnavailable.
func (u *USB) Available() error {
	if !usbSupported() {
		return ErrUnavailable
	}
	return nil
}

// The USB bus does all that a Listener knows to use.
var (
	_ Bus        = (*USB)(nil)
	_ Notifier   = (*USB)(nil)
	_ Checker    = (*USB)(nil)
	_ GiveBacker = (*USB)(nil)
)
