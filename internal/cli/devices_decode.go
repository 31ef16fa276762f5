package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"magicbutton/hid"
)

// decodeOptions say what gives reports their meaning: one of the two.
type decodeOptions struct {
	descriptor string // file
	device     string // model
}

func newDevicesDecodeCommand(env Env) *cobra.Command {
	var o decodeOptions
	cmd := &cobra.Command{
		Use:   "decode (--descriptor FILE | --device VVVV:PPPP) [REPORTS]",
		Short: "Decode recorded input reports, without a device",
		Long: `Decode input reports, and print each key that goes down or up as a line of JSON:

  {"report":3,"key":"keyboard:0x1e","page":7,"usage":30,"down":true}

The reports are one a line in hex, from a file or standard input: 00 00 59, 000059,
00:00:59 or 0x00, 0x00, 0x59. The first is report 1, and all keys are up before it.
What follows a # is a remark; lines without a report are not counted. A recording
of hid-recorder is taken as it is.

What reports mean says the report descriptor, or for a model that the program knows
by itself its profile. Those keys are numbered: "key":"button:2","button":2 instead
of page and usage. A descriptor is the raw bytes, as Linux has them in
/sys/bus/usb/devices/*/*/report_descriptor, or hex. No device is opened, and no
configuration read.`,
		Example: `  magicbutton devices decode --descriptor report_descriptor reports.txt
  magicbutton devices decode --device 0fd9:0080 < reports.txt
  printf '00 00 59 00 00 00 00 00\n' | magicbutton devices decode --descriptor keypad.bin`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return fmt.Errorf("%s: want one file of REPORTS, got %q too", cmd.Name(), args[1])
			}
			return nil
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return nil, cobra.ShellCompDirectiveDefault
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return runDecode(cmd.Context(), env, o, args)
		},
	}
	cmd.Flags().StringVar(&o.descriptor, "descriptor", "", "report descriptor `FILE`, raw or in hex; - for standard input")
	cmd.Flags().StringVar(&o.device, "device", "", "model `VVVV:PPPP`: one that has a profile, or that is plugged in now")
	_ = cmd.RegisterFlagCompletionFunc("device", completeProfiles)
	return cmd
}

// runDecode decodes reports until they or ctx end.
func runDecode(ctx context.Context, env Env, o decodeOptions, args []string) error {
	fromStdin := len(args) == 0 || isStdout(args[0])
	if fromStdin && o.descriptor == "-" {
		return usage(errors.New("--descriptor -: standard input cannot be the reports, too: name a file of REPORTS"))
	}
	m, err := o.meaning(env)
	if err != nil {
		return err
	}
	if !m.layout.HasKeys() {
		say(env.Stderr, "note: these reports have no keys: nothing will be printed")
	}
	if fromStdin {
		if f, ok := env.Stdin.(*os.File); ok && isTerminal(f) {
			say(env.Stderr, "type input reports, one a line in hex; Ctrl-D ends")
		}
		return decoding("standard input", m.decode(ctx, env.Stdin, env.Stdout))
	}
	f, err := os.Open(args[0])
	if err != nil {
		return hinted{fmt.Errorf("decoding: %w", err), "REPORTS is a file, one report a line; without it they are read from standard input"}
	}
	defer f.Close()
	err = m.decode(ctx, f, env.Stdout)
	if err == nil && ctx.Err() != nil {
		err = errors.New("interrupted")
	}
	return decoding(args[0], err)
}

// decoding says which reports an error is about.
func decoding(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("decoding %s: %w", name, err)
}

// decode prints what the reports of r change. Where somebody may be writing them, each
// report's changes come before the next one is waited for. It ends without an error
// when ctx does.
func (m meaning) decode(ctx context.Context, r io.Reader, w io.Writer) (err error) {
	if isRegular(r) {
		buffered := bufio.NewWriterSize(w, 64<<10)
		defer closing(buffered.Flush, &err)
		w = buffered
	}
	dec := hid.NewDecoder(m.layout)
	var changes []hid.Change
	n := 0
	for report, err := range readReports(ctx, r) {
		if err != nil {
			return err
		}
		n++
		changes = dec.Decode(report, changes[:0])
		if err := m.print(w, n, changes); err != nil {
			return err
		}
	}
	return nil
}

// keyChange is one line of the output. Scripts rely on its fields and their order.
type keyChange struct {
	Report int     `json:"report"`
	Key    string  `json:"key"`
	Page   uint16  `json:"page,omitempty"`
	Usage  uint16  `json:"usage,omitempty"`
	Button *uint16 `json:"button,omitempty"` // 0 is one, too: see hid.ButtonKey
	Down   bool    `json:"down"`
}

func (m meaning) print(w io.Writer, report int, changes []hid.Change) error {
	if len(changes) == 0 {
		return nil
	}
	var out []byte
	for _, c := range changes {
		line := keyChange{Report: report, Key: c.Key.String(), Down: c.Down}
		if m.profiled {
			line.Button = &c.Key.Usage
		} else {
			line.Page, line.Usage = c.Key.Page, c.Key.Usage
		}
		text, err := json.Marshal(line)
		if err != nil {
			return err
		}
		out = append(append(out, text...), '\n')
	}
	_, err := w.Write(out)
	return err
}
