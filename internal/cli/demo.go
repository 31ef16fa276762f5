package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"magicbutton/internal/config"
	"magicbutton/internal/cx"
	"magicbutton/internal/demo"
)

// demoOptions are the flags of the demo command.
type demoOptions struct {
	output string
	seed   uint64
	until  string
	noTour bool
	quiet  bool
}

// demoSeed makes the year of the documents.
const demoSeed = 7

func newDemoCommand(env Env) *cobra.Command {
	var o demoOptions
	cmd := &cobra.Command{
		Use:     "demo",
		GroupID: groupLead,
		Short:   "A scratch database with a realistic year, and a tour",
		Long: `Make a scratch database with a year of a phone company that does not exist: two
shops and a contact centre, 53 weeks up to the last complete one, trends, a billing
error, quiet holidays, and customers' words. Then show on it in three commands what a
lead reads on Monday; on a terminal Enter goes on and q leaves.

It makes a folder, by default a new temporary one, and touches nothing else: not
your database, not your configuration. The last lines say how to go on with it, and
how to delete it. One seed and one day make the same events each time.`,
		Example: `  magicbutton demo
  magicbutton demo -o demo --no-tour
  magicbutton demo -o demo --until 2026-11-15 --seed 1
  magicbutton tally --config "$(magicbutton demo --quiet)/magicbutton.toml"`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runDemo(cmd.Context(), env, &o) },
	}
	flags := cmd.Flags()
	flags.StringVarP(&o.output, "output", "o", "", "the `DIR` to make (default: a new temporary one)")
	flags.Uint64Var(&o.seed, "seed", demoSeed, "another `N` is another year of the same story")
	flags.StringVar(&o.until, "until", "", "end with the last week that was over on this `DATE` (default: yesterday)")
	flags.BoolVar(&o.noTour, "no-tour", false, "only make it")
	flags.BoolVarP(&o.quiet, "quiet", "q", false, "only make it, and print nothing but its folder")
	complete(cmd, "seed")
	complete(cmd, "until")
	_ = cmd.MarkFlagDirname("output") // an error is about a flag that does not exist
	return cmd
}

func runDemo(ctx context.Context, env Env, o *demoOptions) error {
	last, err := o.lastWeek(env)
	if err != nil {
		return usage(err)
	}
	dir := o.output
	if dir == "" {
		if dir, err = os.MkdirTemp("", "magicbutton-demo-"); err != nil {
			return fmt.Errorf("making a folder for the demo: %w", err)
		}
	}
	show, done := progressLine(env, "making a year")
	if o.quiet {
		show = nil
	}
	made, err := demo.Make(ctx, dir, demo.Options{Seed: o.seed, Last: last, Now: env.Now, Progress: show})
	done()
	if err != nil && o.output == "" {
		_ = os.Remove(dir) // it is empty again
	}
	switch {
	case errors.Is(err, demo.ErrNotEmpty):
		return hinted{err, demoThere(env, dir)}
	case err != nil && ctx.Err() != nil:
		return fmt.Errorf("making a demo in %s: interrupted; nothing is left of it", dir)
	case err != nil:
		return err
	}
	if o.quiet {
		_, err := fmt.Fprintln(env.Stdout, dir)
		return err
	}
	say(env.Stderr, "made %s with %s of %s to %s, %d of them taken back", made.DB, plural(made.Events, "event"), made.First, made.Last, made.Voided)
	t := newTour(env, dir, made)
	if !o.noTour {
		if err := t.run(ctx); err != nil {
			return err
		}
	}
	return t.goOn()
}

// lastWeek returns the last week of the year to make.
func (o *demoOptions) lastWeek(env Env) (cx.Week, error) {
	today := cx.DateOf(env.Now(), demo.Zone())
	until := today.Add(-1)
	if o.until != "" {
		day, err := cx.ParseDate(o.until)
		if err != nil {
			return cx.Week{}, fmt.Errorf("--until: %w", err)
		}
		if !day.Before(today) {
			return cx.Week{}, hinted{fmt.Errorf("--until %s: that day is not over", day), "leave it out, or name a day before " + today.String()}
		}
		until = day
	}
	last := until.Add(1).Week().Add(-1) // the week of the last Sunday up to then
	if first := (demo.Plan{Last: last}).First(); first.Year < cx.MinAt.Year() {
		return cx.Week{}, fmt.Errorf("--until %s: the year would begin in %s, before 2000", until, first)
	}
	return last, nil
}

// demoThere says what to do about a folder that has something in it.
func demoThere(env Env, dir string) string {
	if _, err := os.Stat(filepath.Join(dir, demo.DBName)); err != nil {
		return "name with -o a folder that is empty or not there"
	}
	return "if it is a demo, " + deleteCommand(dir) + " deletes it, and magicbutton tally" + demoFlags(env, dir) + " shows it"
}

// demoFlags are what a command needs to ask a demo, with a blank before them.
func demoFlags(env Env, dir string) string {
	flags := " --config " + quoted(filepath.Join(dir, demo.ConfigName))
	if env.Getenv(config.EnvDB) != "" { // which would come before what lies beside the configuration
		flags += " --db " + quoted(filepath.Join(dir, demo.DBName))
	}
	return flags
}
