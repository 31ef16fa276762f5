package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"

	"github.com/spf13/cobra"

	"magicbutton/internal/api"
	"magicbutton/internal/localsock"
	"magicbutton/store"
)

func newDBCheckCommand(env Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Read everything in the database and say what is wrong",
		Long: `Read everything in the database: its structure, the checksum of every record, the
sequence of every desk. Exit 0 when all is sound, 1 when something is damaged.
Presses are stored meanwhile.`,
		Example: `  magicbutton db check
  magicbutton db check --db desk.db`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if child, _ := cmd.Flags().GetBool(childFlag); child {
				at, err := locate(env, cmd)
				if err != nil {
					return err
				}
				return runCheckChild(cmd.Context(), env, at.DB)
			}
			p, err := openPlace(env, cmd)
			if err != nil {
				return err
			}
			return runDBCheck(cmd.Context(), p)
		},
	}
	addDBFlag(cmd)
	cmd.Flags().Bool(childFlag, false, "")
	_ = cmd.Flags().MarkHidden(childFlag)
	return cmd
}

// checker is who can check a database.
type checker interface {
	Check(ctx context.Context, progress func(done, total int)) (api.CheckReport, error)
}

func runDBCheck(ctx context.Context, p place) (err error) {
	c, closeChecker, err := p.checker(ctx)
	if err != nil {
		return notThere(worked(ctx, "checking "+p.db, err))
	}
	defer closing(closeChecker, &err)
	show, done := progressLine(p.env, "checking")
	r, err := c.Check(ctx, show)
	done()
	if err = worked(ctx, "checking "+p.db, err); err != nil {
		return err
	}
	for _, n := range r.Notes {
		say(p.env.Stderr, "note: %s", n)
	}
	for _, d := range r.Damage {
		say(p.env.Stderr, "damage: %s", d)
	}
	if len(r.Damage) > 0 {
		return hinted{fmt.Errorf("%s: %s", p.db, plural(len(r.Damage), "fault")), "bring back a backup, or save what is whole with magicbutton db salvage"}
	}
	_, err = fmt.Fprintf(p.env.Stdout, "%s is sound: %s\n", p.db, plural(r.Events, "event"))
	return err
}

// notThere explains an error that says that there is no database.
func notThere(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return hinted{fmt.Errorf("checking the database: %w", err), "magicbutton config path prints where it is looked for"}
	}
	return err
}

// checker opens the place for a check. It never makes a database. Where no agent
// runs, another process looks at the file: whatever the file makes of that one, this
// one tells.
func (p place) checker(ctx context.Context) (checker, func() error, error) {
	if len(p.env.Self) > 0 {
		c, err := p.dial(ctx)
		switch {
		case err == nil:
			return c, c.Close, nil
		case errors.Is(err, localsock.ErrNobody):
			return childChecker{p}, func() error { return nil }, nil
		}
		return nil, nil, err
	}
	c, st, err := p.open(ctx, store.Options{ReadOnly: true})
	if err != nil {
		return nil, nil, err
	}
	if c != nil {
		return c, c.Close, nil
	}
	return fileChecker{st}, st.Close, nil
}

// fileChecker checks a file, whatever the configuration says.
type fileChecker struct{ st *store.Store }

// Check checks it.
func (c fileChecker) Check(ctx context.Context, progress func(done, total int)) (api.CheckReport, error) {
	r, err := c.st.Check(ctx, progress)
	return api.CheckReport{Events: r.Events, Damage: r.Damage, Notes: r.Remarks}, err
}

// childFlag is for this program alone: it makes a check talk to the one that started
// it.
const childFlag = "child"

// runCheckChild checks a file and writes what it finds as lines of the local API.
func runCheckChild(ctx context.Context, env Env, db string) (err error) {
	st, err := store.Open(db, store.Options{ReadOnly: true, Now: env.Now})
	if err != nil {
		return notThere(err)
	}
	defer closing(st.Close, &err)
	out := json.NewEncoder(env.Stdout)
	r, err := fileChecker{st}.Check(ctx, func(done, total int) {
		_ = out.Encode(api.Line{Progress: &api.Progress{Done: done, Total: total}})
	})
	if err != nil {
		return err
	}
	return out.Encode(api.Line{Check: &r})
}

// childChecker checks the file of a place in another process.
type childChecker struct{ p place }

// Check runs the process to its end. Where it fails in order, what it said is said
// and the error is a codeError.
func (c childChecker) Check(ctx context.Context, progress func(done, total int)) (api.CheckReport, error) {
	if progress == nil {
		progress = func(int, int) {}
	}
	self := c.p.env.Self
	args := append(self[1:len(self):len(self)], "db", "check", "--"+childFlag, "--db", c.p.db)
	cmd := exec.CommandContext(ctx, self[0], args...)
	cmd.Args[0] = os.Args[0] // a program may go by several names
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return api.CheckReport{}, fmt.Errorf("starting the check of %s: %w", c.p.db, err)
	}
	var last api.Progress
	var report *api.CheckReport
	for lines := bufio.NewReader(out); ; {
		b, err := lines.ReadBytes('\n')
		if err != nil {
			break // what ended it, the process says
		}
		var line api.Line
		if json.Unmarshal(b, &line) != nil {
			continue
		}
		if line.Progress != nil {
			last = *line.Progress
			progress(last.Done, last.Total)
		}
		if line.Check != nil {
			report = line.Check
		}
	}
	err = cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return api.CheckReport{}, ctx.Err()
	case err == nil && report != nil:
		return *report, nil
	}
	return api.CheckReport{}, c.failed(err, said.Bytes(), last)
}

// failed says how the process ended.
func (c childChecker) failed(err error, said []byte, last api.Progress) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) && (exit.ExitCode() == exitError || exit.ExitCode() == exitInUse) {
		_, err := c.p.env.Stderr.Write(said)
		return errors.Join(err, codeError(exit.ExitCode()))
	}
	at := "before its first record"
	if last.Total > 0 {
		at = fmt.Sprintf("at record %d of about %d", last.Done, last.Total)
	}
	return fmt.Errorf("database %s: %w: reading it ended the check, %s: %w", c.p.db, store.ErrDamaged, at, err)
}
