// Package hid is USB HID for programs that count button presses: the devices on the bus, report descriptors, decoding,
// debounced presses, plugging and unplugging.
//
// It is no keylogger, by construction: a device that no Wanted matches is never opened, and of a device that is opened a
// key that is not wanted is dropped in the goroutine that read it. Nothing outside that goroutine ever sees it. Where any key
// is wanted, AnyKey, what leaves that goroutine is that there was a press, and not of which key.
//
// The one exception is Listener.Learn, which is there for somebody to find out what a key is called, and only as long as
// it runs. Then, besides what is wanted, devices with keys that neither type nor point are open, and the parts that do
// neither of devices that a Wanted matches; and those keyboards, mice and others that were plugged in meanwhile, or during a Learn
// before if since then there were never two minutes without one. What no Wanted matches and is the only keyboard with letters, or a security key, is
// not. What is pressed is told to whoever learns: one key of each press, and of a text that a machine types at once only
// that it was one.
package hid

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Bus is where HID devices are found and opened: USB, or the fake in hidtest. A Bus may also be a Notifier, a Checker, a
// GiveBacker, a KeyboardFinder and an Ager.
type Bus interface {
	// Devices lists every HID interface present, each once, in no order that means anything.
	Devices() ([]Device, error)
	// Open takes a device for this program alone. An error that tells why is an *AccessError.
	Open(Device) (Conn, error)
}

// Conn is an open device. One goroutine may write while another reads, and neither waits for the other for long. Close comes
// after the last read and the last write.
type Conn interface {
	// ReadTimeout waits up to d for one input report. No data is (0, nil), which a device may also cause before d is over
	// by a zero-length report. d is rounded up to a millisecond; 0 or less does not wait. b should hold 1024 bytes, as a
	// report that is longer than b is cut. Every error means that the device must be closed: it is gone, or as good as.
	ReadTimeout(b []byte, d time.Duration) (int, error)
	// Write sends an output report, whose byte 0 is the report id (0 on a device without ids).
	Write(report []byte) error
	// Close gives the device back to the system.
	Close() error
}

// Notifier is a Bus that can tell when to look again. Notify sends (never blocking) on changed whenever a device may have
// come or gone, until ctx is done (nil) or it cannot tell any more (an error; the caller then polls).
type Notifier interface {
	Notify(ctx context.Context, changed chan<- struct{}) error
}

// Checker is a Bus that can tell, without opening a device, why Open would fail now. Nil means that it knows no reason.
type Checker interface {
	Check(Device) error
}

// GiveBacker is a Bus that can hand an interface back to the system's own driver after a program died without closing it.
// A claim whose device is not there any more, is another device now, or has its driver, is done (nil).
type GiveBacker interface {
	GiveBack(Claim) error
}

// KeyboardFinder is a Bus that can tell whether the system has a keyboard with letters other than this device, whatever it
// is connected by. Of a Bus that is none, only the devices on it are known.
type KeyboardFinder interface {
	OtherKeyboard(Device) (bool, error)
}

// Ager is a Bus that can tell how long ago a device was plugged in, without the time that the computer slept; false where
// that is not known.
type Ager interface {
	Age(Device) (time.Duration, bool)
}

// Device is one HID interface of a USB device as the bus lists it. A keypad with media keys is often two.
type Device struct {
	Path                          string // names the interface; on Linux as in sysfs, "1-2.3:1.0". Not an identity: it is the place
	VendorID, ProductID           uint16
	Release                       uint16 // bcdDevice
	Serial, Manufacturer, Product string // as the device says; often empty, and twins may share a serial
	Interface                     int    // interface number; -1 where the system does not tell
	Port                          string // bus and ports, "1-2.3": the socket it is plugged into. Empty off Linux
	Driver                        string // the system's driver that has it now: "usbhid", "usbfs" (some program). Empty: none, or off Linux
	BootKeyboard                  bool   // can act as a boot keyboard: its interface says so, or its usage off Linux
	Descriptor                    []byte // the raw report descriptor; nil where it cannot be had
	Lit                           []LED  // lights that were lit when listed; nil also where that cannot be had
}

// Model is the device's vendor and product id as in `lsusb`: "046d:c52d".
func (d Device) Model() string { return fmt.Sprintf("%04x:%04x", d.VendorID, d.ProductID) }

// String is for messages: the path and what the device calls itself.
func (d Device) String() string {
	s := d.Path + " " + d.Model()
	if d.Product != "" {
		s += fmt.Sprintf(" %q", d.Product)
	}
	if d.Serial != "" {
		s += fmt.Sprintf(" serial %q", d.Serial)
	}
	return s
}

// Why a device cannot be opened. Test with errors.Is; the *AccessError around it says what to do.
var (
	ErrUnavailable  = errors.New("usb: unavailable (built without cgo)")
	ErrNoPermission = errors.New("no permission")
	ErrBusy         = errors.New("in use by another program")
	ErrGone         = errors.New("not plugged in any more")
	// ErrUnreadable is a device that the system lets nobody read this way: keyboards and mice on Windows.
	ErrUnreadable = errors.New("this system lets no program read it through HID")
)

// AccessError is why a device could not be opened or given back.
type AccessError struct {
	Op     string // what was tried: "opening", "giving back"
	Path   string
	Reason error  // one of the errors above, or another
	Detail string // what was found, such as the device node; may be empty
	Fix    string // what can be done about it, one line, often a command; empty where nothing is known
	// NeedsUdevRule says that what UdevRule prints for the model is the remedy, for a program with a shorter way to it.
	NeedsUdevRule bool
}

func (e *AccessError) Error() string {
	s := fmt.Sprintf("%s %s: %v", e.Op, e.Path, e.Reason)
	if e.Detail != "" {
		s += " (" + e.Detail + ")"
	}
	return s
}

func (e *AccessError) Unwrap() error { return e.Reason }

// fixOf is the remedy in err, if it has one.
func fixOf(err error) string {
	var access *AccessError
	if errors.As(err, &access) {
		return access.Fix
	}
	return ""
}
