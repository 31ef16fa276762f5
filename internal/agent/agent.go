package agent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"magicbutton/hid"
	"magicbutton/internal/api"
	"magicbutton/internal/config"
	"magicbutton/internal/cx"
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
	// Told, if not nil, is called with the outcome of each press of a device, from
	// one goroutine, after the light was set.
	Told func(Outcome)
}

// Agent is a running agent. [Open] makes one.
type Agent struct {
	opts     Options
	log      *slog.Logger
	started  time.Time
	store    *store.Store
	desk     *Desk
	socket   net.Listener
	listener *hid.Listener
	stop     chan struct{} // closed when Run begins to stop
}

// How long Open waits for the database in one go, and stopping for requests.
const (
	lockTimeout = 2 * time.Second
	stopTimeout = 3 * time.Second
)

// Open takes the database and listens for commands; [Agent.Run] then listens for
// presses. While a command holds the database it waits, and says so; where another
// agent holds it, the error is [ErrRunning].
func Open(ctx context.Context, o Options) (*Agent, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
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
	a := &Agent{opts: o, log: o.Log, started: o.Now(), store: st, stop: make(chan struct{})}
	if a.desk, err = NewDesk(ctx, st, cfg, o.Now); err == nil {
		a.socket, err = localsock.Listen(o.DB)
	}
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	if o.Bus != nil {
		a.listener = hid.NewListener(o.Bus, hid.Options{ClaimFile: o.DB + ".claims", Now: o.Now, Log: o.Log})
		a.want(cfg)
	}
	return a, nil
}

// openStore waits until no command holds the database.
func openStore(ctx context.Context, o Options) (*store.Store, error) {
	said := false
	for {
		st, err := store.Open(o.DB, store.Options{Create: true, Timeout: lockTimeout, Now: o.Now})
		if !errors.Is(err, store.ErrLocked) {
			return st, err
		}
		if c, dialed := api.Dial(ctx, o.DB); dialed == nil {
			_ = c.Close()
			return nil, fmt.Errorf("%w for %s", ErrRunning, o.DB)
		}
		if !said {
			o.Log.Warn("waited for the database", "err", err)
			said = true
		}
		if ctx.Err() != nil {
			return nil, err
		}
	}
}

// Desk returns the agent's desk, for a pad in the agent's own terminal.
func (a *Agent) Desk() *Desk { return a.desk }

// Created reports whether the agent made the database.
func (a *Agent) Created() bool { return a.store.Created() }

// Run listens for presses and answers commands until ctx ends. Then it gives the
// devices back, stores the presses that were already made, and closes the
// database.
func (a *Agent) Run(ctx context.Context) error {
	server := a.newServer()
	var wg sync.WaitGroup
	var serveErr error
	wg.Go(func() {
		if err := server.Serve(a.socket); !errors.Is(err, http.ErrServerClosed) {
			serveErr = fmt.Errorf("answering commands: %w", err)
		}
	})
	a.log.Info("started", "db", a.opts.DB, "desk", a.desk.Config().Desk.Name)
	listenErr := a.listen(ctx)
	<-ctx.Done()
	close(a.stop)
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	stopErr := server.Shutdown(stopping)
	wg.Wait()
	err := errors.Join(listenErr, serveErr, stopErr, a.store.Close())
	a.log.Info("stopped", "stored", a.desk.counts.stored.Load(), "refused", a.desk.counts.refused.Load(), "not_saved", a.desk.counts.notSaved.Load())
	return err
}

// untilStop returns ctx, ended also when the agent stops: a stream without an end
// must not hold it up.
func (a *Agent) untilStop(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		defer cancel()
		select {
		case <-a.stop:
		case <-ctx.Done():
		}
	}()
	return ctx
}

// Reload reads the configuration again. Where it has problems, the old one stays
// in force.
func (a *Agent) Reload(ctx context.Context) error {
	cfg, err := a.opts.Load()
	if err != nil {
		return err
	}
	if err := a.desk.Configure(ctx, cfg); err != nil {
		return err
	}
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
		Version: a.opts.Version, PID: os.Getpid(), DB: a.opts.DB, Config: cfg.Path,
		Desk: cfg.Desk.Name, Site: cfg.Desk.Site, Origin: a.store.Origin().String(), Started: a.started,
		Stored: a.desk.counts.stored.Load(), Refused: a.desk.counts.refused.Load(), NotSaved: a.desk.counts.notSaved.Load(),
	}
	if a.listener != nil {
		s.Dropped = a.listener.Dropped()
		s.Devices = Devices(a.listener.States(), cfg)
	}
	return s
}

// listen stores presses until ctx ends and every press made before is stored.
func (a *Agent) listen(ctx context.Context) error {
	if a.listener == nil {
		return nil
	}
	var wg sync.WaitGroup
	var err error
	wg.Go(func() { err = a.listener.Run(ctx) })
	// The presses that are waiting when the agent stops were made: they are stored.
	storing := context.WithoutCancel(ctx)
	for p := range a.listener.Presses() {
		a.take(storing, p)
	}
	wg.Wait()
	if errors.Is(err, hid.ErrUnavailable) {
		a.log.Warn("listened to no device", "err", err)
		return nil // a desk may work without buttons
	}
	return err
}

// take stores one press of a device and answers with its light.
func (a *Agent) take(ctx context.Context, p hid.Press) {
	action, ok := actionFor(a.desk.Config(), p)
	if !ok {
		return // the binding went with a reload
	}
	o := a.desk.Press(ctx, Press{
		Source: cx.SourceDevice, Device: deviceName(p.Device), Key: p.Key.String(),
		At: p.At, Action: action,
	})
	a.listener.Light(p.Device.Path, lights[o.Result])
	a.record(o)
	if a.opts.Told != nil {
		a.opts.Told(o)
	}
}

// lights are how a device answers each result.
var lights = map[Result]hid.Light{
	Stored:        hid.Stored,
	Undone:        hid.Stored,
	Refused:       hid.Refused,
	NothingToUndo: hid.Refused,
	NotStored:     hid.NotStored,
}

// record writes the outcome of a press to the log. A line that says stored or
// undone is written after the flush: it is an acknowledgement.
func (a *Agent) record(o Outcome) {
	log := a.log.With("device", o.Press.Device, "key", o.Press.Key)
	switch o.Result {
	case Stored:
		log.Info("stored", "tag", o.Event.Tag, "event", o.Event.ID.String(), "seq", o.Event.ID.Seq(), "took_ms", millis(o.Took))
	case Undone:
		log.Info("undone", "tag", o.Event.Tag, "event", o.Event.ID.String(), "seq", o.Event.ID.Seq())
	case Refused:
		log.Info("refused", "tag", o.Press.Action.Tag, "err", o.Err)
	case NothingToUndo:
		log.Info("found nothing to undo")
	case NotStored:
		log.Error("not saved", "tag", o.Press.Action.Tag, "err", o.Err)
	}
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
