//go:build !linux

package page

import (
	"errors"
	"net"
)

// canTellOwners says why this system cannot tell whose a connection is.
func canTellOwners() error { return errors.ErrUnsupported }

func ownerOf(net.Conn) (int, error) { return 0, errors.ErrUnsupported }
