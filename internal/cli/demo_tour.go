package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"magicbutton/internal/cx"
	"magicbutton/internal/demo"
)

// tourStep is one command that the tour runs.
type tourStep struct {
	why  string
	make func(Env) *cobra.Command
	args []string
	// week says that the command is about one week, the last complete one by
	// default: it is named where the demo's last week is another.
	week bool
	// output is a file in the demo's folder that the command writes.
	output string
}

// tourSteps are the tour, in its order.
var tourSteps = []tourStep{
	{why: "What did customers come with last week?", make: newTallyCommand, week: true},
	{why: "Where in their journey does it go wrong?", make: newTallyCommand, args: []string{"--by", "stage"}, week: true},
	{why: "All of it on a page to send on: open it in a browser.", make: newReportCommand, week: true, output: "report.html"},
}

// tourMore are commands to go on with; nobody runs them here.
var tourMore = []tourStep{
	{make: newEventsCommand, args: []string{"--tag", "esim-setup", "--limit", "8"}},
	{make: newTallyCommand, args: []string{"--weeks", "4", "--by", "domain"}},
	{make: newTallyCommand, args: []string{"--by", "site,channel"}, week: true},
	{make: newReportCommand, args: []string{"--full"}, week: true, output: "full.html"},
	{make: newActionCommand, args: []string{"list", "--all"}},
	{make: newPressCommand, args: []string{"praise", "--note", "try it"}},
	{make: newEventsCommand},
}

// tour shows what a demo holds.
type tour struct {
	env  Env
	dir  string
	week string // "" is the last complete one
}

func newTour(env Env, dir string, made demo.Made) *tour {
	t := &tour{env: env, dir: dir}
	if cx.WeekOf(env.Now(), demo.Zone()).Add(-1) != made.Last {
		t.week = made.Last.String()
	}
	return t
}

// run shows the steps one after the other. Where somebody sits at a terminal it
// waits after each but the last.
func (t *tour) run(ctx context.Context) error {
	var asked *asker
	if in, ok := t.env.Stdin.(*os.File); ok && isTerminal(in) && onTerminal(t.env.Stdout) {
		asked = newAsker(in)
	}
	for i, step := range tourSteps {
		if i > 0 && asked != nil && !asked.goesOn(ctx, t.env.Stderr) {
			return nil
		}
		if err := t.step(ctx, step); err != nil {
			return err
		}
	}
	return nil
}

// step runs one command as if it had been typed.
func (t *tour) step(ctx context.Context, s tourStep) error {
	cmd := s.make(t.env)
	if _, err := fmt.Fprintf(t.env.Stdout, "\n%s\n$ %s\n", s.why, t.commandLine(cmd.Name(), s)); err != nil {
		return err
	}
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.Flags().String("config", filepath.Join(t.dir, demo.ConfigName), "") // as the root has it
	cmd.SetArgs(append(t.args(s), "--db", filepath.Join(t.dir, demo.DBName)))
	return cmd.ExecuteContext(ctx)
}

func (t *tour) args(s tourStep) []string {
	args := slices.Clone(s.args)
	if s.week && t.week != "" {
		args = append(args, "--week", t.week)
	}
	if s.output != "" {
		args = append(args, "-o", filepath.Join(t.dir, s.output))
	}
	return args
}

// commandLine is what to type for a step.
func (t *tour) commandLine(name string, s tourStep) string {
	words := []string{"magicbutton", name}
	for _, a := range t.args(s) {
		words = append(words, quoted(a))
	}
	return strings.Join(words, " ") + demoFlags(t.env, t.dir)
}

// goOn says what to type next.
func (t *tour) goOn() error {
	var out strings.Builder
	out.WriteString("\nGo on with it:\n")
	for _, s := range tourMore {
		fmt.Fprintf(&out, "  %s\n", t.commandLine(s.make(t.env).Name(), s))
	}
	fmt.Fprintf(&out, "\nDelete it:\n  %s\n", deleteCommand(t.dir))
	_, err := io.WriteString(t.env.Stdout, out.String())
	return err
}

// deleteCommand deletes a folder with all in it.
func deleteCommand(dir string) string {
	if runtime.GOOS == "windows" {
		return "rmdir /s /q " + quoted(dir)
	}
	return "rm -r " + quoted(dir)
}

// asker asks at a terminal whether to go on. It reads in a goroutine that it cannot
// end, since reading from a terminal cannot be interrupted: that one ends with the
// process.
type asker struct{ lines chan string }

func newAsker(in io.Reader) *asker {
	a := &asker{make(chan string)}
	go func() {
		defer close(a.lines)
		for lines := bufio.NewScanner(in); lines.Scan(); {
			a.lines <- lines.Text()
		}
	}()
	return a
}

// goesOn waits for Enter. It is false for q, at the end of the input and when ctx
// ends.
func (a *asker) goesOn(ctx context.Context, out io.Writer) bool {
	fmt.Fprint(out, "\nEnter goes on, q leaves: ")
	select {
	case line, ok := <-a.lines:
		if !ok {
			fmt.Fprintln(out)
		}
		return ok && !strings.HasPrefix(strings.ToLower(strings.TrimSpace(line)), "q")
	case <-ctx.Done():
		fmt.Fprintln(out)
		return false
	}
}
