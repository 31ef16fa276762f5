package agent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"magicbutton/internal/api"
	"magicbutton/internal/config"
	"magicbutton/store"
)

const (
	// shareEvery is how often a copy goes to the shared folder, if anything changed.
	shareEvery = time.Hour
	// shareRetry is how often a folder that is away is looked for.
	shareRetry = time.Minute
	// answerTimeout is how long the folder may take for one copy. A network drive
	// whose server is gone does not answer at all.
	answerTimeout = 5 * time.Minute
	// lastShareTimeout bounds the copy that is made on stop: less than what a service
	// manager waits (systemd: 90 s) before it kills.
	lastShareTimeout = 10 * time.Second
)

// errNoAnswer says that the shared folder takes too long.
var errNoAnswer = errors.New("it does not answer")

// sharer puts copies of the database into a folder that a lead can read.
//
// Only the copy beside the database is made in the agent's own goroutine. What
// touches the shared folder may block for ever, deaf to signals, where the folder
// is another machine's: so that is done in a goroutine that the sharer does not
// wait for longer than it wants, and there is one of those at a time. It ends with
// the process if need be.
type sharer struct {
	store *store.Store
	db    string
	log   *slog.Logger
	now   func() time.Time
	// deliver is deliverCopy; a test has one that blocks.
	deliver func(delivery) (shared, error)
	// free is freeBytes; a test has one of a full disk.
	free func(folder string) (uint64, bool)

	woken chan struct{} // 1: the configuration changed
	under chan arrival  // 1: of what is under way in the folder; nil for none
	have  nearCopy

	mu      sync.Mutex // guards what follows
	folder  string     // "" shares nothing
	desk    string
	last    shared
	problem error
	since   time.Time // of the problem
	told    bool      // that a copy was made, since the last change
}

// nearCopy is the copy beside the database, kept until it is delivered or the database
// changes: the zero nearCopy is none.
type nearCopy struct{ version, sum string }

// arrival is what came of a delivery.
type arrival struct {
	got shared
	err error
}

func newSharer(st *store.Store, db string, cfg *config.Config, log *slog.Logger, now func() time.Time) *sharer {
	s := &sharer{
		store: st, db: db, log: log, now: now, deliver: deliverCopy, free: freeBytes,
		woken: make(chan struct{}, 1), folder: cfg.Share.Folder, desk: cfg.Desk.Name,
	}
	s.last = readShared(db)
	_ = os.Remove(s.near()) // of an agent that was killed
	return s
}

// near is the copy beside the database.
func (s *sharer) near() string { return s.db + ".share" }

// configure follows a new configuration.
func (s *sharer) configure(cfg *config.Config) {
	s.mu.Lock()
	if s.folder != cfg.Share.Folder {
		s.problem, s.told = nil, false
	}
	s.folder, s.desk = cfg.Share.Folder, cfg.Desk.Name
	s.mu.Unlock()
	select {
	case s.woken <- struct{}{}:
	default: // it is awake already
	}
}

// run shares until ctx ends.
func (s *sharer) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.woken:
		case <-timer.C:
		}
		if s.share(ctx, answerTimeout) == nil {
			timer.Reset(shareEvery)
		} else {
			timer.Reset(shareRetry)
		}
	}
}

// finish makes the last copy, for which there is not much time.
func (s *sharer) finish(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, lastShareTimeout)
	defer cancel()
	_ = s.share(ctx, lastShareTimeout) // it has said what is wrong
	if s.under == nil {
		_ = s.forget()
	}
}

// share makes a copy, if there is a folder for it and something changed since the
// last one.
func (s *sharer) share(ctx context.Context, most time.Duration) error {
	s.mu.Lock()
	folder := s.folder
	d := delivery{folder: folder, desk: s.desk, origin: s.store.Origin(), last: s.last, at: s.now().UTC(), from: s.near(), free: s.free}
	failed := s.problem != nil
	s.mu.Unlock()
	if folder == "" {
		if s.under == nil {
			return s.forget()
		}
		return nil
	}
	version, err := s.store.Version(ctx)
	if err == nil && version == d.last.Version && d.target() == d.last.path() && !failed {
		return nil
	}
	var got shared
	if err == nil {
		got, err = s.send(ctx, most, d, version)
	}
	if ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return ctx.Err() // the last copy is still to come
	}
	if err == nil {
		got.Version = version
		err = s.remember(got)
	}
	s.note(folder, got, err)
	return err
}

// send makes the copy, beside the database first: while the database is read,
// nothing must wait for a network. Nothing is copied for a folder that is away.
func (s *sharer) send(ctx context.Context, most time.Duration, d delivery, version string) (got shared, err error) {
	late := time.NewTimer(most)
	defer late.Stop()
	if s.under != nil {
		if _, err := s.answer(ctx, late, d.folder); err != nil {
			return shared{}, err
		}
	}
	if _, err := os.Stat(d.from); err != nil || s.have.version != version {
		if err := s.forget(); err != nil { // what was erased since must not stay in it
			return shared{}, err
		}
		if _, err := s.visit(ctx, late, d.folder, d.look); err != nil {
			return shared{}, err
		}
		if err := s.copyNear(ctx, version); err != nil {
			return shared{}, err
		}
	}
	d.sum = s.have.sum
	// Before it is there, so that it is known again after whatever happens.
	d.last.meant(d.sum)
	if err := s.remember(d.last); err != nil {
		return shared{}, err
	}
	got, err = s.visit(ctx, late, d.folder, func() (shared, error) { return s.deliver(d) })
	if err != nil {
		return shared{}, err
	}
	_ = s.forget() // what is wrong is told when the next one is made
	return got, nil
}

// visit does something in the shared folder, and waits for it as long as it may take.
func (s *sharer) visit(ctx context.Context, late *time.Timer, folder string, do func() (shared, error)) (shared, error) {
	under := make(chan arrival, 1)
	s.under = under
	go func() {
		got, err := do()
		under <- arrival{got, err}
	}()
	o, err := s.answer(ctx, late, folder)
	if err != nil {
		return shared{}, err
	}
	return o.got, o.err
}

// copyNear makes the copy beside the database, if there is room for it: a disk that
// it fills takes no press.
func (s *sharer) copyNear(ctx context.Context, version string) error {
	if err := roomFor(s.db, filepath.Dir(s.db), s.free); err != nil {
		return fmt.Errorf("a copy beside the database: %w", err)
	}
	if _, err := s.store.Backup(ctx, s.near(), nil); err != nil {
		return err
	}
	sum, err := sumOf(s.near())
	if err != nil {
		return err
	}
	s.have = nearCopy{version, sum}
	return nil
}

// forget removes the copy beside the database. Nothing may be under way.
func (s *sharer) forget() error {
	s.have = nearCopy{}
	if err := os.Remove(s.near()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// answer waits for what is under way in the folder.
func (s *sharer) answer(ctx context.Context, late *time.Timer, folder string) (arrival, error) {
	select {
	case o := <-s.under:
		s.under = nil
		return o, nil
	case <-late.C:
	case <-ctx.Done():
	}
	return arrival{}, describe(folder, errNoAnswer)
}

// remember keeps what is known of the copy, here and beside the database.
func (s *sharer) remember(now shared) error {
	s.mu.Lock()
	s.last = now
	s.mu.Unlock()
	return now.write(s.db)
}

// note remembers what came of a try, and says when that is another than before.
func (s *sharer) note(folder string, got shared, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.problem
	if folder != s.folder { // the configuration changed meanwhile
		return
	}
	s.problem = err
	switch {
	case err != nil && (before == nil || before.Error() != err.Error()):
		if before == nil {
			s.since = s.now().UTC()
		}
		s.told = false
		s.log.Warn("could not share a copy", "folder", folder, "err", err)
	case err == nil && !s.told:
		s.told = true
		s.log.Info("shared a copy", "path", got.path())
	}
	if got.Double {
		s.log.Warn("found another machine's copy under this desk's origin: was this machine copied?", "folder", folder, "origin", s.store.Origin().String())
	}
}

// status says how the copy does; nil where there is no folder for it.
func (s *sharer) status() *api.Share {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.folder == "" {
		return nil
	}
	out := &api.Share{Folder: s.folder}
	if s.last.Folder == s.folder && !s.last.At.IsZero() {
		at := s.last.At
		out.File, out.At = s.last.path(), &at
	}
	if s.problem != nil {
		since := s.since
		out.Problem, out.Since = s.problem.Error(), &since
	}
	return out
}

// LastShared says when the agent of a database last shared a copy in a folder, for
// when no agent runs.
func LastShared(db, folder string) api.Share {
	s := sharer{folder: folder, last: readShared(db)}
	return *s.status()
}

// describe puts what is wrong with the shared folder into words.
func describe(folder string, err error) error {
	var path *os.PathError
	if errors.As(err, &path) { // the folder is named already
		err = path.Err
	}
	return fmt.Errorf("the shared folder %s: %w", folder, err)
}
