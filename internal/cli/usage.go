package cli

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// helpColumns is how wide a help is at most: a terminal's usual width.
const helpColumns = 80

// narrow makes cobra's usage text no wider than [helpColumns]: cobra writes each flag on
// one line.
func narrow(plain func(*cobra.Command) error) func(*cobra.Command) error {
	return func(cmd *cobra.Command) error {
		out := cmd.OutOrStderr()
		var text bytes.Buffer
		cmd.SetOut(&text)
		err := plain(cmd)
		cmd.SetOut(out)
		if err != nil {
			return err
		}
		usage := text.String()
		for _, flags := range []*pflag.FlagSet{cmd.LocalFlags(), cmd.InheritedFlags()} {
			if wide := strings.TrimRight(flags.FlagUsages(), " \n"); wide != "" {
				usage = strings.Replace(usage, wide, strings.TrimRight(flags.FlagUsagesWrapped(helpColumns), " \n"), 1)
			}
		}
		usage = strings.Replace(usage, " for more information about a command.", " for more about one.", 1)
		_, err = io.WriteString(out, usage)
		return err
	}
}

// reflow breaks the paragraphs of a text that have a line wider than [helpColumns]
// anew. What is indented is laid out by hand and stays.
func reflow(text string) string {
	paragraphs := strings.Split(text, "\n\n")
	for i, p := range paragraphs {
		lines := strings.Split(p, "\n")
		wide := slices.ContainsFunc(lines, func(l string) bool { return width(l) > helpColumns })
		byHand := slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, " ") })
		if wide && !byHand {
			paragraphs[i] = wrap(p, helpColumns, "")
		}
	}
	return strings.Join(paragraphs, "\n\n")
}
