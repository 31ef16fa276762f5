package page

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
)

// class says what is known of a connection.
type class int

// Each class has its own bound, so that what is less known never crowds out what is
// known better.
const (
	stranger class = iota // of another user: it is told so
	fresh                 // nobody has shown a good cookie on it yet
	letIn
	classes
)

// bounds are how many connections of each class may be open. Fresh ones are what a
// browser opens and has not used yet, or a program that sends nothing; when there are
// more, the oldest is closed, as a browser speaks within milliseconds. A browser opens
// six to one host (and one page takes one or two): 256 are 40 browsers.
var bounds = [classes]int{stranger: 8, fresh: 64, letIn: 256}

// gate is a listener that knows how many connections there are, and whose.
type gate struct {
	net.Listener
	peers peers

	mu   sync.Mutex
	open [classes][]*visitor // the oldest first
	shut bool
}

func newGate(l net.Listener, p peers) *gate { return &gate{Listener: l, peers: p} }

// visitor is one connection.
type visitor struct {
	net.Conn
	gate  *gate
	class class // guarded by gate.mu
	asked bool  // it sent a request; guarded by gate.mu
}

// Accept returns the next connection. Where that is one too many of its class, the
// oldest of them is closed.
func (g *gate) Accept() (net.Conn, error) {
	c, err := g.Listener.Accept()
	if err != nil {
		return nil, err
	}
	v := &visitor{Conn: c, gate: g, class: fresh}
	if !g.peers.ours(c) {
		v.class = stranger
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open[v.class] = append(g.open[v.class], v)
	if g.shut {
		_ = v.Conn.Close()
	}
	if list := g.open[v.class]; len(list) > bounds[v.class] {
		_ = list[0].Conn.Close()
		g.open[v.class] = slices.Delete(list, 0, 1)
	}
	return v, nil
}

// hush closes the connections on which nobody asked for anything yet, as a browser opens
// them beforehand: a server that stops waits five seconds for what may come.
func (g *gate) hush() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut = true
	for _, list := range g.open {
		for _, v := range list {
			if !v.asked {
				_ = v.Conn.Close()
			}
		}
	}
}

// noteState learns from the server that a request came.
func noteState(c net.Conn, state http.ConnState) {
	if v, ok := c.(*visitor); ok && state == http.StateActive {
		v.gate.mu.Lock()
		defer v.gate.mu.Unlock()
		v.asked = true
	}
}

// Close closes the connection, and makes room for another.
func (v *visitor) Close() error {
	v.gate.mu.Lock()
	defer v.gate.mu.Unlock()
	v.leave()
	return v.Conn.Close()
}

// leave takes the connection off its list; the caller holds the gate's mu.
func (v *visitor) leave() {
	list := &v.gate.open[v.class]
	if i := slices.Index(*list, v); i >= 0 {
		*list = slices.Delete(*list, i, i+1)
	}
}

// CloseWrite tells the other end that nothing comes any more; net/http does so
// before it closes, so that its last answer arrives.
func (v *visitor) CloseWrite() error {
	if c, ok := v.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return nil
}

// stranger reports whether the connection is of another user.
func (v *visitor) stranger() bool {
	v.gate.mu.Lock()
	defer v.gate.mu.Unlock()
	return v.class == stranger
}

// welcome notes that a good cookie was shown, and reports whether there is room.
func (v *visitor) welcome() bool {
	v.gate.mu.Lock()
	defer v.gate.mu.Unlock()
	if v.class == letIn {
		return true
	}
	if len(v.gate.open[letIn]) >= bounds[letIn] {
		return false
	}
	v.leave()
	v.class = letIn
	v.gate.open[letIn] = append(v.gate.open[letIn], v)
	return true
}

type visitorKey struct{}

// withVisitor lets a handler know the connection of its request.
func withVisitor(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, visitorKey{}, c)
}

// visitorOf returns the connection of a request, nil where it came through no gate.
func visitorOf(ctx context.Context) *visitor {
	v, _ := ctx.Value(visitorKey{}).(*visitor)
	return v
}

// peers tells whose connections may come in. The zero peers lets everybody in.
type peers struct {
	owners []int
	find   func(net.Conn) (int, error)
	log    *slog.Logger
	told   *sync.Once // the first is enough: nobody else may fill the log
}

// newPeers lets the owners in alone, where the system can tell whose a connection is.
func newPeers(owners []int, log *slog.Logger) peers {
	if owners == nil {
		return peers{}
	}
	find, err := ownerFinder()
	if err != nil {
		log.Warn("the page cannot tell whose a connection is", "err", err)
		return peers{}
	}
	return peers{slices.Clone(owners), find, log, new(sync.Once)}
}

// ours reports whether a connection is an owner's. One of which that cannot be told is
// not: it was closed already, or files ran out, and both somebody else can bring about.
func (p peers) ours(c net.Conn) bool {
	if p.owners == nil {
		return true
	}
	uid, err := p.find(c)
	switch {
	case err != nil:
		p.told.Do(func() { p.log.Warn("the page turned away a connection: nobody knows whose it is", "err", err) })
	case !slices.Contains(p.owners, uid):
		p.told.Do(func() { p.log.Warn("the page turned away another user's connection", "uid", uid) })
	default:
		return true
	}
	return false
}
