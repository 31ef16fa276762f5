package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"magicbutton/hid"
	"magicbutton/internal/agent"
	"magicbutton/internal/labels"
)

func newLabelsCommand(env Env) *cobra.Command {
	var output, device, size string
	cmd := &cobra.Command{
		Use:     "labels",
		GroupID: groupDesk,
		Short:   "Print key-cap stickers and a desk card from the bindings",
		Long: `Make one HTML file to print at 100 %, on A4 or US Letter: for each device that the
configuration names a desk card, its keys drawn as they lie, and a sticker for each
bound key. No device is opened, and none need be plugged in.

Stickers are 12 mm squares, which fit the top of any standard key cap. Arcade
buttons and X-keys have larger ones: --size 20mm.`,
		Example: `  magicbutton labels -o labels.html
  magicbutton labels --device 04d9:1203#A7 --size 20mm -o big.html`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o := labels.Options{UndoWithin: agent.UndoWindow}
			var err error
			if o.StickerMM, err = parseMillimetres(size); err != nil {
				return usage(fmt.Errorf("--size: %w", err))
			}
			if device != "" {
				if o.Device, err = hid.ParseMatch(device); err != nil {
					return usage(fmt.Errorf("--device: %w", err))
				}
			}
			p, err := openPlace(env, cmd)
			if err != nil {
				return err
			}
			return runLabels(p, output, o)
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "write to this `FILE` (default: stdout, where that is no terminal); it changes only when all is written")
	cmd.Flags().StringVar(&device, "device", "", "only this `DEVICE`, such as 04d9:1203, 04d9:1203#SERIAL or 04d9:1203@1-2.3")
	cmd.Flags().StringVar(&size, "size", fmt.Sprintf("%dmm", labels.DefaultStickerMM), fmt.Sprintf("side of a sticker, %d to %d mm", labels.MinStickerMM, labels.MaxStickerMM))
	complete(cmd, "size", "12mm", "14mm", "20mm", "24mm")
	_ = cmd.RegisterFlagCompletionFunc("device", func(cmd *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		p, err := openPlace(env, cmd)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return labels.Devices(p.config), cobra.ShellCompDirectiveNoFileComp
	})
	return cmd
}

// parseMillimetres reads a length such as 20mm, 20 mm or 20.
func parseMillimetres(s string) (float64, error) {
	number := strings.TrimSpace(strings.TrimSuffix(strings.ToLower(s), "mm"))
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || !(n >= labels.MinStickerMM && n <= labels.MaxStickerMM) {
		return 0, fmt.Errorf("%q: want %d to %d mm, such as 20mm", s, labels.MinStickerMM, labels.MaxStickerMM)
	}
	return n, nil
}

func runLabels(p place, output string, o labels.Options) error {
	if output == "" && onTerminal(p.env.Stdout) { // a page of HTML there helps nobody
		return usage(hinted{errors.New("labels are a page for the browser, not for the terminal"), "magicbutton labels" + p.configFlag() + " -o labels.html"})
	}
	sheet, err := labels.New(p.config, o)
	if errors.Is(err, labels.ErrNoButtons) {
		return hinted{err, "magicbutton devices learn" + p.configFlag()}
	}
	if err != nil {
		return usage(err)
	}
	if err := p.writeTo(output, sheet.WriteHTML); err != nil {
		return err
	}
	if !isStdout(output) {
		say(p.env.Stderr, "wrote %s and %s to %s", plural(sheet.Cards(), "card"), plural(sheet.Stickers(), "sticker"), output)
		sayHint(p.env.Stderr, "open it in a browser and print it at 100 %%")
	}
	sayOfSheet(p.env.Stderr, sheet)
	return nil
}

// sayOfSheet says what of the labels is not as it may have been meant.
func sayOfSheet(w io.Writer, sheet *labels.Sheet) {
	if m, ok := sheet.Unnamed(); ok {
		say(w, "the configuration does not name %s: its labels are those of its model", m)
	}
	for _, m := range sheet.Missing() {
		var keys []string
		for _, k := range m.Keys {
			keys = append(keys, k.Name())
		}
		say(w, "%s is a %s, which has no such key: %s", m.Device, m.Name, strings.Join(keys, ", "))
	}
	for _, m := range sheet.WithoutUndo() {
		say(w, "no key of %s takes a press back: bind one to \"undo\"", m)
	}
}

// onTerminal reports whether what is written is shown on a terminal.
func onTerminal(w io.Writer) bool {
	if out, ok := w.(*checkedWriter); ok {
		w = out.w
	}
	f, ok := w.(*os.File)
	return ok && isTerminal(f)
}
