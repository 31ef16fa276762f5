package cli

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

func newOpenCommand(env Env) *cobra.Command {
	var only bool
	cmd := &cobra.Command{
		Use:     "open",
		GroupID: groupDesk,
		Short:   "Open the rep's page in your browser",
		Long: `Open the page on which a rep sees what was pressed on this desk, adds the
customer's words, takes it back, or tags without a button. The agent serves it, to
this computer alone.

It prints an address that lets one browser in, once, within a minute, and opens it
with $BROWSER, or else with what your system opens addresses with. That browser is
let in from then on, the agent's restarts included.`,
		Example: `  magicbutton open
  magicbutton open --print`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			at, err := locate(env, cmd)
			if err != nil {
				return err
			}
			return runOpen(cmd.Context(), place{env: env, db: at.DB}, only)
		},
	}
	addDBFlag(cmd)
	cmd.Flags().BoolVar(&only, "print", false, "print the address, and open nothing")
	return cmd
}

func runOpen(ctx context.Context, p place, only bool) (err error) {
	c, err := p.agent(ctx)
	if err != nil {
		return err
	}
	defer closing(c.Close, &err)
	ticket, err := c.PageTicket(ctx)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(p.env.Stdout, ticket.Address); err != nil || only {
		return err
	}
	why := browse(p.env, ticket.Address)
	if why == "" {
		say(p.env.Stderr, "opened the page in your browser")
		sayHint(p.env.Stderr, "where none came up, paste the address into one within a minute; it works once")
		return nil
	}
	say(p.env.Stderr, "opened no browser: %s", why)
	sayHint(p.env.Stderr, "paste the address into a browser on this computer within a minute; it works once")
	return nil
}

// browserPatience is how long a browser's starter may take to say that it could not: they
// end at once, or go on with the browser.
const browserPatience = 3 * time.Second

// browse opens an address in the user's browser, or says why it could not.
func browse(env Env, address string) (why string) {
	args := browser(env.Getenv, address)
	if args == nil {
		return "there is no display, or nothing that opens addresses"
	}
	cmd := exec.Command(args[0], args[1:]...)
	detach(cmd) // a browser outlives the terminal
	if err := cmd.Start(); err != nil {
		return err.Error()
	}
	ended := make(chan error, 1) // 1: nobody may wait for it any more
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			return fmt.Sprintf("%s: %v", args[0], err)
		}
	case <-time.After(browserPatience):
	}
	return ""
}

// browser returns the command line that opens an address, nil where there is none. It
// reads $BROWSER as xdg-open(1) does: programs with colons between them, the first that
// is there; %s is the address, which else comes last.
func browser(getenv func(string) string, address string) []string {
	for choice := range strings.SplitSeq(getenv("BROWSER"), ":") {
		args := strings.Fields(choice)
		if len(args) == 0 {
			continue
		}
		if _, err := exec.LookPath(args[0]); err != nil {
			continue
		}
		if !strings.Contains(choice, "%s") {
			return append(args, address)
		}
		for i := range args {
			args[i] = strings.ReplaceAll(args[i], "%s", address)
		}
		return args
	}
	switch {
	case runtime.GOOS == "windows":
		return []string{"rundll32", "url.dll,FileProtocolHandler", address}
	case runtime.GOOS == "darwin":
		return []string{"open", address}
	case getenv("DISPLAY") == "" && getenv("WAYLAND_DISPLAY") == "":
		return nil
	}
	if _, err := exec.LookPath("xdg-open"); err != nil {
		return nil
	}
	return []string{"xdg-open", address}
}
