package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// Page says whether the agent serves the rep's page, and where.
type Page struct {
	// Enabled is true where the configuration does not say.
	Enabled bool
	// Port is the TCP port of the loopback address, 1024 to 65535. It is never 0: an
	// address that is written into a webkey must not change.
	Port int
}

// defaultPort lies in a range that IANA's registry of service names and port numbers
// lists as unassigned (28590-28999, seen in its versions of June 2024 and July 2025),
// and below the ports that Linux gives to outgoing connections (32768 to 60999, ip(7),
// ip_local_port_range). On the keys of a telephone it reads B-U-T-T-O.
const defaultPort = 28886

// Ports below 1024 are for the system's services and need its rights, RFC 6335,
// section 6.
const leastPort, mostPort = 1024, 65535

func (p *Page) fields() []field {
	return []field{{"enabled", truth(&p.Enabled)}, {"port", port(&p.Port)}}
}

// port takes a whole number that is a port for a program of a user.
func port(to *int) setter {
	return func(v value) error {
		n, err := strconv.Atoi(strings.ReplaceAll(v.text, "_", ""))
		switch {
		case v.kind != unstable.Integer || errors.Is(err, strconv.ErrSyntax):
			return fmt.Errorf("want a whole number such as %d, not %v", defaultPort, v)
		case err == nil && n == 0:
			return errors.New("0 is not a port: the page's address is written into webkeys and must stay the same; enabled = false is how to have no page")
		case err != nil || n < leastPort || n > mostPort:
			return fmt.Errorf("%v is not between %d and %d", v, leastPort, mostPort)
		}
		*to = n
		return nil
	}
}

func (p *printer) page(page Page) {
	p.table("[page]")
	p.plain("enabled", strconv.FormatBool(page.Enabled))
	p.plain("port", strconv.Itoa(page.Port))
}
