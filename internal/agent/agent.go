package agent

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"magicbutton/hid"
	"magicbutton/internal/api"
	"magicbutton/internal/config"
	"magicbutton/internal/demo"
	"magicbutton/internal/localsock"
	"magicbutton/store"
)

// ErrRunning means that another agent has the database.
var ErrRunning = errors.New("an agent is already running")

// Options are what an agent needs to know.
type Options struct {
	// DB is the database's path. It is made where it does not exist.
	DB string
	// Load reads the configuration: at the start, and at each reload.
	Load func() (*config.Config, error)
	// Bus is where the devices are; nil listens to none.
	Bus hid.Bus
	// Version is the program's, for the status.
	Version string
	// Log takes what the agent has to say; nil is nothing.
	Log *slog.Logger
	// Now is nil for time.Now.
	Now func() time.Time
	// Uptime is a clock that nobody can set and that goes on while the computer sleeps;
	// nil for [Uptime], or none where Now is given.
	Uptime func() time.Duration
	// Told, if not nil, is called with the outcome of each press of a device, after the
	// light was set, and of each tap of the page: from several goroutines.
	Told func(Outcome)
	// Listen opens the port of the page; nil for [net.Listen].
	Listen func(network, address string) (net.Listener, error)

	hangsAfter time.Duration // for tests; 0 for [hangsAfter]
	pageRetry  time.Duration // for tests; 0 for [pageRetryEvery]
}

// Agent is a running agent. [Open] makes one.
type Agent struct {
	opts     Options
	log      *slog.Logger
	started  time.Time
	store    *store.Store
	demo     bool // the database is one
	desk     *Desk
	socket   net.Listener
	listener *hid.Listener // nil without a bus
	sharer   *sharer
	web      *web
	stop     chan struct{} // closed when Run begins to stop, after the last press
	reload   sync.Mutex    // so that desk and listener follow the same configuration
	learning chan struct{} // 1: holds a token while somebody learns

	doubted bool  // the log says that the clock is
	alarm   alarm // of the goroutine that keeps the desk
	lampsMu sync.Mutex
	lamps   map[string]lamp // by what an event calls the device: those that were told "not saved"
}

// How long Open waits for the database in one go, and stopping for requests.
const (
	lockTimeout = 2 * time.Second
	stopTimeout = 3 * time.Second
	// closeTimeout bounds what cares for the database, the last shared copy and the
	// closing together: whatever of it has not ended by then hangs.
	closeTimeout = lastShareTimeout + 20*time.Second
)

// Open takes the database and listens for commands; [Agent.Run] then listens for
// presses. While a command holds the database, or its disk is full or read-only, it
// waits, and says so; where another agent holds it, the error is [ErrRunning].
func Open(ctx context.Context, o Options) (*Agent, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil && o.Uptime == nil {
		o.Uptime = Uptime()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	cfg, err := o.Load()
	if err != nil {
		return nil, err
	}
	st, err := openStore(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := RefuseGathered(ctx, st); err != nil {
		return nil, errors.Join(err, st.Close())
	}
	a := &Agent{
		opts: o, log: o.Log, started: o.Now(), store: st, desk: makeDesk(st, o.Now, o.Uptime),
		stop: make(chan struct{}), learning: make(chan struct{}, 1), lamps: make(map[string]lamp),
	}
	a.desk.patience = cmp.Or(o.hangsAfter, hangsAfter)
	if a.demo, err = demo.Filled(ctx, st); err == nil {
		err = a.desk.configureAtStart(ctx, cfg)
	}
	if err == nil {
		a.socket, err = localsock.Listen(o.DB)
	}
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	a.sharer = newSharer(st, o.DB, cfg, o.Log, o.Now)
	a.web = newWeb(o, a)
	if o.Bus != nil {
		a.listener = hid.NewListener(o.Bus, hid.Options{ClaimFile: o.DB + ".claims", Now: o.Now, Log: o.Log})
		a.want(cfg)
	}
	return a, nil
}

// ErrGathered says that a database is not a desk's, but was gathered from those of many.
var ErrGathered = errors.New("was gathered from the databases of desks: it takes no events or corrections of its own")

// RefuseGathered returns [ErrGathered] for a gathered database, which takes no new events:
// it is no desk, and would be one for every gather from then on.
func RefuseGathered(ctx context.Context, st *store.Store) error {
	merged, err := st.Merged(ctx)
	if err == nil && merged {
		err = fmt.Errorf("%s %w", st.Path(), ErrGathered)
	}
	return err
}

// openStore waits until no command holds the database, and until the disk that it
// is on can be written.
func openStore(ctx context.Context, o Options) (*store.Store, error) {
	sick := false
	for said := false; ; said = true {
		if err := nobodyRuns(ctx, o.DB); err != nil {
			return nil, err
		}
		st, err := store.Open(o.DB, store.Options{Create: true, Timeout: lockTimeout, Now: o.Now})
		if err != nil && awaitDisk(ctx, o, err, &sick) {
			continue
		}
		if !errors.Is(err, store.ErrLocked) || ctx.Err() != nil {
			return st, err
		}
		if !said {
			o.Log.Warn("waited for the database", "err", err)
		}
	}
}

// nobodyRuns returns [ErrRunning] where an agent answers for the database, or
// one that this user may not talk to.
func nobodyRuns(ctx context.Context, db string) error {
	c, err := api.Dial(ctx, db)
	switch {
	case err == nil:
		return errors.Join(fmt.Errorf("%w for %s", ErrRunning, db), c.Close())
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w for %s, as another user: %w", ErrRunning, db, err)
	}
	return nil
}

// Desk returns the agent's desk, for a pad in the agent's own terminal.
func (a *Agent) Desk() *Desk { return a.desk }

// Created reports whether the agent made the database.
func (a *Agent) Created() bool { return a.store.Created() }

// Run listens for presses and answers commands until ctx ends. Then it gives the
// devices back, stores the presses that were already made, and closes the
// database. It ends early where nobody can talk to it any more. The error says how
// many presses could not be stored.
func (a *Agent) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	server := a.newServer()
	a.web.configure(ctx, a.desk.Config().Page)
	var answering, caring sync.WaitGroup
	var serveErr error
	answering.Go(func() {
		defer cancel()
		if err := server.Serve(a.socket); !errors.Is(err, http.ErrServerClosed) {
			serveErr = fmt.Errorf("answering commands: %w", err)
		}
	})
	answering.Go(func() { a.keep(ctx) })
	answering.Go(func() { a.web.run(ctx) })
	caring.Go(func() { a.sharer.run(ctx) })
	caring.Go(func() { a.retain(ctx) })
	caring.Go(func() { a.keepDays(ctx) })
	a.log.Info("started", "db", a.opts.DB, "desk", a.desk.Config().Desk.Name)
	listenErr := a.listen(ctx)
	<-ctx.Done()
	close(a.stop)
	a.shutDown(context.WithoutCancel(ctx), server)
	answering.Wait()
	leaveErr := a.leave(context.WithoutCancel(ctx))
	err := errors.Join(listenErr, serveErr, leaveErr, a.close(context.WithoutCancel(ctx), &caring))
	c := &a.desk.counts
	a.log.Info("stopped", "stored", c.stored.Load(), "refused", c.refused.Load(), "not_saved", len(a.desk.Left()), "lost", c.lost.Load())
	return err
}

// close closes the database when nobody uses it any more. A disk that hangs does not
// keep the agent from stopping.
func (a *Agent) close(ctx context.Context, caring *sync.WaitGroup) error {
	closing := begin(func() (struct{}, error) {
		caring.Wait()
		a.sharer.finish(ctx) // with what was stored last
		return struct{}{}, a.store.Close()
	})
	for waited := a.desk.patience; !closing.within(a.desk.patience); waited += a.desk.patience {
		if a.desk.hangs() || waited > closeTimeout {
			return fmt.Errorf("closing database %s: %w", a.opts.DB, errHangs)
		}
	}
	return closing.err
}

// shutDown lets the requests end that are under way, and cuts off those that
// take too long: a program that does not read its answer must not keep the agent
// from stopping.
func (a *Agent) shutDown(ctx context.Context, server *http.Server) {
	ctx, cancel := context.WithTimeout(ctx, stopTimeout)
	defer cancel()
	var leaving sync.WaitGroup
	defer leaving.Wait()
	leaving.Go(func() { a.web.stop(ctx) })
	if err := server.Shutdown(ctx); err != nil {
		a.log.Warn("cut off requests", "err", errors.Join(err, server.Close()))
	}
}

// Reload reads the configuration again. Where it has problems, the old one stays
// in force.
func (a *Agent) Reload(ctx context.Context) error {
	a.reload.Lock()
	defer a.reload.Unlock()
	cfg, err := a.opts.Load()
	if err != nil {
		return api.Bad(err)
	}
	if err := a.desk.Configure(ctx, cfg); err != nil {
		return err
	}
	a.sharer.configure(cfg)
	a.web.configure(ctx, cfg.Page)
	if a.listener != nil {
		a.want(cfg)
	}
	a.log.Info("reloaded the configuration", "path", cfg.Path)
	return nil
}

// Status says how the agent is doing.
func (a *Agent) Status() api.Status {
	cfg := a.desk.Config()
	s := api.Status{
		Version: a.opts.Version, PID: os.Getpid(), DB: a.opts.DB, Demo: a.demo, Config: absolute(cfg.Path),
		Desk: cfg.Desk.Name, Site: cfg.Desk.Site, Origin: a.store.Origin().String(), Started: a.started,
		Stored: a.desk.counts.stored.Load(), Refused: a.desk.counts.refused.Load(), NotSaved: a.desk.counts.notSaved.Load(),
		SavedLate: a.desk.counts.late.Load(), Lost: a.desk.counts.lost.Load(), Waiting: len(a.desk.Left()), Trouble: a.Trouble(),
		Clock:   a.desk.clock.doubt(),
		Devices: []api.Device{}, Share: a.sharer.status(), Page: a.web.status(),
	}
	if a.listener != nil {
		s.Dropped, s.CutShort = a.listener.Dropped(), a.listener.CutShort()
		s.Devices = Devices(a.listener.States(), cfg)
	}
	return s
}
