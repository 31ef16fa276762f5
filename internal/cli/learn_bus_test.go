package cli_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"magicbutton/hid"
	"magicbutton/hid/hidtest"
)

// scriptedBus is a bus on which a script plugs and presses, by lines over a
// socket in its working directory.
func scriptedBus() hid.Bus {
	bus := hidtest.NewBus()
	bus.SetKeyboard(false)                          // besides
	bus.Plug(scriptedDevice("keyboard", "1-9", "")) // which is nobody's button
	_ = os.Remove(busSocket(os.Getenv("WORK")))     // of the process before
	l, err := net.Listen("unix", busSocket(os.Getenv("WORK")))
	if err != nil {
		panic(err)
	}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			line, _ := bufio.NewReader(conn).ReadString('\n')
			_, _ = io.WriteString(conn, play(bus, strings.Fields(line)))
			_ = conn.Close()
		}
	}()
	return bus
}

func busSocket(work string) string { return filepath.Join(work, "bus") }

// cmdBus plays on the bus of the process that has TEST_BUS=script:
//
//	bus plug KIND PORT [SERIAL]  plug in a keypad, keyboard or encoder
//	bus unplug PORT
//	bus tap PORT KEY             press a key for no time at all
//	bus press PORT KEY           press a key as a finger does
//	bus forbid PORT              let it not be opened
//	bus click PORT BUTTON        press a button of an encoder
//	bus forbid PORT              let no program open it any more
//	bus held PORT, bus free PORT wait until some program has the device open, or none
func cmdBus(ts *testscript.TestScript, neg bool, args []string) {
	conn, err := net.Dial("unix", busSocket(ts.Getenv("WORK")))
	ts.Check(err)
	defer conn.Close()
	_, err = fmt.Fprintln(conn, strings.Join(args, " "))
	ts.Check(err)
	answer, err := io.ReadAll(conn)
	ts.Check(err)
	if neg || string(answer) != "" {
		ts.Fatalf("bus %q: %s", args, answer)
	}
}

// play does what a line says, and returns what is wrong with it.
func play(bus *hidtest.Bus, words []string) string {
	var key hid.Key
	port := words[1]
	path := port + ":1.0"
	if n, err := strconv.ParseUint(words[len(words)-1], 0, 16); err == nil {
		key = hidtest.Key(uint16(n))
	}
	switch words[0] {
	case "plug":
		bus.Plug(scriptedDevice(words[1], words[2], strings.Join(words[3:], "")))
	case "unplug":
		bus.Unplug(path)
	case "tap":
		bus.Tap(path, key)
	case "press":
		bus.KeyDown(path, key)
		time.Sleep(60 * time.Millisecond) // a quick finger: this is what the device does, not how long the test waits
		bus.KeyUp(path, key)
	case "click": // of an encoder
		down := uint16(1) << (key.Usage - 1)
		bus.Report(path, byte(down), byte(down>>8))
		time.Sleep(60 * time.Millisecond)
		bus.Report(path, 0, 0)
	case "forbid":
		bus.FailOpen(path, &hid.AccessError{Op: "opening", Path: path, Reason: hid.ErrNoPermission, Detail: "/dev/bus/usb/001/004", Fix: "a long command", NeedsUdevRule: true})
	case "held", "free":
		for late := time.Now().Add(patience); bus.IsOpen(path) != (words[0] == "held"); time.Sleep(time.Millisecond) {
			if time.Now().After(late) {
				return "it never is"
			}
		}
	default:
		return errors.ErrUnsupported.Error()
	}
	return ""
}

// encoderDescriptor is a zero-delay arcade encoder's, as far as buttons go: HID
// 1.11, appendix E.10, with twelve buttons and no axes.
var encoderDescriptor = []byte{
	0x05, 0x01, 0x09, 0x04, 0xa1, 0x01, // generic desktop, joystick, application collection
	0x05, 0x09, 0x19, 0x01, 0x29, 0x0c, // buttons 1 to 12
	0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x0c, 0x81, 0x02, // a bit each
	0x95, 0x04, 0x81, 0x01, // padding
	0xc0,
}

func scriptedDevice(kind, port, serial string) hid.Device {
	d := hidtest.Keypad(port, serial)
	switch kind {
	case "keyboard":
		d.ProductID, d.Product = 2, "Keyboard"
	case "encoder":
		d.ProductID, d.Product, d.BootKeyboard, d.Descriptor = 3, "Arcade", false, encoderDescriptor
	}
	return d
}
