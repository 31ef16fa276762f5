package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"magicbutton/internal/cx"
)

// filterFlags are the flags that narrow what is listed, counted or exported, the
// same on every command.
type filterFlags struct {
	stages, channels []string
	cx.Filter
}

func (f *filterFlags) add(env Env, cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringSliceVar(&f.Tags, "tag", nil, "only this `TAG`; more with commas or another --tag")
	flags.StringSliceVar(&f.stages, "stage", nil, "only this `STAGE`; more as with --tag")
	flags.StringSliceVar(&f.channels, "channel", nil, "only this `CHANNEL`; more as with --tag")
	flags.StringArrayVar(&f.Desks, "desk", nil, "only this desk's `NAME`; another --desk for more")
	flags.StringArrayVar(&f.Sites, "site", nil, "only this site's `NAME`; another --site for more")
	_ = cmd.RegisterFlagCompletionFunc("tag", completeTags(env)) // the flag exists
	complete(cmd, "stage", texts(cx.Stages())...)
	complete(cmd, "channel", texts(cx.Channels())...)
	complete(cmd, "desk")
	complete(cmd, "site")
}

// resolve reads the words that are the same everywhere. What a database must know
// it says itself.
func (f *filterFlags) resolve() (cx.Filter, error) {
	var errs []error
	for _, s := range f.stages {
		v, err := cx.ParseStage(s)
		errs = append(errs, err)
		f.Stages = append(f.Stages, v)
	}
	for _, s := range f.channels {
		v, err := cx.ParseChannel(s)
		errs = append(errs, err)
		f.Channels = append(f.Channels, v)
	}
	return f.Filter, usage(errors.Join(errs...))
}
