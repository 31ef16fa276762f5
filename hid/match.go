package hid

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// Match names devices: every one of a model, the one with a serial number, or whichever is plugged into a port. At most
// one of Serial and Port is set. The zero Match matches nothing.
type Match struct {
	VendorID, ProductID uint16
	Serial              string // exactly the device's; empty means any
	Port                string // "1-2.3" as in Device.Port; empty means any
}

// maxSerialBytes bounds a serial number: a USB string descriptor holds 126 UTF-16 units, three bytes each at most in UTF-8.
const maxSerialBytes = 126 * 3

// ParseMatch reads a Match from its text: "046d:c52d" (model), "046d:c52d#SERIAL" or "046d:c52d@1-2.3" (port). All that
// follows # is the serial number, spaces and @ included.
func ParseMatch(s string) (Match, error) {
	var m Match
	model, rest := s, ""
	if i := strings.IndexAny(s, "#@"); i >= 0 {
		model, rest = s[:i], s[i:]
	}
	vendor, product, ok := strings.Cut(model, ":")
	if !ok {
		return Match{}, fmt.Errorf("device %q: want vendor:product such as 046d:c52d", shorten(s))
	}
	var err error
	if m.VendorID, err = parseID(vendor); err != nil {
		return Match{}, fmt.Errorf("device %q: vendor %w", shorten(s), err)
	}
	if m.ProductID, err = parseID(product); err != nil {
		return Match{}, fmt.Errorf("device %q: product %w", shorten(s), err)
	}
	if m.VendorID == 0 && m.ProductID == 0 {
		return Match{}, fmt.Errorf("device %q: 0000:0000 is no model", shorten(s))
	}
	switch {
	case strings.HasPrefix(rest, "#"):
		m.Serial = rest[1:]
		if !validSerial(m.Serial) {
			return Match{}, fmt.Errorf("device %q: a serial number is 1 to %d bytes of printable text", shorten(s), maxSerialBytes)
		}
	case strings.HasPrefix(rest, "@"):
		m.Port = rest[1:]
		if !validPort(m.Port) {
			return Match{}, fmt.Errorf("device %q: port %q: want bus and ports such as 1-2.3", shorten(s), shorten(m.Port))
		}
	}
	return m, nil
}

// parseID reads four hexadecimal digits, as lsusb prints an id.
func parseID(s string) (uint16, error) {
	n, err := strconv.ParseUint(s, 16, 16)
	if err != nil || len(s) != 4 {
		return 0, fmt.Errorf("%q: want four hexadecimal digits", shorten(s))
	}
	return uint16(n), nil
}

func validSerial(s string) bool {
	if s == "" || len(s) > maxSerialBytes {
		return false
	}
	for _, r := range s {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

// validPort tells a USB port as Linux names it: bus, dash, and the ports along the way from the root hub, at most seven
// levels (USB 2.0, section 4.1.1).
func validPort(s string) bool {
	bus, chain, ok := strings.Cut(s, "-")
	ports := strings.Split(chain, ".")
	if !ok || len(ports) > 7 {
		return false
	}
	for _, p := range append(ports, bus) {
		if n, err := strconv.ParseUint(p, 10, 8); err != nil || n == 0 || strconv.FormatUint(n, 10) != p {
			return false
		}
	}
	return true
}

// String is the text form that ParseMatch reads.
func (m Match) String() string {
	s := fmt.Sprintf("%04x:%04x", m.VendorID, m.ProductID)
	switch {
	case m.Serial != "":
		return s + "#" + m.Serial
	case m.Port != "":
		return s + "@" + m.Port
	}
	return s
}

// Matches tells whether a device is meant.
func (m Match) Matches(d Device) bool {
	return m != Match{} && m.VendorID == d.VendorID && m.ProductID == d.ProductID &&
		(m.Serial == "" || m.Serial == d.Serial) && (m.Port == "" || m.Port == d.Port)
}

// rank orders matches by how closely they name a device: serial, then port, then model.
func (m Match) rank() int {
	switch {
	case m.Serial != "":
		return 2
	case m.Port != "":
		return 1
	}
	return 0
}
