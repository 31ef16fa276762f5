package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"magicbutton/hid"
	"magicbutton/internal/agent"
	"magicbutton/internal/api"
	"magicbutton/internal/config"
)

func newDevicesCommand(env Env) *cobra.Command {
	var asJSON, rule bool
	cmd := &cobra.Command{
		Use:     "devices",
		GroupID: groupDesk,
		Short:   "List HID devices, and what it takes to use each",
		Long:    devicesLong(),
		Example: `  magicbutton devices
  magicbutton devices --json
  magicbutton devices --udev-rule 04d9:1203 | sudo tee /etc/udev/rules.d/70-magicbutton.rules`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 && !rule {
				if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
					return usage(unknownCommand(cmd, args[0]))
				}
				return usage(fmt.Errorf("unknown argument %q: models go with --udev-rule", args[0]))
			}
			p, err := openPlace(env, cmd)
			if err != nil {
				return err
			}
			if rule {
				return runUdevRule(p, args)
			}
			return runDevices(cmd.Context(), p, asJSON)
		},
	}
	addDBFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	cmd.Flags().BoolVar(&rule, "udev-rule", false, "print the udev rules for the models (Linux)")
	cmd.AddCommand(newDevicesLearnCommand(env), newDevicesDecodeCommand(env), newDevicesWebkeyCommand(env))
	return cmd
}

func runDevices(ctx context.Context, p place, asJSON bool) error {
	list, err := p.devices(ctx)
	if err != nil {
		return err
	}
	switch {
	case asJSON:
		err = printJSON(p.env.Stdout, list)
	case len(list) == 0:
		say(p.env.Stderr, "no HID device is plugged in")
	default:
		_, err = io.WriteString(p.env.Stdout, deviceTable(list))
	}
	for _, w := range agent.Wanted(p.config) {
		if !slices.ContainsFunc(list, func(d api.Device) bool { return d.Bound(w.Name) }) {
			say(p.env.Stderr, "%s is bound, and not plugged in", w.Name)
		}
	}
	return err
}

// devices asks the agent, which has them open, or looks itself.
func (p place) devices(ctx context.Context) ([]api.Device, error) {
	if c, err := p.dial(ctx); err == nil {
		s, err := c.Status(ctx)
		return p.withOwnFix(s.Devices), errors.Join(err, c.Close())
	}
	return p.devicesHere()
}

// devicesHere looks at the bus without an agent.
func (p place) devicesHere() ([]api.Device, error) {
	states, err := hid.Look(p.env.Bus, agent.Wanted(p.config))
	if err != nil {
		return nil, hinted{err, usbHint(err)}
	}
	return p.withOwnFix(agent.Devices(states, p.config)), nil
}

// withOwnFix says how to get permission with this program's own command, which is
// shorter than the one that package hid knows, and covers all that is bound. It puts
// times into the desk's zone.
func (p place) withOwnFix(list []api.Device) []api.Device {
	for i := range list {
		d := &list[i]
		if d.LastPress != nil {
			*d.LastPress = d.LastPress.In(p.config.Desk.Zone)
		}
		if !d.NeedsUdevRule {
			continue
		}
		models := " " + d.Model
		if slices.ContainsFunc(p.config.Buttons, func(b config.Button) bool { return strings.HasPrefix(b.Device.String(), d.Model) }) {
			models = p.configFlag() // the rule file is for all models that are bound
		}
		d.Fix = "magicbutton devices --udev-rule" + models + " | sudo tee /etc/udev/rules.d/70-magicbutton.rules, then plug it in again"
	}
	return list
}

func usbHint(err error) string {
	switch {
	case errors.Is(err, hid.ErrUnavailable):
		return "build it with a C compiler: on Debian, apt-get install gcc libc6-dev, then go build ./cmd/magicbutton"
	case errors.Is(err, fs.ErrNotExist):
		return "this machine has no USB, or a container that does not show it"
	}
	return ""
}

// runUdevRule prints two files for two places, so that redirecting one needs no
// editing: the modprobe rule goes behind comment signs.
func runUdevRule(p place, args []string) error {
	matches, err := matchesOf(p.config, args)
	if err != nil {
		return usage(err)
	}
	if len(matches) == 0 {
		return hinted{
			errors.New("no model: the configuration has no [[button]]"),
			"magicbutton devices lists models; give one: magicbutton devices --udev-rule 04d9:1203",
		}
	}
	var text strings.Builder
	text.WriteString(hid.UdevRule(matches...) + "#\n# For a modprobe.d file:\n")
	for line := range strings.Lines(hid.ModprobeRule(matches...)) {
		text.WriteString("# " + strings.TrimPrefix(line, "# "))
	}
	_, err = io.WriteString(p.env.Stdout, text.String())
	return err
}

// matchesOf returns the models of the arguments, or those that the configuration
// names.
func matchesOf(cfg *config.Config, args []string) ([]hid.Match, error) {
	var matches []hid.Match
	for _, a := range args {
		m, err := hid.ParseMatch(a)
		if err != nil {
			return nil, err
		}
		matches = append(matches, m)
	}
	if len(args) == 0 {
		for _, b := range cfg.Buttons {
			matches = append(matches, b.Device)
		}
	}
	return matches, nil
}
