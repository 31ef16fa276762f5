//go:build !linux

package page

import (
	"errors"
	"net"
)

// ownerFinder says that this system cannot tell whose a connection is.
func ownerFinder() (func(net.Conn) (int, error), error) { return nil, errors.ErrUnsupported }
