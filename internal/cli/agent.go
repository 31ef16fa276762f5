package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"sync"
	"syscall"

	"github.com/spf13/cobra"

	"magicbutton/internal/agent"
	"magicbutton/internal/api"
	"magicbutton/internal/config"
	"magicbutton/internal/cx"
	"magicbutton/store"
)

func newAgentCommand(env Env) *cobra.Command {
	var terminal bool
	cmd := &cobra.Command{
		Use:     "agent",
		GroupID: groupDesk,
		Short:   "Listen for presses and log them",
		Long: `Listen for presses of the keys that the configuration binds, and log each of them.
It opens only devices that the configuration names, and sees of them only keys
that are bound. While it runs it alone has the database; the other commands ask
it. It stops at Ctrl-C or SIGTERM and gives the devices back; SIGHUP makes it
read its configuration again.

Where the disk is full or read-only, up to 1024 presses wait in memory. Each is
told "not saved", by its light and in the log, and is saved as soon as the disk
takes it. What still waits when the agent stops is named in the log; exit 1.

It serves the page for reps to this computer alone, unless [page] says otherwise:
magicbutton open lets a browser in.

With --terminal, number keys of this terminal are a button pad, and closing
the terminal, a hang-up too, stops the agent.`,
		Example: `  magicbutton agent
  magicbutton agent --terminal`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			at, err := locate(env, cmd)
			if err != nil {
				return err
			}
			keepSmall()
			if terminal {
				return runAgentTerminal(cmd.Context(), env, at)
			}
			return runAgent(cmd.Context(), env, at)
		},
	}
	addDBFlag(cmd)
	cmd.Flags().BoolVar(&terminal, "terminal", false, "number keys of this terminal are a button pad")
	return cmd
}

// keepSmall lets the heap grow by a quarter between collections instead of to
// double, unless GOGC says otherwise: an agent shares a desk's computer with the
// rep's other programs all day, and after some hundred requests this keeps
// 13 MB of memory its own instead of 16 MB.
func keepSmall() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(25)
	}
}

// runAgent is the agent as a service: what it does is in its log, on stderr.
func runAgent(ctx context.Context, env Env, at config.Locations) error {
	log := slog.New(slog.NewTextHandler(env.Stderr, nil))
	a, err := openAgent(ctx, env, at, log, nil)
	if err != nil {
		return err
	}
	return withReload(ctx, a, log, func() error { return a.Run(ctx) })
}

// openAgent opens the agent of a place.
func openAgent(ctx context.Context, env Env, at config.Locations, log *slog.Logger, told func(agent.Outcome)) (*agent.Agent, error) {
	a, err := agent.Open(ctx, agent.Options{
		DB:   at.DB,
		Load: func() (*config.Config, error) { return loadConfig(at) },
		Bus:  env.Bus, Version: Version(), Log: log, Now: env.Now, Uptime: env.Uptime, Told: told, Listen: env.Listen,
	})
	if errors.Is(err, agent.ErrRunning) {
		err = hinted{inUseError{err}, secondAgentHint(ctx, at.DB)}
	} else if errors.Is(err, fs.ErrPermission) {
		err = hinted{err, "run the agent as the user who owns the database and its folder: ls -ld " + quoted(at.DB) + " " + quoted(filepath.Dir(at.DB))}
	}
	if err != nil {
		return nil, hintGathered(err)
	}
	if a.Created() {
		say(env.Stderr, "made the database %s", at.DB)
	}
	return a, nil
}

// secondAgentHint says how to stop the agent that runs.
func secondAgentHint(ctx context.Context, db string) string {
	c, err := api.Dial(ctx, db)
	if err != nil {
		return "stop it first, as the user that runs it"
	}
	s, err := c.Status(ctx)
	if errors.Join(err, c.Close()) != nil {
		return "stop it first: Ctrl-C in its terminal"
	}
	return fmt.Sprintf("stop it first: Ctrl-C in its terminal, or kill %d; the other commands work through it meanwhile", s.PID)
}

// inUseError counts as [store.ErrLocked] does.
type inUseError struct{ error }

func (e inUseError) Unwrap() []error { return []error{e.error, store.ErrLocked} }

// withReload runs f, reading the configuration again at each SIGHUP meanwhile.
func withReload(ctx context.Context, a *agent.Agent, log *slog.Logger, f func() error) error {
	// Whoever read what we say may go: no reason to die with the devices taken.
	signal.Ignore(syscall.SIGPIPE)
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-hup:
				if err := a.Reload(ctx); err != nil {
					log.Error("kept the old configuration", "err", err)
				}
			case <-stop:
				return
			}
		}
	})
	defer wg.Wait()
	defer close(stop)
	defer signal.Stop(hup)
	return f()
}

// runAgentTerminal is the agent with a pad in the terminal, for a person.
func runAgentTerminal(ctx context.Context, env Env, at config.Locations) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	pad := newPad(env, stop)
	log := slog.New(slog.NewTextHandler(pad.errors(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	a, err := openAgent(ctx, env, at, log, pad.show)
	if err != nil {
		return err
	}
	p := place{env: env, db: at.DB, config: a.Desk().Config()}
	restore := pad.raw() // before the keys are explained, as somebody may be quick
	pad.introduce(p)
	pad.listen(ctx, a.Desk())
	err = withReload(ctx, a, log, func() error { return a.Run(ctx) })
	restore()
	return errors.Join(err, sayGoodbye(p))
}

// sayGoodbye prints this week's tally, and how to get it again.
func sayGoodbye(p place) error {
	ctx := context.Background() // the signal that stopped the agent is no reason not to
	now := p.env.Now()
	zone := p.config.Desk.Zone
	week := cx.WeekOf(now, zone)
	from, to := week.Span(zone)
	st, closeReader, err := p.reader(ctx)
	if err != nil {
		return err
	}
	t, err := st.Tally(ctx, cx.Query{From: from, To: to, Zone: zone, By: []cx.Dimension{cx.ByTag}})
	if err == nil {
		var c cx.Catalogue
		if c, err = st.Catalogue(ctx); err == nil {
			err = writeGoodbye(p, t, c, period{cx.Period{From: from, To: to}, zone, now})
		}
	}
	return errors.Join(err, closeReader())
}

func writeGoodbye(p place, t cx.Tally, c cx.Catalogue, when period) error {
	out := p.env.Stdout
	fmt.Fprintln(out)
	if len(t.Rows) == 0 {
		fmt.Fprintln(out, when.describe(cx.WeekOf(when.now, when.zone)))
		fmt.Fprintln(out, "no events yet")
	} else if err := printTally(out, t, c, when); err != nil {
		return err
	}
	_, err := io.WriteString(out, "\nexport it:  "+exportCommand(p)+"\n")
	return err
}

// exportCommand is the command that exports this week, as it can be typed here.
func exportCommand(p place) string {
	return quoted(os.Args[0]) + " export --week this" + p.configFlag() + " --db " + quoted(p.db)
}
