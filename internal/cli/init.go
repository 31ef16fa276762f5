package cli

import (
	"errors"
	"io/fs"

	"github.com/spf13/cobra"

	"magicbutton/internal/config"
)

func newInitCommand(env Env) *cobra.Command {
	return &cobra.Command{
		Use:     "init",
		GroupID: groupDesk,
		Short:   "Write a starter configuration; never overwrites",
		Long: `Write a starter configuration: twelve tags that fit most desks, the desk named
after this machine. It never overwrites. The file is TOML and explains itself.`,
		Example: `  magicbutton init
  magicbutton init --config desk.toml`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runInit(env, cmd) },
	}
}

func runInit(env Env, cmd *cobra.Command) error {
	at, err := locate(env, cmd)
	if err != nil {
		return err
	}
	if err := config.Init(at.Config); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return hinted{err, "it was left as it is; magicbutton config print --config " + quoted(at.Config) + " shows what it says"}
		}
		return err
	}
	say(env.Stderr, "wrote %s", at.Config)
	sayHint(env.Stderr, "magicbutton agent --terminal --config %s takes presses in this terminal", quoted(at.Config))
	return nil
}
