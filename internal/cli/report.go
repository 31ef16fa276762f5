package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
	"magicbutton/internal/report/html"
	"magicbutton/internal/report/markdown"
)

// reportOptions are the flags of the report command.
type reportOptions struct {
	period   periodFlags
	filter   filterFlags
	output   string
	full     bool
	freeze   bool
	sections []string
	format   string
}

// The formats of a report, the first being the default.
var reportFormats = []string{"html", "md", "json"}

func newReportCommand(env Env) *cobra.Command {
	var o reportOptions
	cmd := &cobra.Command{
		Use:     "report",
		GroupID: groupLead,
		Short:   "The week's report, as one HTML file",
		Long: `The report of one week, by default the last complete one, as one HTML file: what
changed and whether it is real, what it costs, what was done about it. It needs no
other file and no network, and prints on one page.

--full adds all there is to say, on up to six pages; --sections picks. --format md is
the first page in short, as Markdown for a chat or a ticket; json is all the numbers.

--freeze writes the numbers of a complete week down for good, with their SHA-256, and
then makes the report, which says so. Where they have changed since, by an import, an
undo or a correction, they become the next revision, and what moved is told.`,
		Example: `  magicbutton report
  magicbutton report --week 2026-W47 -o week.html
  magicbutton report --full
  magicbutton report --week last --freeze
  magicbutton report --sections summary,top,stages --site Berlin -o berlin.html
  magicbutton report --format md -o -`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := openAsked(env, cmd, nil, o.filter.Filter)
			if err != nil {
				return err
			}
			return runReport(cmd.Context(), p, &o)
		},
	}
	addDBFlag(cmd)
	o.period.addWeek(cmd)
	o.filter.add(env, cmd)
	o.addOutput(cmd)
	return cmd
}

func (o *reportOptions) addOutput(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVarP(&o.output, "output", "o", "", "write to this `FILE`, or - for stdout (default: report-WEEK.html in this folder); it changes only when all is written")
	flags.StringVar(&o.format, "format", "", "html, md or json (default: what -o's FILE ends in, else html)")
	flags.BoolVar(&o.full, "full", false, "with all sections")
	flags.BoolVar(&o.freeze, "freeze", false, "write the week's numbers down for good, then make its report")
	flags.StringSliceVar(&o.sections, "sections", nil, "only these, with commas: "+strings.Join(html.Sections(), ", "))
	_ = cmd.RegisterFlagCompletionFunc("sections", completeSections) // an error is about a flag that does not exist
	complete(cmd, "format", reportFormats...)
}

// completeSections goes on after a comma.
func completeSections(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	head := typed[:strings.LastIndex(typed, ",")+1]
	given := strings.Split(head, ",")
	var out []cobra.Completion
	for _, name := range html.Sections() {
		if !slices.Contains(given, name) {
			out = append(out, head+name)
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// addWeek adds the flags of a period that is one week.
func (f *periodFlags) addWeek(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.spec.Week, "week", "", "this `WEEK`: last, this, or as 2026-W47")
	flags.StringVar(&f.zone, "zone", "", "time zone `NAME`, as Europe/Berlin (default: the desk's)")
	complete(cmd, "week", "last", "this")
	complete(cmd, "zone")
}

// resolveFormat returns the format that was named, or that the output's name ends in.
func (o *reportOptions) resolveFormat(p place) (string, error) {
	ending := strings.TrimPrefix(strings.ToLower(filepath.Ext(o.output)), ".")
	switch {
	case o.format == "" && slices.Contains(reportFormats, ending):
		return ending, nil
	case o.format == "":
		return reportFormats[0], usage(p.unknownEnding(o.output, reportFormats))
	case slices.Contains(reportFormats, o.format):
		return o.format, nil
	}
	if near := cx.Nearest(o.format, reportFormats); near != "" {
		return "", usage(fmt.Errorf("unknown format %q (did you mean %q?)", o.format, near))
	}
	return "", usage(fmt.Errorf("unknown format %q (known: %s)", o.format, strings.Join(reportFormats, ", ")))
}

func runReport(ctx context.Context, p place, o *reportOptions) (err error) {
	names, err := html.ParseSections(o.sections)
	if err != nil {
		return usage(err)
	}
	format, err := o.resolveFormat(p)
	if err != nil {
		return err
	}
	if o.full && len(names) > 0 {
		return usage(errors.New("--sections picks: give it without --full"))
	}
	if format != "html" && (o.full || len(names) > 0) {
		return usage(fmt.Errorf("--full and --sections are for html: %s has no choice of sections", format))
	}
	when, err := o.period.resolve(p)
	if err != nil {
		return err
	}
	only, err := o.filter.resolve()
	if err != nil {
		return err
	}
	if err := o.period.notYet(when); err != nil {
		return err
	}
	build := p.reportOptions(when)
	build.Filter = only
	week, err := p.buildReport(ctx, when, build, o)
	if err != nil {
		return err
	}
	if o.output == "" {
		o.output = fmt.Sprintf("report-%s.%s", week.Header.Week, format)
	}
	err = p.writeTo(o.output, func(w io.Writer) error {
		switch format {
		case "json":
			return printJSON(w, week)
		case "md":
			return markdown.Write(w, week)
		}
		return html.Write(w, week, html.Options{Full: o.full, Sections: names})
	})
	if err == nil && !isStdout(o.output) {
		say(p.env.Stderr, "wrote the report of week %s to %s", week.Header.Week, o.output)
	}
	return err
}

// buildReport makes the report of a week, and freezes it where it should be.
func (p place) buildReport(ctx context.Context, when period, build report.Options, o *reportOptions) (week report.Week, err error) {
	if o.freeze {
		return p.buildFrozen(ctx, when, build)
	}
	r, closeReader, err := p.reader(ctx)
	if err != nil {
		return report.Week{}, err
	}
	defer closing(closeReader, &err)
	if week, err = report.Build(ctx, r, build); err != nil {
		return report.Week{}, err
	}
	p.sayMoved(week.Header)
	if week.Total.Count == 0 {
		err = o.period.suggestThisWeek(ctx, p, r, when, build.Filter)
	}
	if err == nil && !hasEvents(week) {
		err = fmt.Errorf("no report was written: week %s has no events, nor have the %d weeks before", week.Header.Week, len(week.Columns)-1)
	}
	return week, err
}

// hasEvents reports whether there is any event to report on, in the week or before. A
// week without, after others with, is worth a report.
func hasEvents(week report.Week) bool {
	return slices.ContainsFunc(week.Columns, func(c report.Column) bool { return c.Count > 0 })
}
