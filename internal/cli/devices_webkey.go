package cli

import (
	"errors"
	"fmt"
	"net/url"

	"github.com/spf13/cobra"

	"magicbutton/internal/cx"
	"magicbutton/internal/page"
)

func newDevicesWebkeyCommand(env Env) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "webkey TAG",
		Short: "Print the address to write into a webkey",
		Long: `Print the address to write into a webkey, a USB key that types an address: with the
tool of its maker. It opens the rep's page with that tag ready. Opening it stores
nothing; one key or tap on the page does. The address has no secret in it: a browser
that was not let in is told to run magicbutton open, once.

A key that this program listens to stores at the press, and needs no page:
magicbutton devices learn.`,
		Example: `  magicbutton devices webkey refund-slow
  magicbutton devices webkey --all`,
		Args: func(cmd *cobra.Command, args []string) error {
			if all {
				return noArgs(cmd, args)
			}
			return oneArg("TAG")(cmd, args)
		},
		ValidArgsFunction: completeTags(env),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := openPlace(env, cmd)
			if err != nil {
				return err
			}
			return runWebkey(p, args)
		},
	}
	addDBFlag(cmd)
	cmd.Flags().BoolVar(&all, "all", false, "print the address of each tag, behind its code")
	return cmd
}

// runWebkey prints the addresses of tags; of all for none.
func runWebkey(p place, tags []string) error {
	if !p.config.Page.Enabled {
		return hinted{
			errors.New("there is no page: the configuration has enabled = false in [page]"),
			"take it out of " + quoted(p.config.Path) + ", then: magicbutton config reload",
		}
	}
	if len(tags) == 0 {
		for _, t := range p.config.Catalogue.UsableTags() {
			if _, err := fmt.Fprintf(p.env.Stdout, "%s\t%s\n", t.Code, webkey(p, t)); err != nil {
				return err
			}
		}
	} else {
		t, err := p.config.Catalogue.Usable(tags[0])
		if err != nil {
			return usage(err)
		}
		if _, err := fmt.Fprintln(p.env.Stdout, webkey(p, t)); err != nil {
			return err
		}
	}
	say(p.env.Stderr, "it opens the page with the tag ready; nothing is stored until a rep confirms it there")
	sayHint(p.env.Stderr, "magicbutton open, once, lets the browser in that the webkey opens; the port in [page] must stay")
	return nil
}

// webkey returns the address of a tag.
func webkey(p place, t cx.Tag) string {
	return page.Address(p.config.Page.Port) + "tag/" + url.PathEscape(t.Code)
}
