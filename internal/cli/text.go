package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"magicbutton/internal/agent"
	"magicbutton/internal/api"
	"magicbutton/internal/localsock"
	"magicbutton/store"
)

// What is said to people. The rules:
//
//   - stdout is data, and nothing else is.
//   - Everything else is stderr: "magicbutton: …", and what to do about it in a
//     line of its own, "magicbutton: hint: …".
//   - An error says what was being done, to what, and why it did not work; a hint
//     is a command that can be typed as it stands, where there is one.

const rootLong = `Tag customer conversations at the press of a USB key; tally them by the week.

A rep presses a key after a conversation; that conversation is tagged. A lead
reads weekly tallies and finds what to fix in the customer's journey.

Exit codes: 0 done, 1 error, 2 usage or configuration, 3 an agent is needed and
none runs, 4 the database is in use.`

const rootExample = `  magicbutton agent --terminal     try it: number keys are buttons
  magicbutton press bill-unclear   tag a conversation from a script or a hotkey
  magicbutton tally --week this    this week so far`

// say prints one line for people.
func say(w io.Writer, format string, args ...any) {
	fmt.Fprintf(w, "magicbutton: "+format+"\n", args...)
}

func sayHint(w io.Writer, format string, args ...any) {
	fmt.Fprintf(w, "magicbutton: hint: "+format+"\n", args...)
}

// printError prints an error, which may have several lines, such as all that is
// wrong with a configuration, and its hint.
func printError(w io.Writer, cmd *cobra.Command, err error) {
	for line := range strings.SplitSeq(strings.TrimRight(err.Error(), "\n"), "\n") {
		say(w, "%s", line)
	}
	if hint := hintOf(cmd, err); hint != "" {
		sayHint(w, "%s", hint)
	}
}

func hintOf(cmd *cobra.Command, err error) string {
	var h hinted
	var problem *api.Error
	var use usageError
	var lost *agent.NotSavedError
	switch {
	case errors.As(err, &h):
		return h.hint
	case errors.As(err, &lost):
		return "the lines above say which: magicbutton press TAG --at TIME logs one again"
	case errors.As(err, &problem) && problem.Hint != "":
		return problem.Hint
	case errors.Is(err, store.ErrLocked):
		return "try again in a moment; if an agent runs as another user, ask as that user"
	case errors.Is(err, store.ErrNewer):
		return "install the newest magicbutton, or name another database with --db"
	case errors.Is(err, store.ErrNotDatabase), errors.Is(err, store.ErrTruncated), errors.Is(err, store.ErrDamaged):
		return "the file was left as it is; name another database with --db, bring back a backup, or save what is whole with magicbutton db salvage"
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return "free some space on its disk"
	case errors.Is(err, syscall.EFBIG):
		return "its disk, or a limit of this user (ulimit -f), takes no file as large; name a place on another disk, or have the limit raised"
	case errors.Is(err, syscall.EROFS):
		return "its disk is mounted read-only; mount it for writing, or name a place on another one"
	case errors.Is(err, errNoAgent), errors.Is(err, localsock.ErrNobody):
		return "start one: magicbutton agent"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return "where it was the agent that broke off, magicbutton doctor says how it is; what was asked of it may be done or not"
	case cmd != nil && (errors.As(err, &use) || errors.As(err, &problem) && problem.Code == api.CodeBad):
		return cmd.CommandPath() + " --help"
	case errors.Is(err, fs.ErrNotExist):
		return "see how the name is spelled, and from which folder it counts"
	case errors.Is(err, fs.ErrPermission):
		return "name another file, or run the command as the user who may"
	}
	return ""
}

// quoted returns a word as the shell takes it.
func quoted(word string) string {
	if runtime.GOOS == "windows" { // no file name has a quote there
		return `"` + word + `"`
	}
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-"
	if word != "" && strings.Trim(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// printJSON prints one JSON value for people and programs.
func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// plural returns "1 event" or "2 events", "1 press" or "2 presses".
func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	if strings.HasSuffix(one, "s") {
		one += "e"
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// cardNumbers returns "1 card number or code" or "2 card numbers or codes".
func cardNumbers(n int) string {
	if n == 1 {
		return "1 card number or code"
	}
	return fmt.Sprintf("%d card numbers or codes", n)
}
