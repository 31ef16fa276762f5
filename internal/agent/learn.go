package agent

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"magicbutton/hid"
	"magicbutton/internal/api"
)

const (
	// learnPatience is how long one who wants to learn waits for another to end: it
	// may be the same client, whose connection was dropped a moment ago.
	learnPatience = time.Second

	// A listener that was just started runs within startPatience.
	startPatience = time.Second
	startPoll     = 5 * time.Millisecond
)

// streamLearn tells what is seen of devices and pressed on them, until the client
// goes or the agent stops.
func (a *Agent) streamLearn(w http.ResponseWriter, r *http.Request) {
	if err := a.beginLearning(r.Context()); err != nil {
		respond(w, nil, err)
		return
	}
	defer a.endLearning()
	ctx, cancel := context.WithCancel(r.Context())
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	wg.Go(func() {
		select {
		case <-a.stop:
			cancel()
		case <-ctx.Done():
		}
	})
	s := newStream(w)
	_ = s.flush() // the headers tell the client that it learns now
	err := Learn(ctx, a.listener, func(sight api.Sight) {
		if s.send(api.Line{Sight: &sight}) != nil || s.flush() != nil {
			cancel() // the client has gone
		}
	})
	switch {
	case r.Context().Err() != nil:
	case err != nil:
		_ = s.send(api.Line{Error: asError(err)})
	default:
		_ = s.send(api.Line{End: true})
	}
}

// Learn tells what is seen of the devices of a listener and pressed on them until
// ctx is done, which is no error. A listener that was just started it waits for.
func Learn(ctx context.Context, l *hid.Listener, saw func(api.Sight)) error {
	late := time.Now().Add(startPatience)
	for {
		err := l.Learn(ctx, func(s hid.Sight) { saw(Sight(s)) })
		switch {
		case ctx.Err() != nil:
			return nil //nolint:nilerr // whatever came of it, it was to end
		case !errors.Is(err, hid.ErrNotRunning) || time.Now().After(late):
			return fmt.Errorf("learning a key: %w", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(startPoll):
		}
	}
}

// beginLearning waits for its turn, a little.
func (a *Agent) beginLearning(ctx context.Context) error {
	if a.listener == nil {
		return errors.New("learning a key: this agent listens to no device")
	}
	ctx, cancel := context.WithTimeout(ctx, learnPatience)
	defer cancel()
	select {
	case a.learning <- struct{}{}:
		return nil
	case <-ctx.Done():
		return &api.Error{
			Code: api.CodeConflict, Message: "learning a key: " + hid.ErrLearning.Error(),
			Hint: "end the other magicbutton devices learn first: q or Ctrl-C in its terminal",
		}
	}
}

func (a *Agent) endLearning() { <-a.learning }

// Sight puts what was seen on the wire.
func Sight(s hid.Sight) api.Sight {
	d := s.Device
	out := api.Sight{
		What: s.What.String(),
		Name: cmp.Or(printable(d.Product), d.Model()), Model: d.Model(),
		Serial: serial(d), Port: d.Port, Interface: d.Interface, Path: d.Path,
		HeldMillis: s.Held.Milliseconds(), TapOnly: s.TapOnly, Bound: s.Name, Fix: s.Fix,
	}
	if s.Key != (hid.Key{}) {
		out.Key, out.KeyName = s.Key.String(), s.Key.Name()
	}
	if s.Err != nil {
		out.Problem = printable(problemOf(s.Err))
	}
	var access *hid.AccessError
	out.NeedsUdevRule = errors.As(s.Err, &access) && access.NeedsUdevRule
	return out
}

// problemOf says why a device cannot be opened, without its path.
func problemOf(err error) string {
	var access *hid.AccessError
	switch {
	case !errors.As(err, &access):
		return err.Error()
	case access.Detail != "":
		return fmt.Sprintf("%v (%s)", access.Reason, access.Detail)
	}
	return access.Reason.Error()
}

// absolute returns where a configuration file is for programs in other folders;
// "" stays the built-in one.
func absolute(path string) string {
	if path == "" {
		return ""
	}
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}
