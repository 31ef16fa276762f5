package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

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
	// formats are those that the command can write.
	formats []export.Format
}

func (o *exportOptions) add(env Env, cmd *cobra.Command) {
	addDBFlag(cmd)
	o.period.add(cmd)
	o.filter.add(env, cmd)
	cmd.Flags().StringVarP(&o.output, "output", "o", "", "write to this `FILE` (default: stdout); it changes only when all is written")
}

// addFormat gives a command the flag that names one of some formats.
func (o *exportOptions) addFormat(cmd *cobra.Command, formats []export.Format) {
	o.formats = formats
	names := texts(formats)
	last := len(names) - 1
	cmd.Flags().StringVar(&o.format, "format", "",
		strings.Join(names[:last], ", ")+" or "+names[last]+" (default: what -o's FILE ends in, else csv)")
	complete(cmd, "format", names...)
}

// resolveFormat returns the format that was named, or that the output's name ends in.
func (o *exportOptions) resolveFormat(p place) (export.Format, error) {
	format := export.FormatOf(o.output)
	var err error
	switch {
	case o.format != "":
		format, err = export.ParseFormat(o.format)
	case format == "":
		err = p.unknownEnding(o.output, texts(o.formats))
	}
	if err != nil {
		return "", usage(err)
	}
	switch {
	case format == "":
		return export.CSV, nil
	case !slices.Contains(o.formats, format):
		return "", usage(hinted{fmt.Errorf("%s is for tallies: it has no form for events", format), "--format csv"})
	case format.Binary() && isStdout(o.output) && p.showsStdout():
		return "", usage(hinted{fmt.Errorf("%s is nothing that a terminal can show", format), "name a file: -o week." + string(format)})
	}
	return format, nil
}

// unknownEnding refuses a file whose name ends in what is no format: its reader would
// take it for one. A name without an ending says nothing.
func (p place) unknownEnding(path string, formats []string) error {
	ending := strings.TrimPrefix(filepath.Ext(path), ".")
	if ending == "" || isStdout(path) || isSpecial(path) {
		return nil
	}
	if err := p.isOwn(path); err != nil {
		return err
	}
	like := "known: " + strings.Join(formats, ", ")
	if near := cx.Nearest(strings.ToLower(ending), formats); near != "" {
		like = fmt.Sprintf("did you mean %q?", near)
	}
	return hinted{fmt.Errorf("-o %s: %q is no format (%s)", path, "."+ending, like), "--format says which, whatever the name"}
}

// isSpecial reports whether a path is there and no regular file, such as /dev/stdout.
func isSpecial(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.Mode().IsRegular()
}

func newExportCommand(env Env) *cobra.Command {
	var o exportOptions
	var by string
	cmd := &cobra.Command{
		Use:     "export",
		GroupID: groupLead,
		Short:   "Export tallies or events: csv, json, ndjson, md, xlsx, parquet",
		Long: `Export tallies: one row for each week and value of what is counted by, with the
number of events and, where the grouping does not split one, of conversations.
Of the last complete week unless another period is asked for. magicbutton export
events writes one line an event.

The format is what FILE ends in: csv, json, ndjson, md (a Markdown table), xlsx (a
workbook: numbers are numbers, days are dates) or parquet; --format says otherwise.
Text cells that a spreadsheet would take for a formula get a leading '.`,
		Example: `  magicbutton export -o week.csv
  magicbutton export --by tag,stage --weeks 12 -o weeks.xlsx
  magicbutton export --weeks 4 --format md
  magicbutton export events --from 2026-01-01 -o events.csv`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dims, err := cx.ParseDimensions(by)
			if err != nil {
				return usage(err)
			}
			p, err := openAsked(env, cmd, dims, o.filter.Filter)
			if err != nil {
				return err
			}
			return runExport(cmd.Context(), p, &o, dims)
		},
	}
	o.add(env, cmd)
	o.addFormat(cmd, export.Formats())
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
	format, err := o.resolveFormat(p)
	if err != nil {
		return err
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
		if err := o.period.notYet(when); err != nil {
			return err
		}
		if err := o.period.suggestThisWeek(ctx, p, r, when, only); err != nil {
			return err
		}
	}
	err = p.writeTo(o.output, func(w io.Writer) error {
		return export.WriteTally(w, format, t, export.TallyOptions{Period: when.Period, Zone: when.zone})
	})
	if err == nil {
		sayRaw(p, t, format)
	}
	return err
}

func newExportEventsCommand(env Env) *cobra.Command {
	var o exportOptions
	var voided, history bool
	cmd := &cobra.Command{
		Use:   "events",
		Short: "Export events, one line each",
		Long: `Export events, one line each, ordered by id, with all that is known of them.
Instants are RFC 3339 in UTC; in a workbook (xlsx) they are dates and times by the
clock of --zone, and in UTC beside it; in parquet they are timestamps in UTC.
magicbutton import takes the CSV. Notes are the
customers' own words: mind where the file goes.`,
		Example: `  magicbutton export events --week last -o events.csv
  magicbutton export events --weeks 12 -o events.xlsx
  magicbutton export events --from 2026-01-01 -o events.parquet
  magicbutton export events --from 2026-01-01 --voided --format ndjson --history`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := openAsked(env, cmd, nil, o.filter.Filter)
			if err != nil {
				return err
			}
			return exported(cmd.Context(), o.output, runExportEvents(cmd.Context(), p, &o, voided, history))
		},
	}
	o.add(env, cmd)
	o.addFormat(cmd, export.EventFormats())
	cmd.Flags().BoolVar(&voided, "voided", false, "also those that were taken back")
	cmd.Flags().BoolVar(&history, "history", false, "with what each event was before it was corrected; json and ndjson only")
	return cmd
}

// exported says in the place of an error of a signal what became of the file.
func exported(ctx context.Context, output string, err error) error {
	switch {
	case err == nil || ctx.Err() == nil:
		return err
	case isStdout(output):
		return errors.New("exporting: interrupted; not all of it was written")
	}
	return fmt.Errorf("exporting: interrupted; nothing was written to %s", output)
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
	format, err := o.resolveFormat(p)
	if err != nil {
		return err
	}
	if history && format != export.JSON && format != export.NDJSON {
		return usage(fmt.Errorf("%s has no place for history: use --format ndjson or json", strings.ToUpper(string(format))))
	}
	r, closeReader, err := p.reader(ctx)
	if err != nil {
		return err
	}
	defer closing(closeReader, &err)
	x := api.Export{
		Events: cx.EventQuery{From: when.From, To: when.To, Voided: voided, Filter: only},
		Format: string(format), History: history, Masked: p.config.Privacy.Masked(),
	}
	lines, done := p.exportProgress(ctx, r, x, o.output)
	var got api.Exported
	err = p.writeTo(o.output, func(w io.Writer) error {
		got, err = exportEvents(ctx, r, w, x, when.zone, lines)
		return err
	})
	done()
	if err != nil {
		return err
	}
	if !isStdout(o.output) {
		say(p.env.Stderr, "wrote %s to %s", plural(got.Events, "event"), o.output)
	}
	if got.Voided > 0 && !isStdout(o.output) {
		say(p.env.Stderr, "left out %s that %s taken back: --voided has them", plural(got.Voided, "event"), wasOrWere(got.Voided))
	}
	if got.Events == 0 {
		return o.period.suggestThisWeek(ctx, p, r, when, only)
	}
	return nil
}
