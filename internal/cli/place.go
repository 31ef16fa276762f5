package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"magicbutton/internal/agent"
	"magicbutton/internal/api"
	"magicbutton/internal/config"
	"magicbutton/internal/cx"
	"magicbutton/internal/localsock"
	"magicbutton/internal/report"
	"magicbutton/store"
)

// reader is what the commands that read ask: a desk, or the agent's client.
type reader interface {
	report.Reader
	Export(ctx context.Context, w io.Writer, x api.Export) (api.Exported, error)
}

// desk is what the commands that write ask: the agent's client, or a desk of our
// own where no agent runs.
type desk interface {
	Log(ctx context.Context, n api.NewEvent) (api.Logged, error)
	Undo(ctx context.Context, u api.Undo) (cx.Event, error)
	Void(ctx context.Context, id cx.ID) (cx.Event, error)
	Amend(ctx context.Context, id cx.ID, a cx.Amendment) (cx.Event, error)
	EventBySeq(ctx context.Context, seq uint64) (cx.Event, error)
	Import(ctx context.Context, b api.ImportBatch) (api.Imported, error)
}

// place is one desk as a command line names it: its configuration and database.
type place struct {
	env    Env
	db     string
	config *config.Config
}

// addDBFlag gives a command the flag that names the database.
func addDBFlag(cmd *cobra.Command) {
	cmd.Flags().String("db", "", "database `FILE` (default: $MAGICBUTTON_DB, else beside the configuration that was named, else your data folder)")
}

// locate finds the configuration and database of a command.
func locate(env Env, cmd *cobra.Command) (config.Locations, error) {
	configFlag, _ := cmd.Flags().GetString("config")
	dbFlag := ""
	if cmd.Flags().Lookup("db") != nil {
		dbFlag, _ = cmd.Flags().GetString("db")
	}
	return config.Paths(configFlag, dbFlag, env.Getenv)
}

// openPlace reads the configuration of a command.
func openPlace(env Env, cmd *cobra.Command) (place, error) {
	at, err := locate(env, cmd)
	if err != nil {
		return place{}, err
	}
	cfg, err := loadConfig(at)
	return place{env: env, db: at.DB, config: cfg}, err
}

// loadConfig reads the configuration. Where nobody named one and there is none,
// the built-in one serves, so that nothing must be configured before the first
// press.
func loadConfig(at config.Locations) (*config.Config, error) {
	cfg, err := config.Load(at.Config)
	if errors.Is(err, fs.ErrNotExist) {
		if !at.Explicit {
			return config.Default(), nil
		}
		return nil, usage(hinted{err, "magicbutton init --config " + quoted(at.Config) + " writes a starter configuration"})
	}
	return cfg, err
}

// configFlag returns the flag that names the place's configuration on a command
// line, with a blank before it, or "" where it is found without.
func (p place) configFlag() string {
	found, err := config.Paths("", p.db, p.env.Getenv)
	if p.config.Path == "" || err == nil && found.Config == p.config.Path {
		return ""
	}
	return " --config " + quoted(p.config.Path)
}

// zone returns the zone of a --zone flag, or the desk's.
func (p place) zone(name string) (*time.Location, error) {
	if name == "" {
		return p.config.Desk.Zone, nil
	}
	loc, err := config.ParseZone(name)
	if err != nil {
		return nil, usage(fmt.Errorf("--zone: %w", err))
	}
	return loc, nil
}

// reader opens the place for reading: through its agent, or the file itself, or,
// where there is no database yet, as an empty one.
func (p place) reader(ctx context.Context) (reader, func() error, error) {
	c, st, err := p.open(ctx, store.Options{ReadOnly: true})
	if errors.Is(err, fs.ErrNotExist) {
		say(p.env.Stderr, "no events yet: there is no database %s", p.db)
		sayHint(p.env.Stderr, "magicbutton agent --terminal makes one and takes presses")
		return empty{p.config.Catalogue}, func() error { return nil }, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if c != nil {
		return c, c.Close, nil
	}
	return p.newDesk(ctx, st)
}

// desk opens the place for writing: through its agent, or the file itself. Where
// there is none, it is made if create says so, else the error is an
// [fs.ErrNotExist].
func (p place) desk(ctx context.Context, create bool) (desk, func() error, error) {
	c, st, err := p.open(ctx, store.Options{Create: create})
	if err != nil {
		return nil, nil, err
	}
	if c != nil {
		return c, c.Close, nil
	}
	if st.Created() {
		say(p.env.Stderr, "made the database %s", p.db)
	} else {
		err = hintGathered(agent.RefuseGathered(ctx, st))
	}
	if err != nil {
		return nil, nil, errors.Join(err, st.Close())
	}
	return p.newDesk(ctx, st)
}

// hintGathered says what to name in a gathered database's place.
func hintGathered(err error) error {
	if errors.Is(err, agent.ErrGathered) {
		err = hinted{err, "name a desk's database with --db or --config, and gather again"}
	}
	return err
}

// newDesk makes a desk of an open file, and says how to close it.
func (p place) newDesk(ctx context.Context, st *store.Store) (*agent.Desk, func() error, error) {
	cfg, err := p.configFor(ctx, st)
	if err != nil {
		return nil, nil, errors.Join(err, st.Close())
	}
	d, err := agent.NewDesk(ctx, st, cfg, p.env.Now)
	if err != nil {
		return nil, nil, errors.Join(err, st.Close())
	}
	return d, st.Close, nil
}

// configFor returns the configuration for a file. One that was gathered has the tags
// of many desks, which are not this configuration's to describe.
func (p place) configFor(ctx context.Context, st *store.Store) (*config.Config, error) {
	merged, err := st.Merged(ctx)
	if err != nil || !merged {
		return p.config, err
	}
	cfg := *p.config
	cfg.Catalogue, err = st.Catalogue(ctx)
	return &cfg, err
}

// open connects to the place's agent, or opens the file where none runs: it
// returns one of the two.
func (p place) open(ctx context.Context, o store.Options) (*api.Client, *store.Store, error) {
	c, err := p.dial(ctx)
	if err == nil || !errors.Is(err, localsock.ErrNobody) {
		return c, nil, err
	}
	o.Now = p.env.Now
	st, err := store.Open(p.db, o)
	if errors.Is(err, store.ErrLocked) {
		if c, err := p.dial(ctx); err == nil { // an agent has just started
			return c, nil, nil
		}
	}
	return nil, st, err
}

// dial connects to the place's agent.
func (p place) dial(ctx context.Context) (*api.Client, error) {
	c, err := api.Dial(ctx, p.db)
	if errors.Is(err, fs.ErrPermission) {
		return nil, hinted{
			fmt.Errorf("an agent runs for %s, but you may not talk to it: %w", p.db, err),
			"run the command as the user that runs the agent",
		}
	}
	return c, err
}

// agent connects to the place's agent, for what only an agent can do.
func (p place) agent(ctx context.Context) (*api.Client, error) {
	c, err := p.dial(ctx)
	if errors.Is(err, localsock.ErrNobody) {
		return nil, fmt.Errorf("%w: %s", errNoAgent, p.db)
	}
	return c, err
}

// sayNoEvents says that there are none in a period, unless it was said already
// that there is no database.
func sayNoEvents(p place, r reader) {
	if _, none := r.(empty); !none {
		say(p.env.Stderr, "no events in this period")
	}
}
