package agent

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"syscall"
	"time"

	"magicbutton/internal/api"
	"magicbutton/internal/config"
	"magicbutton/internal/page"
)

// pageRetryEvery is how often a port that could not be had is tried again: whoever ended
// the program that has it wants the page now, and a try costs nothing.
const pageRetryEvery = 5 * time.Second

// loopback is the only address that the page is served on.
const loopback = "127.0.0.1"

// web keeps the page open where the configuration wants it.
type web struct {
	options page.Options // but for the port and the key
	db      string
	log     *slog.Logger
	listen  func(network, address string) (net.Listener, error)
	retry   time.Duration // pageRetryEvery; less in tests
	changed chan struct{} // 1: holds a token when there is something to try

	settling sync.Mutex // one opens or closes at a time
	over     bool       // the agent stops: nothing is opened any more
	key      []byte     // nil until a page was wanted

	mu      sync.Mutex // guards what follows
	want    config.Page
	open    *site // nil while closed
	problem error
	since   time.Time
}

// site is a page that is open.
type site struct {
	server  *page.Server
	port    int
	serving *work[struct{}]
}

func newWeb(o Options, a *Agent) *web {
	w := &web{
		options: page.Options{
			Desk: &pageDesk{Desk: a.desk, agent: a}, Version: o.Version, Log: o.Log, Now: o.Now, Owners: pageOwners(o.DB),
		},
		db: o.DB, log: o.Log, listen: o.Listen, retry: cmp.Or(o.pageRetry, pageRetryEvery), changed: make(chan struct{}, 1),
	}
	if w.listen == nil {
		w.listen = net.Listen
	}
	return w
}

// configure opens, closes or moves the page as a configuration says, before it returns.
// Where the port cannot be had, run tries again.
func (w *web) configure(ctx context.Context, want config.Page) {
	w.mu.Lock()
	w.want = want
	w.mu.Unlock()
	w.settle(ctx)
	select {
	case w.changed <- struct{}{}:
	default:
	}
}

// run opens the page again when it ended by itself, or could not be opened, until ctx
// ends.
func (w *web) run(ctx context.Context) {
	for {
		var ended <-chan struct{}
		var retry <-chan time.Time
		w.mu.Lock()
		open := w.open
		if open != nil {
			ended = open.serving.done
		}
		if w.problem != nil {
			retry = time.After(w.retry)
		}
		w.mu.Unlock()
		select {
		case <-ctx.Done():
			return
		case <-w.changed:
			continue
		case <-ended:
			w.ended(open)
		case <-retry:
			w.settle(ctx)
		}
	}
}

// ended notes that a page is served no more, so that it is opened again in a while.
func (w *web) ended(s *site) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.open == s {
		w.open, w.problem, w.since = nil, fmt.Errorf("it ended: %w", s.serving.err), w.options.Now()
		w.log.Error("lost the page", "err", s.serving.err)
	}
}

// settle makes the page what the configuration wants.
func (w *web) settle(ctx context.Context) {
	w.settling.Lock()
	defer w.settling.Unlock()
	w.mu.Lock()
	want, was := w.want, w.open
	w.mu.Unlock()
	switch {
	case w.over, was != nil && want.Enabled && was.port == want.Port:
		return
	case was != nil:
		w.mu.Lock()
		w.open = nil
		w.mu.Unlock()
		w.shut(ctx, was)
	}
	if !want.Enabled {
		w.opened(nil, nil)
		return
	}
	w.opened(w.serve(want.Port))
}

// opened keeps what came of opening the page, and says so where that is news.
func (w *web) opened(s *site, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open = s
	switch {
	case err != nil && (w.problem == nil || w.problem.Error() != err.Error()):
		w.since = w.options.Now()
		w.log.Warn("did not open the page", "err", err)
	case s != nil:
		w.log.Info("opened the page", "port", s.port)
	}
	w.problem = err
}

// serve opens the page on a port.
func (w *web) serve(port int) (*site, error) {
	if w.key == nil {
		w.key = w.readKey()
	}
	l, err := w.listen("tcp4", net.JoinHostPort(loopback, strconv.Itoa(port)))
	if err != nil {
		return nil, portError(port, err)
	}
	o := w.options
	o.Port, o.Key = port, w.key
	server := page.New(o)
	serving := begin(func() (struct{}, error) { return struct{}{}, server.Serve(l) })
	return &site{server, port, serving}, nil
}

// portError says in words for a rep why a port cannot be had.
func portError(port int, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("port %d is taken by another program, or by the agent of another user or another database", port)
	}
	return fmt.Errorf("port %d: %w", port, err)
}

// readKey returns the key of cookies. Where none can be kept, one serves until the agent
// stops: then browsers have to be let in again.
func (w *web) readKey() []byte {
	key, made, err := pageKey(w.db)
	if err != nil {
		w.log.Warn("did not keep the key of the page", "err", err)
	} else if made != "" {
		w.log.Info("made a new key of the page", "path", PageKeyFile(w.db), "why", made)
	}
	return key
}

// shut ends a page: its streams with a farewell, and whoever does not let go at the end
// of ctx or of stopTimeout, all the same.
func (w *web) shut(ctx context.Context, s *site) {
	ctx, cancel := context.WithTimeout(ctx, stopTimeout)
	defer cancel()
	if err := s.server.Shutdown(ctx); err != nil {
		w.log.Warn("cut off requests of the page", "err", err)
	}
	select {
	case <-s.serving.done:
	case <-ctx.Done():
	}
}

// stop ends the page for good.
func (w *web) stop(ctx context.Context) {
	w.settling.Lock()
	defer w.settling.Unlock()
	w.over = true
	w.mu.Lock()
	s := w.open
	w.open = nil
	w.mu.Unlock()
	if s != nil {
		w.shut(ctx, s)
	}
}

// status says how the page does, nil where none is wanted.
func (w *web) status() *api.Page {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.want.Enabled {
		return nil
	}
	s := &api.Page{Address: page.Address(w.want.Port)}
	if w.problem != nil {
		since := w.since
		s.Problem, s.Since = w.problem.Error(), &since
	}
	return s
}

// ticket returns an address that lets one browser in.
func (w *web) ticket() (api.Ticket, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case !w.want.Enabled:
		return api.Ticket{}, &api.Error{
			Code: api.CodeConflict, Message: "there is no page: the configuration has enabled = false in [page]",
			Hint: "take it out of the configuration, then: magicbutton config reload",
		}
	case w.open == nil:
		why := "it is being opened"
		if w.problem != nil {
			why = w.problem.Error()
		}
		return api.Ticket{}, &api.Error{Code: api.CodeConflict, Message: "the page is not open: " + why, Hint: PageHint(w.want.Port)}
	}
	return api.Ticket{Address: page.Address(w.open.port) + "in#" + w.open.server.Ticket()}, nil
}

// PageHint says what to do about a port that cannot be had.
func PageHint(port int) string {
	return fmt.Sprintf("end the other program (Linux: ss -ltnp 'sport = :%d' shows it), or give [page] another port, then: magicbutton config reload; the agent tries again every %d seconds", port, int(pageRetryEvery.Seconds()))
}
