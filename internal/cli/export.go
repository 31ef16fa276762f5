package cli

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
	"magicbutton/internal/export"
)

// exportOptions are the flags that both exports share.
type exportOptions struct {
	period periodFlags
	filter filterFlags
	format string
	output string
}

func (o *exportOptions) add(env Env, cmd *cobra.Command) {
	addDBFlag(cmd)
	o.period.add(cmd)
	o.filter.add(env, cmd)
	cmd.Flags().StringVar(&o.format, "format", "csv", "csv, json or ndjson")
	cmd.Flags().StringVarP(&o.output, "output", "o", "", "write to this `FILE` (default: stdout); it changes only when all is written")
	complete(cmd, "format", texts(export.Formats())...)
}

func newExportCommand(env Env) *cobra.Command {
	var o exportOptions
	var by string
	cmd := &cobra.Command{
		Use:     "export",
		GroupID: groupLead,
		Short:   "Export tallies (default) or events, to csv, json or ndjson",
		Long: `Export tallies: one row for each week and value of what is counted by, with the
number of events and, where the grouping does not split one, of conversations.
Of the last complete week unless another period is asked for. magicbutton export
events writes one line an event.

Text cells that a spreadsheet would take for a formula get a leading '.`,
		Example: `  magicbutton export -o week.csv
  magicbutton export --by tag,stage --weeks 12 --format json
  magicbutton export events --from 2026-01-01 -o events.csv`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dims, err := cx.ParseDimensions(by)
			if err != nil {
				return usage(err)
			}
			p, err := openPlace(env, cmd)
			if err != nil {
				return err
			}
			return runExport(cmd.Context(), p, &o, dims)
		},
	}
	o.add(env, cmd)
	addByFlag(cmd, &by)
	cmd.AddCommand(newExportEventsCommand(env))
	return cmd
}

func runExport(ctx context.Context, p place, o *exportOptions, by []cx.Dimension) (err error) {
	when, err := o.period.resolve(p)
	if err != nil {
		return err
	}
	only, err := o.filter.resolve()
	if err != nil {
		return err
	}
	format, err := export.ParseFormat(o.format)
	if err != nil {
		return usage(err)
	}
	r, closeReader, err := p.reader(ctx)
	if err != nil {
		return err
	}
	defer closing(closeReader, &err)
	t, err := r.Tally(ctx, cx.Query{From: when.From, To: when.To, Zone: when.zone, By: by, Filter: only})
	if err != nil {
		return err
	}
	if len(t.Rows) == 0 {
		if err := o.period.suggestThisWeek(ctx, p, r, when, only); err != nil {
			return err
		}
	}
	return p.writeTo(o.output, func(w io.Writer) error {
		return export.WriteTally(w, format, t, export.TallyOptions{Period: when.Period, Zone: when.zone})
	})
}

func newExportEventsCommand(env Env) *cobra.Command {
	var o exportOptions
	var voided, history bool
	cmd := &cobra.Command{
		Use:   "events",
		Short: "Export events, one line each",
		Long: `Export events, one line each, ordered by id, with all that is known of them.
Instants are RFC 3339 in UTC. magicbutton import takes the CSV. Notes are the
customers' own words: mind where the file goes.`,
		Example: `  magicbutton export events --week last -o events.csv
  magicbutton export events --from 2026-01-01 --voided --format ndjson --history`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := openPlace(env, cmd)
			if err != nil {
				return err
			}
			return runExportEvents(cmd.Context(), p, &o, voided, history)
		},
	}
	o.add(env, cmd)
	cmd.Flags().BoolVar(&voided, "voided", false, "also those that were taken back")
	cmd.Flags().BoolVar(&history, "history", false, "with what each event was before it was corrected; json and ndjson only")
	return cmd
}

func runExportEvents(ctx context.Context, p place, o *exportOptions, voided, history bool) (err error) {
	when, err := o.period.resolve(p)
	if err != nil {
		return err
	}
	only, err := o.filter.resolve()
	if err != nil {
		return err
	}
	format, err := export.ParseFormat(o.format)
	if err == nil && history && format == export.CSV {
		err = errors.New("CSV has no place for history: use --format ndjson or json")
	}
	if err != nil {
		return usage(err)
	}
	r, closeReader, err := p.reader(ctx)
	if err != nil {
		return err
	}
	defer closing(closeReader, &err)
	x := api.Export{
		Events: cx.EventQuery{From: when.From, To: when.To, Voided: voided, Filter: only},
		Format: string(format), History: history,
	}
	lines, done := p.exportProgress(ctx, r, x, o.output)
	n := 0
	err = p.writeTo(o.output, func(w io.Writer) error {
		n, err = r.Export(ctx, lines.to(w), x)
		return err
	})
	done()
	if err != nil {
		return err
	}
	if !isStdout(o.output) {
		say(p.env.Stderr, "wrote %s to %s", plural(n, "event"), o.output)
	}
	if n == 0 {
		return o.period.suggestThisWeek(ctx, p, r, when, only)
	}
	return nil
}
