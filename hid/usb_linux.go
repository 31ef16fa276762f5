package hid

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
	"unsafe"
)

// accessReadWrite is R_OK|W_OK of access(2).
const accessReadWrite = 4 | 2

// Devices lists the HID interfaces on the bus, from sysfs: unlike hidapi's list that says so when it fails, wakes and
// questions no device, and has the strings in every environment.
func (u *USB) Devices() ([]Device, error) { return u.sys().devices() }

func (u *USB) sys() sysfs {
	if u.root == "" {
		return sysfs{"/"}
	}
	return sysfs{u.root}
}

// Open takes a device for this program alone: the kernel's driver is detached, and what is pressed reaches nobody else.
func (u *USB) Open(d Device) (Conn, error) {
	if err := u.Check(d); err != nil {
		return nil, err
	}
	conn, err := openUSB(d)
	if err == nil {
		return conn, nil
	}
	// hidapi says nothing but that it failed; look again for the reason.
	if reason := u.Check(d); reason != nil {
		return nil, reason
	}
	s := u.sys()
	e := &AccessError{Op: "opening", Path: d.Path, Reason: err}
	if node, nodeErr := s.node(d.Path); nodeErr == nil {
		e.Detail = node
		// access(2) cannot see what a container's device rules forbid.
		f, openErr := os.OpenFile(node, os.O_RDWR, 0)
		if errors.Is(openErr, fs.ErrPermission) {
			e.Reason, e.Fix, e.NeedsUdevRule = ErrNoPermission, permissionFix(d), true
		} else if openErr == nil {
			f.Close()
		}
	}
	return nil, e
}

// Check tells why Open would fail now, without touching the device.
func (u *USB) Check(d Device) error {
	s := u.sys()
	e := &AccessError{Op: "opening", Path: d.Path}
	if e.Reason = u.Available(); e.Reason != nil {
		e.Fix = "build it with a C compiler (Debian: apt install gcc libc6-dev) and CGO_ENABLED=1"
		return e
	}
	now, err := s.device(d.Path)
	if err != nil || !newClaim(d).Matches(now) {
		e.Reason = ErrGone
		return e
	}
	node, err := s.node(d.Path)
	if err != nil {
		e.Reason = ErrGone
		return e
	}
	e.Detail = node
	if now.Driver == usbfsDriver {
		e.Reason, e.Fix = ErrBusy, "close the program that `sudo fuser -v "+node+"` shows"
		return e
	}
	err = syscall.Access(node, accessReadWrite)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Reason, e.Fix = ErrNoPermission, "make /dev/bus/usb visible to this program (a container: --device /dev/bus/usb)"
	case err != nil:
		e.Reason, e.Fix, e.NeedsUdevRule = ErrNoPermission, permissionFix(d), true
	default:
		return nil
	}
	return e
}

// Age is how long ago a device was plugged in, as the kernel counts it.
func (u *USB) Age(d Device) (time.Duration, bool) {
	s := u.sys()
	there, err := s.device(d.Path)
	if err != nil {
		return 0, false
	}
	ms, err := strconv.ParseInt(text(s.dir(there.Port), "power/connected_duration"), 10, 64)
	return time.Duration(ms) * time.Millisecond, err == nil
}

// permissionFix is the command that lets this program's user open a model.
func permissionFix(d Device) string {
	return fmt.Sprintf("echo '%s' | sudo tee -a /etc/udev/rules.d/70-usb-buttons.rules && sudo udevadm control --reload && "+
		"sudo udevadm trigger --subsystem-match=usb", udevRule(Match{VendorID: d.VendorID, ProductID: d.ProductID}))
}

// GiveBack binds the kernel's driver to a claimed interface again, if it is the same device still and has none. The
// device's node is enough for that, if this user may open it; sysfs takes root.
func (u *USB) GiveBack(c Claim) error {
	s := u.sys()
	d, err := s.device(c.Path)
	there := err == nil && c.Matches(d)
	if !there || d.Driver != "" || c.Driver == "" {
		return nil
	}
	node, err := s.node(c.Path)
	if err == nil && connectDriver(node, d.Interface) == nil && s.driver(c.Path) != "" {
		return nil
	}
	driver := filepath.Base(c.Driver)
	if driver == usbfsDriver {
		driver = hidDriver
	}
	bind := s.bindFile(driver)
	f, err := os.OpenFile(bind, os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString(c.Path)
		err = errors.Join(err, f.Close())
	}
	if err == nil || s.driver(c.Path) != "" {
		return nil
	}
	reason := err
	if errors.Is(err, fs.ErrPermission) {
		reason = ErrNoPermission
	}
	return &AccessError{
		Op: "giving back", Path: c.Path, Reason: reason, Detail: bind,
		Fix: fmt.Sprintf("echo %s | sudo tee %s", c.Path, bind),
	}
}

// connectDriver asks the kernel to find a driver for an interface: USBDEVFS_IOCTL with USBDEVFS_CONNECT, the way libusb's
// libusb_attach_kernel_driver goes (linux/usbdevice_fs.h). It needs no right but to open the node.
func connectDriver(node string, iface int) error {
	f, err := os.OpenFile(node, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	arg := struct {
		iface, code int32
		data        uintptr
	}{int32(iface), usbdevfsConnect, 0}
	const readWrite = 3 // _IOC_READ|_IOC_WRITE as on all but MIPS, PowerPC, SPARC and Alpha, where this fails and sysfs is left
	request := readWrite<<30 | unsafe.Sizeof(arg)<<16 | 'U'<<8 | usbdevfsIoctl
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), request, uintptr(unsafe.Pointer(&arg))); errno != 0 {
		return errno
	}
	return nil
}

const (
	usbdevfsIoctl   = 18
	usbdevfsConnect = 'U'<<8 | 23
)
