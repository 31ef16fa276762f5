// Package page is the rep's page: what was pressed on the desk, as cards to which a
// rep may add the customer's words, a stage or a channel, or which they take back; and
// a pad of tags for a desk without a button. The agent serves it on the loopback
// address.
package page

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strconv"
	"time"
)

// Options say how the page is served.
type Options struct {
	// Desk is required.
	Desk Desk
	// Port is the port of the address, 1024 to 65535: that of the listener.
	Port int
	// Key is 32 random bytes, secret and kept across restarts: who was let in once
	// stays so.
	Key []byte
	// Version is the program's.
	Version string
	// Log is nil for none.
	Log *slog.Logger
	// Now is nil for [time.Now].
	Now func() time.Time
	// Owners are the user ids whose programs may connect. With nil nobody is turned
	// away for who they are, as where the system cannot tell.
	Owners []int
}

// Server is the page's server.
type Server struct{ options Options }

// New returns a server that does not listen yet.
func New(o Options) *Server { return &Server{o} }

// Serve answers on a listener of the loopback address until [Server.Shutdown], and
// then returns [net/http.ErrServerClosed].
func (s *Server) Serve(l net.Listener) error { return errors.New("not written yet") }

// Shutdown ends the streams, waits for the requests under way until ctx ends, and
// closes the listeners.
func (s *Server) Shutdown(ctx context.Context) error { return nil }

// Ticket returns a secret that lets one browser in, once, within a minute.
func (s *Server) Ticket() string { return "" }

// Address returns the page's address.
func Address(port int) string { return "http://" + hostPort(port) + "/" }

func hostPort(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
