package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"magicbutton/internal/config"
	"magicbutton/internal/localsock"
)

func newConfigCommand(env Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "config",
		GroupID: groupCare,
		Short:   "Check, print, find or reload the configuration",
		Example: `  magicbutton config check
  magicbutton config path`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newConfigCheckCommand(env), newConfigPrintCommand(env), newConfigPathCommand(env), newConfigReloadCommand(env))
	return cmd
}

func newConfigCheckCommand(env Env) *cobra.Command {
	return &cobra.Command{
		Use:     "check",
		Short:   "Name every problem of the configuration, with its line",
		Example: `  magicbutton config check --config desk.toml`,
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := openPlace(env, cmd)
			if err != nil {
				return err
			}
			for _, d := range p.config.Doubts {
				say(env.Stderr, "warning: %s:%d: %s", p.config.Path, d.Line, d.Text)
			}
			name := p.config.Path
			if name == "" {
				name = "the built-in configuration"
			}
			_, err = fmt.Fprintf(env.Stdout, "%s is sound: desk %q, %s, %s\n", name, p.config.Desk.Name,
				plural(len(p.config.Catalogue.UsableTags()), "tag"), plural(len(p.config.Buttons), "button"))
			return err
		},
	}
}

func newConfigPrintCommand(env Env) *cobra.Command {
	return &cobra.Command{
		Use:     "print",
		Short:   "Print the configuration in force, defaults included",
		Example: `  magicbutton config print`,
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := openPlace(env, cmd)
			if err != nil {
				return err
			}
			_, err = env.Stdout.Write(p.config.TOML())
			return err
		},
	}
}

func newConfigPathCommand(env Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "path",
		Short:   "Print where configuration, database and the agent's socket are",
		Example: `  magicbutton config path`,
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			at, err := locate(env, cmd)
			if err != nil {
				return err
			}
			return runConfigPath(cmd.Context(), env, at)
		},
	}
	addDBFlag(cmd)
	return cmd
}

func runConfigPath(ctx context.Context, env Env, at config.Locations) error {
	socket, err := localsock.Path(at.DB)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.Stdout, "configuration %s%s\ndatabase      %s%s\nsocket        %s%s\n",
		at.Config, missing(at.Config, " (none: the built-in one is used)"), at.DB, missing(at.DB, " (none yet)"),
		socket, place{env: env, db: at.DB}.deaf(ctx, " (no agent listens)"))
	return err
}

// deaf returns note where no agent can be asked.
func (p place) deaf(ctx context.Context, note string) string {
	c, err := p.dial(ctx)
	if err != nil {
		return note
	}
	_ = c.Close() // nothing was asked
	return ""
}

// missing returns note where there is no such file.
func missing(path, note string) string {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return note
	}
	return ""
}

func newConfigReloadCommand(env Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "reload",
		Short:   "Make the running agent read its configuration again",
		Long:    "Make the running agent read its configuration again; it checks it first, and keeps\nthe old one where there is a problem. SIGHUP does the same.",
		Example: `  magicbutton config reload`,
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			at, err := locate(env, cmd)
			if err != nil {
				return err
			}
			return runReload(cmd.Context(), env, at)
		},
	}
	addDBFlag(cmd)
	return cmd
}

func runReload(ctx context.Context, env Env, at config.Locations) (err error) {
	c, err := place{env: env, db: at.DB}.agent(ctx)
	if err != nil {
		return err
	}
	defer closing(c.Close, &err)
	if err := c.Reload(ctx); err != nil {
		return err
	}
	say(env.Stderr, "the agent read its configuration again")
	return nil
}
