// Package cli is the command line: one file for each command, and text.go for
// what is said to people on every one of them.
package cli

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"magicbutton/hid"
	"magicbutton/internal/agent"
	"magicbutton/internal/api"
	"magicbutton/internal/config"
	"magicbutton/store"
)

// The exit codes. Scripts rely on them.
const (
	exitDone    = 0
	exitError   = 1
	exitUsage   = 2
	exitNoAgent = 3
	exitInUse   = 4
)

// Env is what the commands have of the world.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	Now            func() time.Time
	Uptime         func() time.Duration // see [agent.Options.Uptime]; nil is none
	Bus            hid.Bus
	Listen         func(network, address string) (net.Listener, error) // see [agent.Options.Listen]
	// Self starts this program again: its file, and what comes before a command's
	// arguments. Without it nothing is done in another process.
	Self []string
}

// System returns the environment of this process.
func System() Env {
	return Env{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Getenv: os.Getenv, Now: time.Now, Uptime: agent.Uptime(), Bus: &hid.USB{},
	}
}

// Main runs one command line and returns the exit code. ctx ends at a signal.
func Main(ctx context.Context, env Env, args []string) int {
	out := &checkedWriter{w: env.Stdout}
	env.Stdout = out
	root := newRootCommand(env, args)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		err = out.failure()
	}
	if err == nil {
		return exitDone
	}
	if errors.Is(err, syscall.EPIPE) { // whoever reads has seen enough
		return exitError
	}
	var code codeError
	if errors.As(err, &code) { // the command has said what there is to say
		return int(code)
	}
	printError(env.Stderr, cmd, err)
	return codeOf(err)
}

// newRootCommand returns the command with those below it that args may mean.
func newRootCommand(env Env, args []string) *cobra.Command {
	cmd := &cobra.Command{
		Use:           "magicbutton",
		Short:         "Tag customer conversations at the press of a USB key; tally them by the week",
		Long:          rootLong,
		Example:       rootExample,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArgs,
		// No command below has one of its own, so it runs before each of them.
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return usage(noEmptyFlag(cmd)) },
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.SetIn(env.Stdin)
	cmd.SetOut(env.Stdout)
	cmd.SetErr(env.Stderr)
	cmd.SetUsageFunc(narrow(cmd.UsageFunc()))
	help := cmd.HelpFunc()
	cmd.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		cmd.Long = reflow(cmd.Long)
		help(cmd, args)
	})
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(flagError(err)) })
	cmd.PersistentFlags().String("config", "", "configuration `FILE` (default: $MAGICBUTTON_CONFIG, else your configuration folder)")
	cmd.AddGroup(
		&cobra.Group{ID: groupDesk, Title: "On the desk:"},
		&cobra.Group{ID: groupLead, Title: "For the lead:"},
		&cobra.Group{ID: groupCare, Title: "Care:"},
	)
	addCommands(cmd, env, args)
	cmd.SetHelpCommandGroupID(groupCare)
	cmd.SetCompletionCommandGroupID(groupCare)
	cmd.InitDefaultHelpCmd()
	settle(cmd)
	return cmd
}

// codeError ends with an exit code; what there is to say has been said.
type codeError int

func (codeError) Error() string { return "exit" }

// usageError is a wrong command line: exit code 2.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usage(err error) error {
	if err == nil {
		return nil
	}
	return usageError{err}
}

// hinted is an error with what to do about it.
type hinted struct {
	error
	hint string
}

func (e hinted) Unwrap() error { return e.error }

// errNoAgent says that a command needs an agent and none runs.
var errNoAgent = errors.New("no agent runs for this database")

// errAgentStopped says that the agent ended before the command was through.
var errAgentStopped = errors.New("the agent stopped")

func codeOf(err error) int {
	var use usageError
	var problem *api.Error
	var cfg *config.Error
	switch {
	case errors.As(err, &use), errors.As(err, &cfg):
		return exitUsage
	case errors.As(err, &problem) && problem.Code == api.CodeBad:
		return exitUsage
	case errors.Is(err, errNoAgent), errors.Is(err, errAgentStopped):
		return exitNoAgent
	case errors.Is(err, store.ErrLocked):
		return exitInUse
	}
	return exitError
}
