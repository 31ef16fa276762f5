package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
	"magicbutton/store"
)

// keeper is what the commands ask that care for the database file: the agent's
// client, or a desk of our own where no agent runs.
type keeper interface {
	Backup(ctx context.Context, o api.BackupOrder, progress func(done, total int)) (api.Backup, error)
	Compact(ctx context.Context, progress func(done, total int)) (api.Compacted, error)
	Purge(ctx context.Context, o api.PurgeOrder, progress func(done, total int)) (api.Purged, error)
	Find(ctx context.Context, m api.Match) ([]cx.Event, error)
	Erase(ctx context.Context, ids []cx.ID, progress func(done, total int)) (api.Erased, error)
	EventBySeq(ctx context.Context, seq uint64) (cx.Event, error)
}

// keeper opens the place for work at its file. It never makes a database.
func (p place) keeper(ctx context.Context, readOnly bool) (keeper, func() error, error) {
	c, st, err := p.open(ctx, store.Options{ReadOnly: readOnly})
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, hinted{err, "magicbutton config path prints where it is looked for"}
	case err != nil:
		return nil, nil, err
	case c != nil:
		return c, c.Close, nil
	}
	d, closeDesk, err := p.newDesk(ctx, st)
	if err != nil {
		return nil, nil, err
	}
	return d, closeDesk, nil
}

// worked says in the place of an error of a signal that the work was called off.
func worked(ctx context.Context, what string, err error) error {
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("%s: interrupted; the database is as it was", what)
	}
	return err
}

// rewritten is worked for what writes the file anew. An agent may have been through
// when it was called off, and its answer was not waited for.
func rewritten(ctx context.Context, k keeper, what string, err error) error {
	if _, ok := k.(*api.Client); ok && err != nil && ctx.Err() != nil {
		return hinted{fmt.Errorf("%s: interrupted; the agent may have done it before it knew", what), "run it again to be sure"}
	}
	return worked(ctx, what, err)
}

// confirm asks before something is done for good. Where nobody can be asked the
// answer must be given before.
func confirm(env Env, question string) (bool, error) {
	in, ok := env.Stdin.(*os.File)
	if !ok || !isTerminal(in) {
		return false, usage(hinted{errors.New("nobody is here to ask: " + question), "--yes says yes"})
	}
	fmt.Fprintf(env.Stderr, "%s [y/N] ", question)
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && line == "" {
		return false, nil // the end of the input is no yes
	}
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes":
		return true, nil
	}
	return false, nil
}

// size writes a number of bytes for people.
func size(n int64) string {
	switch {
	case n < 10_000:
		return fmt.Sprintf("%d bytes", n)
	case n < 10_000_000:
		return fmt.Sprintf("%d KB", n/1000)
	}
	return fmt.Sprintf("%d MB", n/1_000_000)
}
