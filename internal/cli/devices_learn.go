package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"magicbutton/internal/api"
	"magicbutton/internal/config"
	"magicbutton/internal/cx"
	"magicbutton/internal/localsock"
)

// learnOptions are the flags of devices learn.
type learnOptions struct {
	by      string
	tag     string
	undo    bool
	json    bool
	timeout time.Duration
}

// learnTimeout is long enough to find a keypad's plug under a desk.
const learnTimeout = time.Minute

func newDevicesLearnCommand(env Env) *cobra.Command {
	var o learnOptions
	cmd := &cobra.Command{
		Use:   "learn",
		Short: "Press a key to see its name and bind it to a tag",
		Long: `Press a key to see its name, and bind it to a tag: the [[button]] is added to the
configuration, and an agent that runs takes it up. Buttons that do not type are
seen at once. A keyboard or keypad is only opened after it was unplugged and
plugged in again, so that nobody's own keyboard is taken away; a device is held
while a key is waited for, and not while questions are asked. No press counts
as long as a key is waited for.

With --tag or --undo it asks nothing and binds the next key that is pressed. With
--json it binds nothing and prints what it sees, a line each.`,
		Example: `  magicbutton devices learn
  magicbutton devices learn --by port
  magicbutton devices learn --tag bill-unclear
  magicbutton devices learn --json --timeout 10s`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return usage(err)
			}
			at, err := locate(env, cmd)
			if err != nil {
				return err
			}
			return runLearn(cmd.Context(), env, at, o)
		},
	}
	addDBFlag(cmd)
	flags := cmd.Flags()
	flags.StringVar(&o.by, "by", "", "name the device by its model, serial or port (default: what tells it from others here)")
	flags.StringVar(&o.tag, "tag", "", "bind the next key pressed to this `TAG`")
	flags.BoolVar(&o.undo, "undo", false, "bind the next key pressed to undo")
	flags.BoolVar(&o.json, "json", false, "bind nothing; print what is seen, as JSON lines")
	flags.DurationVar(&o.timeout, "timeout", learnTimeout, "how long to wait for a key")
	complete(cmd, "by", texts(namings)...)
	_ = cmd.RegisterFlagCompletionFunc("tag", completeTags(env)) // the flag exists
	return cmd
}

func (o learnOptions) check() error {
	if o.by != "" {
		if _, err := parseNaming(o.by); err != nil {
			return fmt.Errorf("--by: %w", err)
		}
	}
	switch {
	case o.tag != "" && o.undo:
		return errors.New("--tag and --undo: one key does one thing")
	case o.json && (o.asksNothing() || o.by != ""):
		return errors.New("--json binds nothing: give no --tag, --undo or --by with it")
	case o.timeout <= 0:
		return fmt.Errorf("--timeout %v: want a time such as 30s", o.timeout)
	}
	return nil
}

// asksNothing reports whether it is said what the next key does.
func (o learnOptions) asksNothing() bool { return o.tag != "" || o.undo }

func runLearn(ctx context.Context, env Env, at config.Locations, o learnOptions) (err error) {
	in, isFile := env.Stdin.(*os.File)
	if !o.json && !o.asksNothing() && (!isFile || !isTerminal(in)) {
		return usage(hinted{
			errors.New("it asks what each key is to do, and this is no terminal"),
			"magicbutton devices learn --tag TAG binds the next key that is pressed, --undo makes it undo",
		})
	}
	// Devices are given back when whoever reads is gone, and when the terminal is.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP)
	defer stop()
	l, err := openLearning(ctx, env, at, o)
	if err != nil {
		return err
	}
	defer closing(l.close, &err)
	switch {
	case o.json:
		return l.watch(ctx)
	case o.asksNothing():
		return l.next(ctx)
	}
	return newDialogue(l, newConsole(in, env.Stdout)).run(ctx)
}

// learning is one run of the command.
type learning struct {
	place // its configuration is the file's, after each key that was bound
	learner
	agent   bool   // one runs
	file    string // the configuration file
	options learnOptions
	bound   []config.Button      // by this run
	last    map[string]api.Sight // what was last seen, by path
	said    map[string][]string  // what was said, by unit
}

// openLearning finds out who sees the keys, and where they are bound: where an
// agent runs, in the configuration that it reads.
func openLearning(ctx context.Context, env Env, at config.Locations, o learnOptions) (*learning, error) {
	l := &learning{place: place{env: env, db: at.DB}, options: o, last: make(map[string]api.Sight), said: make(map[string][]string)}
	c, err := l.dial(ctx)
	switch {
	case err == nil:
		l.agent, l.learner = true, agentLearner{c}
		named := at
		at, err = agentsConfig(ctx, c, at)
		if err == nil && named.Explicit && !sameFile(named.Config, at.Config) {
			say(env.Stderr, "the agent reads %s: keys are bound there", at.Config)
		}
	case errors.Is(err, localsock.ErrNobody):
		err = nil
	}
	if err == nil {
		err = l.prepare(ctx, at)
	}
	if err != nil && l.learner != nil {
		err = errors.Join(err, l.close())
	}
	return l, err
}

// agentsConfig returns where the agent's configuration is.
func agentsConfig(ctx context.Context, c *api.Client, at config.Locations) (config.Locations, error) {
	s, err := c.Status(ctx)
	switch {
	case err != nil:
		return at, err
	case s.Config != "":
		at.Config, at.Explicit = s.Config, true
	case at.Explicit:
		return at, hinted{
			fmt.Errorf("the agent that runs does not read %s: it was started without a configuration", at.Config),
			fmt.Sprintf("stop it (kill %d), and start it with magicbutton agent --config %s", s.PID, quoted(at.Config)),
		}
	}
	return at, nil
}

// prepare reads the configuration, and finds out what would go wrong after the
// first key was pressed.
func (l *learning) prepare(ctx context.Context, at config.Locations) (err error) {
	l.file = at.Config
	if l.config, err = loadConfig(at); err != nil {
		return err
	}
	if l.options.tag != "" {
		if _, err := l.config.Catalogue.Usable(l.options.tag); err != nil {
			return usage(hinted{err, "magicbutton config print" + l.configFlag() + " shows the tags"})
		}
	}
	if err := l.writable(); err != nil {
		return err
	}
	if l.agent {
		return nil
	}
	if _, err := l.devicesHere(); err != nil { // with a hint
		return err
	}
	l.learner, err = newOwnLearner(ctx, l.place)
	return err
}

// writable says before anybody presses a key that it could not be bound.
func (l *learning) writable() error {
	if l.options.json {
		return nil
	}
	f, err := os.OpenFile(l.file, os.O_WRONLY, 0)
	switch {
	case err == nil:
		return f.Close()
	case errors.Is(err, fs.ErrNotExist): // it will be made
		return nil
	}
	return hinted{fmt.Errorf("binding keys: %w", err), "run it as a user who may write the file"}
}

// bind makes a key do what it is to do from now on.
func (l *learning) bind(ctx context.Context, b config.Button) error {
	ctx = context.WithoutCancel(ctx) // what was begun is finished, Ctrl-C or not
	if l.config.Path == "" {
		err := config.Init(l.file)
		if err != nil && !errors.Is(err, fs.ErrExist) { // it is there meanwhile
			return err
		}
	}
	if err := config.AppendButton(l.file, b); err != nil {
		return err
	}
	cfg, err := config.Load(l.file)
	if err != nil {
		return err
	}
	l.config, l.bound = cfg, append(l.bound, b)
	if err := l.takeUp(ctx, cfg); err != nil {
		return fmt.Errorf("the key is bound, and not in force yet: %w", err)
	}
	return nil
}

// usableTags are those that a key may be bound to.
func (l *learning) usableTags() []cx.Tag { return l.config.Catalogue.UsableTags() }
