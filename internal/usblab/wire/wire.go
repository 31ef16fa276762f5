// Package wire holds what a test and the helper inside the lab's guest say to
// each other: the arguments and replies of net/rpc calls over a virtio serial
// port. Each type belongs to the call of the same name on the service "Lab".
package wire

import "time"

// Service is the net/rpc name of the guest's service.
const Service = "Lab"

// Paths inside the guest that both sides use.
const (
	// ModuleList names the modules to load, one a line with its parameters.
	ModuleList = "/lab/modules"
	// ModuleDir holds the modules, as NAME.ko.
	ModuleDir = "/lab/ko"
	// DiskDir is where the guest mounts its disk.
	DiskDir = "/data"
)

// DiskVar is the kernel argument, and so the environment variable of the guest's
// first process, that says that there is a disk to mount.
const DiskVar = "LAB_DISK"

// None is the argument or reply of a call that has none.
type None struct{}

// Command is a program to start. The guest's own environment has only PATH and HOME.
type Command struct {
	Args  []string // Args[0] is looked up in the guest's PATH
	Env   []string // NAME=value, added to the guest's own
	Dir   string   // empty: /
	UID   uint32   // also the group; zero: root
	Stdin []byte   // then end of file
	// Terminal runs it on a terminal of its own: what it writes comes as stdout, what Type sends is typed.
	Terminal bool
}

// Started tells of a program that was started.
type Started struct {
	Process int // for the other calls
	PID     int
}

// Type types at a program's terminal.
type Type struct {
	Process int
	Data    []byte
}

// Exit is how a process ended.
type Exit struct {
	Code   int // -1 when a signal ended it
	Signal int // zero when it exited by itself
}

// Follow asks for a process's output from byte From on. The reply waits until
// there is some, or until there will be no more.
type Follow struct {
	Process int
	Stderr  bool
	From    int
}

// Chunk is a part of a stream of output.
type Chunk struct {
	Data []byte
	End  bool // nothing follows Data
}

// Signal sends a signal to a process.
type Signal struct {
	Process int
	Number  int
}

// File is a file to write, as a whole. Missing folders are made.
type File struct {
	Path string
	Mode uint32 // permission bits; zero: 0644
	Data []byte
}

// USBDevice is a USB device as the guest's kernel lists it.
type USBDevice struct {
	Path       string // such as "1-2": bus, then ports
	Bus        int
	Number     int // on its bus; a new one after each plug-in
	VendorID   uint16
	ProductID  uint16
	Serial     string
	Configured bool
	Drivers    map[string]string // interface ("1-2:1.0") to "usbhid"; "usbfs" while a program holds it; "" for none
}

// InputKind says what an Input reports.
type InputKind int

// The kinds of Input.
const (
	KeyEvent   InputKind = iota // a key went down, up, or repeated
	DeviceOpen                  // the recorder listens to an input device
	DeviceGone                  // that device went away
	EventsLost                  // the kernel dropped events of that device
)

// Input is something that happened to the guest's input devices.
type Input struct {
	Kind   InputKind
	At     time.Duration // since the guest's boot
	Node   string        // such as "event3"
	Name   string        // the device's name
	Serial string        // the USB serial number; may be empty
	Code   uint16        // the key: linux/input-event-codes.h
	Value  int32         // 1 down, 0 up, 2 repeat
}

// Output is one output report that a device received.
type Output struct {
	At     time.Duration // since the guest's boot
	Gadget string        // the gadget's name; empty for any other device
	Serial string        // the serial number of a device that is no gadget
	Data   []byte        // of a device that is no gadget at most 32 bytes: usbmon's limit
}

// Counts is how much has been recorded.
type Counts struct {
	Input, Output int
}

// Gadget is a USB device to make. Name is a folder's name in configfs.
type Gadget struct {
	Name         string
	VendorID     uint16
	ProductID    uint16
	Manufacturer string
	Product      string
	Serial       string
	Interfaces   []Interface
}

// Interface is one HID interface of a Gadget.
type Interface struct {
	Descriptor    []byte
	ReportLength  uint16 // the longest report, in bytes, with its report id
	Subclass      uint8  // 1: boot interface
	Protocol      uint8  // 1: keyboard, 2: mouse
	NoOutEndpoint bool   // output reports come by SET_REPORT on endpoint 0
	// Poll is an output report that the device answers with its state, an input report that Show sets; it is not recorded. Empty: none.
	Poll []byte
}

// Show sets the states that a polled interface goes through, the next one when the one before was given as an answer.
// It is done when the last one was given; that one stays.
type Show struct {
	Gadget    string
	Interface int
	States    [][]byte
}

// Plug connects a gadget to a port, counted from 1. Port zero takes it off. The reply is the device's path, such as "3-1".
type Plug struct {
	Gadget string
	Port   int
}

// Send makes a gadget send input reports, the next one Spacing after the one before
// at the earliest. Each waits until the host side has fetched the one before.
type Send struct {
	Gadget    string
	Interface int
	Reports   [][]byte
	Spacing   time.Duration
}

// Sent is how far a Send came.
type Sent struct {
	Reports int
	Error   string // why it stopped early
}
