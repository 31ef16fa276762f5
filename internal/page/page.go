// Package page is the rep's page: what was pressed on the desk, as cards to which a
// rep may add the customer's words, a stage or a channel, or which they take back; and
// a pad of tags for a desk without a button. The agent serves it on the loopback
// address.
//
// Who may come in: only programs of the desk's owner (where the system tells whose a
// connection is), only under the page's own address, and only a browser that has the
// cookie, which it gets for a ticket of `magicbutton open`. A page asks for a proof
// before it reconnects, so that nothing goes to another program that took the port
// while the agent was away.
package page

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
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

// keyBytes is the least length of a key: that of HMAC-SHA-256's output, below which
// a key is weaker than the function (RFC 2104, section 3).
const keyBytes = 32

// Limits of a request. Everything that the page sends is a few hundred bytes and
// arrives at once.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 15 * time.Second // of a whole request
	writeTimeout      = 30 * time.Second // of a whole answer; a stream has its own
	idleTimeout       = time.Minute
	maxHeaderBytes    = 64 << 10 // a browser sends the cookies of every program on this host
	maxBodyBytes      = 64 << 10
)

// Server is the page's server.
type Server struct {
	desk    Desk
	port    int
	version string
	log     *slog.Logger
	passes  passes
	tickets tickets
	files   files
	hub     *hub
	peers   peers
	http    http.Server
}

// New returns a server that does not listen yet.
func New(o Options) *Server {
	if len(o.Key) < keyBytes {
		panic(fmt.Sprintf("page: a key of %d bytes lets anybody in", len(o.Key)))
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	log := cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	s := &Server{
		desk: o.Desk, port: o.Port, version: o.Version, log: log,
		passes:  passes{key: o.Key, port: o.Port, now: o.Now},
		tickets: tickets{now: o.Now},
		files:   embedded(),
		hub:     newHub(o.Desk, o.Version, o.Now, log),
		peers:   newPeers(o.Owners, log),
	}
	s.http = http.Server{
		Handler:           s.guard(s.routes()),
		ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout,
		WriteTimeout: writeTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes,
		DisableGeneralOptionsHandler: true, // it would answer OPTIONS * for any host
		ConnContext:                  withVisitor,
		ConnState:                    noteState,
		ErrorLog:                     slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	return s
}

// Serve answers on a listener of the loopback address until [Server.Shutdown], and
// then returns [http.ErrServerClosed].
func (s *Server) Serve(l net.Listener) error {
	at, ok := l.Addr().(*net.TCPAddr)
	if !ok || !at.IP.IsLoopback() {
		return fmt.Errorf("serving the page on %s: it is for a loopback address only", l.Addr())
	}
	g := newGate(l, s.peers)
	s.http.RegisterOnShutdown(g.hush)
	return s.http.Serve(g)
}

// Shutdown ends the streams, waits for the requests under way until ctx ends, and
// closes the listeners.
func (s *Server) Shutdown(ctx context.Context) error {
	rested := s.hub.close()
	err := s.http.Shutdown(ctx)
	if err == nil {
		select {
		case <-rested:
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	if err != nil {
		_ = s.http.Close()
		return fmt.Errorf("stopping the page: %w", err)
	}
	return nil
}

// Ticket returns a secret that lets one browser in, once, within a minute: what
// follows "in#" in the address that `magicbutton open` opens.
func (s *Server) Ticket() string { return s.tickets.issue() }

// Address returns the page's address.
func Address(port int) string { return "http://" + hostPort(port) + "/" }

func hostPort(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
