package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"magicbutton/hid"
	"magicbutton/internal/agent"
	"magicbutton/internal/api"
	"magicbutton/internal/config"
	"magicbutton/internal/cx"
	"magicbutton/internal/localsock"
	"magicbutton/store"
)

// The grades of a finding, from good to bad. They are also the exit codes.
const (
	gradeOK     = 0
	gradeWarn   = 1
	gradeBroken = 2
)

var gradeNames = []string{"ok", "warning", "broken"}

// finding is the result of one check.
type finding struct {
	Check string `json:"check"`
	Grade string `json:"grade"`
	Text  string `json:"text"`
	Fix   string `json:"fix,omitempty"`
	grade int
}

func newDoctorCommand(env Env) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "doctor",
		GroupID: groupCare,
		Short:   "Say what is wrong on this desk, and what to do about it",
		Long: `Say what is wrong on this desk: the configuration, the database, the agent and
its socket, the page, the clock, the devices and their permissions.

Exit codes: 0 all is well, 1 warnings, 2 something is broken.`,
		Example: `  magicbutton doctor
  magicbutton doctor --json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			at, err := locate(env, cmd)
			if err != nil {
				return err
			}
			findings := examine(cmd.Context(), env, at)
			if err := printFindings(env, findings, asJSON); err != nil {
				return err
			}
			worst := slices.MaxFunc(findings, func(a, b finding) int { return a.grade - b.grade }).grade
			if worst == gradeOK {
				return nil
			}
			return codeError(worst)
		},
	}
	addDBFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

func printFindings(env Env, findings []finding, asJSON bool) error {
	if asJSON {
		return printJSON(env.Stdout, findings)
	}
	for _, f := range findings {
		if _, err := fmt.Fprintf(env.Stdout, "%-8s %-14s %s\n", f.Grade, f.Check, f.Text); err != nil {
			return err
		}
		if f.Fix != "" {
			fmt.Fprintf(env.Stdout, "%24s→ %s\n", "", f.Fix)
		}
	}
	return nil
}

func found(check string, grade int, fix, format string, args ...any) finding {
	return finding{check, gradeNames[grade], fmt.Sprintf(format, args...), fix, grade}
}

// examine runs the checks. One that cannot be run does not stop the others.
func examine(ctx context.Context, env Env, at config.Locations) []finding {
	cfg, f := examineConfig(at)
	p := place{env: env, db: at.DB, config: cfg}
	findings := []finding{f}
	status, f := examineAgent(ctx, p)
	findings = append(findings, f, examineDatabase(ctx, p, status))
	findings = append(findings, examinePage(p, status))
	findings = append(findings, examineShare(p, status)...)
	findings = append(findings, examineClock(ctx, p, status))
	return append(findings, examineDevices(ctx, p, status)...)
}

func examineConfig(at config.Locations) (*config.Config, finding) {
	const check = "configuration"
	cfg, err := loadConfig(at)
	switch {
	case err != nil:
		return config.Default(), found(check, gradeBroken, "magicbutton config check --config "+quoted(at.Config), "%v", err)
	case cfg.Path == "":
		return cfg, found(check, gradeOK, "", "none at %s: the built-in one is used", at.Config)
	}
	return cfg, found(check, gradeOK, "", "%s: desk %q, %s, %s", cfg.Path, cfg.Desk.Name,
		plural(len(cfg.Catalogue.UsableTags()), "tag"), plural(len(cfg.Buttons), "button"))
}

func examineAgent(ctx context.Context, p place) (*api.Status, finding) {
	const check = "agent"
	c, err := p.dial(ctx)
	if errors.Is(err, localsock.ErrNobody) {
		return nil, found(check, gradeWarn, "magicbutton agent"+p.configFlag()+p.dbFlag(), "none runs: presses of buttons are not logged")
	}
	if err != nil {
		return nil, found(check, gradeBroken, "", "%v", err)
	}
	s, err := c.Status(ctx)
	if err = errors.Join(err, c.Close()); err != nil {
		return nil, found(check, gradeBroken, "stop the agent and start it again", "it does not answer: %v", err)
	}
	if s.Trouble != nil {
		return &s, found(check, gradeBroken, cmp.Or(diskFix(s.Trouble.Text), "look into the agent's log")+"; do not stop the agent: it saves what waits as soon as it can", "pid %d: since %s it cannot save, and %s in its memory: %s", s.PID,
			s.Trouble.Since.In(p.config.Desk.Zone).Format("2006-01-02 15:04"), waitingText(s.Waiting), s.Trouble.Text)
	}
	if gone := s.NotSaved - min(s.NotSaved, s.SavedLate+uint64(s.Waiting)); gone > 0 || s.Dropped > 0 {
		return &s, found(check, gradeWarn, "look into the agent's log", "pid %d: not saved: %s; came too fast: %s", s.PID, plural(int(gone), "press"), plural(int(s.Dropped), "press"))
	}
	text := fmt.Sprintf("pid %d since %s: %d stored, %d refused", s.PID,
		s.Started.In(p.config.Desk.Zone).Format("2006-01-02 15:04"), s.Stored, s.Refused)
	if s.CutShort > 0 {
		text += fmt.Sprintf(", %d cut short by an unplug, a reload or a stop", s.CutShort)
	}
	return &s, found(check, gradeOK, "", "%s", text)
}

// waitingText says how many presses wait.
func waitingText(n int) string {
	if n == 1 {
		return "1 press waits"
	}
	return fmt.Sprintf("%d presses wait", n)
}

// diskFix says what to do about a disk that takes no events, by what is wrong, "" for
// nothing that is known.
func diskFix(why string) string {
	switch {
	case strings.Contains(why, syscall.ENOSPC.Error()):
		return "free some space on its disk"
	case strings.Contains(why, syscall.EROFS.Error()):
		return "mount its disk for writing"
	case strings.Contains(why, "does not answer"):
		return "see to its disk, or to the network that it is reached by"
	}
	return ""
}

// dbFlag returns the flag that names the place's database on a command line, with
// a blank before it, or "" where it is found without.
func (p place) dbFlag() string {
	named := p.config.Path
	if p.configFlag() == "" {
		named = ""
	}
	found, err := config.Paths(named, "", p.env.Getenv)
	if err == nil && found.DB == p.db {
		return ""
	}
	return " --db " + quoted(p.db)
}

func examineDatabase(ctx context.Context, p place, status *api.Status) finding {
	const check = "database"
	if _, err := os.Stat(p.db); status != nil && err != nil {
		return found(check, gradeBroken, "bring the file back, or stop the agent: what it stores is lost with it", "the agent has it open, and it is gone: %v", err)
	}
	if status != nil {
		return found(check, gradeOK, "", "%s: open in the agent, origin %s", p.db, status.Origin)
	}
	st, err := store.Open(p.db, store.Options{ReadOnly: true, Now: p.env.Now})
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return found(check, gradeOK, "", "none yet at %s: the first press makes it", p.db)
	case errors.Is(err, store.ErrLocked):
		return found(check, gradeWarn, "try again in a moment", "%v", err)
	case err != nil:
		return found(check, gradeBroken, "magicbutton db check --db "+quoted(p.db), "%v", err)
	}
	info, err := st.Info(ctx)
	if err = errors.Join(err, st.Close()); err != nil {
		return found(check, gradeBroken, "magicbutton db check --db "+quoted(p.db), "%v", err)
	}
	f, err := os.OpenFile(p.db, os.O_RDWR, 0) // a file that can be read is no promise to write to it
	if err != nil {
		return found(check, gradeBroken, "give the user of the agent the right to write to it", "%v", err)
	}
	if err := f.Close(); err != nil {
		return found(check, gradeBroken, "", "%v", err)
	}
	if err := agent.DiskTrouble(p.db); err != nil {
		return found(check, gradeBroken, diskFix(err.Error()), "%v", err)
	}
	return found(check, gradeOK, "", "%s: %d bytes, format %d, origin %s", p.db, info.SizeBytes, info.Format, info.Origin)
}

// clockSlack is how far ahead of the clock the newest event may be: two machines
// that share a database differ by less, and an empty battery by more.
const clockSlack = 5 * time.Minute

func examineClock(ctx context.Context, p place, status *api.Status) finding {
	const check = "clock"
	const fix = "set the clock, or let the machine do so: timedatectl set-ntp true"
	now := p.env.Now()
	if cx.CheckAt(now) != nil {
		return found(check, gradeBroken, fix, "it shows %s: presses are flagged and kept out of tallies", now.Format(time.DateTime))
	}
	if status != nil && status.Clock != "" {
		return found(check, gradeBroken, fix+"; where it is right, magicbutton events --suspect, then magicbutton events trust ID",
			"%s: presses are flagged and kept out of tallies", status.Clock)
	}
	at := now.In(p.config.Desk.Zone).Format("2006-01-02 15:04:05")
	if newest, ok := p.newest(ctx); ok && newest.After(now.Add(clockSlack)) {
		return found(check, gradeWarn, fix, "it shows %s, but the newest event is of %s", at, newest.In(p.config.Desk.Zone).Format("2006-01-02 15:04:05"))
	}
	return found(check, gradeOK, "", "%s in %s", at, p.config.Desk.Zone)
}

// newest returns the instant of the newest event whose clock is not suspect, where
// there is one that can be read.
func (p place) newest(ctx context.Context) (time.Time, bool) {
	quiet := p
	quiet.env.Stderr = io.Discard
	r, closeReader, err := quiet.reader(ctx)
	if err != nil {
		return time.Time{}, false
	}
	defer func() { _ = closeReader() }()
	for e, err := range r.Events(ctx, cx.EventQuery{Newest: true}) {
		if err != nil || e.Clock == cx.ClockOK {
			return e.At(), err == nil
		}
	}
	return time.Time{}, false
}

func examineDevices(ctx context.Context, p place, status *api.Status) []finding {
	const check = "device"
	if err := usbAvailable(p.env.Bus); err != nil {
		return []finding{found(check, gradeWarn, usbHint(err), "%v", err)}
	}
	list, err := p.devices(ctx)
	if err == nil && len(list) == 0 && status != nil { // an agent that cannot list devices has none to tell of
		list, err = p.devicesHere()
	}
	if err != nil {
		grade := gradeBroken
		if len(p.config.Buttons) == 0 { // then nobody misses them
			grade = gradeWarn
		}
		return []finding{found(check, grade, hintOf(nil, err), "%v", err)}
	}
	var out []finding
	for _, w := range agent.Wanted(p.config) {
		if !slices.ContainsFunc(list, func(d api.Device) bool { return d.Bound(w.Name) && d.State != hid.Gone.String() }) {
			out = append(out, found(check, gradeWarn, "plug it in; magicbutton devices lists what is there", "%s is in the configuration and not plugged in", w.Name))
		}
	}
	for _, d := range list {
		if len(d.Bindings) == 0 || d.State == hid.Gone.String() {
			continue
		}
		grade := gradeOK
		if d.Fix != "" {
			grade = gradeBroken
		}
		out = append(out, found(check, grade, d.Fix, "%s at %s: %s", d.Name, d.Path, d.State))
		for _, c := range d.Conflicts {
			out = append(out, found(check, gradeWarn, c.Fix, "%s at %s: %s", d.Name, d.Path, c.Problem))
		}
	}
	if len(out) == 0 {
		out = append(out, found(check, gradeOK, "", "%s plugged in, none is in the configuration", plural(len(list), "HID device")))
	}
	return out
}
