package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"magicbutton/hid"
	"magicbutton/internal/agent"
	"magicbutton/internal/api"
	"magicbutton/internal/config"
	"magicbutton/internal/localsock"
)

// learner sees what is pressed: the agent, which has the devices, or a listener
// of our own where none runs.
type learner interface {
	// learn calls saw until ctx is done or saw returns false. Neither is an error.
	learn(ctx context.Context, saw func(api.Sight) bool) error
	// present lists what is plugged in.
	present(ctx context.Context) ([]api.Device, error)
	// takeUp puts the file's new content in force.
	takeUp(ctx context.Context, cfg *config.Config) error
	close() error
}

// agentLearner learns through the agent.
type agentLearner struct{ client *api.Client }

func (l agentLearner) learn(ctx context.Context, saw func(api.Sight) bool) error {
	enough := false
	err := l.client.Learn(ctx, func(s api.Sight) bool {
		enough = !saw(s)
		return !enough
	})
	if enough || ctx.Err() != nil {
		return nil //nolint:nilerr // the connection broke because learning was to end
	}
	switch {
	case err == nil, errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, localsock.ErrNobody):
		return errAgentStopped
	}
	return err
}

func (l agentLearner) present(ctx context.Context) ([]api.Device, error) {
	s, err := l.client.Status(ctx)
	return s.Devices, err
}

func (l agentLearner) takeUp(ctx context.Context, cfg *config.Config) error {
	if err := l.client.Reload(ctx); err != nil {
		return err
	}
	s, err := l.client.Status(ctx)
	if err != nil {
		return err
	}
	if !sameFile(s.Config, cfg.Path) {
		return hinted{
			fmt.Errorf("the agent reads another configuration than %s", cfg.Path),
			"stop it, and start it with magicbutton agent --config " + quoted(cfg.Path),
		}
	}
	return nil
}

func (l agentLearner) close() error { return l.client.Close() }

// sameFile reports whether two paths lead to one file.
func sameFile(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(infoA, infoB)
}

// ownLearner learns by itself. It has the devices that the configuration names, as
// an agent would, and others only while it waits for a key.
type ownLearner struct {
	listener *hid.Listener
	config   *config.Config
	stop     context.CancelFunc
	ended    chan struct{} // closed when the listener has, and err is set
	err      error
}

func newOwnLearner(ctx context.Context, p place) (*ownLearner, error) {
	// Where the agent will find it: a device that is held when this is killed is
	// given back at the agent's start.
	claims := p.db + ".claims"
	if err := os.MkdirAll(filepath.Dir(claims), 0o700); err != nil {
		return nil, fmt.Errorf("noting which devices are held: %w", err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx)) // devices are given back in any case: close waits for it
	l := &ownLearner{
		listener: hid.NewListener(p.env.Bus, hid.Options{ClaimFile: claims, Now: p.env.Now}),
		config:   p.config, stop: stop, ended: make(chan struct{}),
	}
	go func() {
		for range l.listener.Presses() { // those made before it learns, which nobody counts
		}
	}()
	go func() {
		defer close(l.ended)
		l.err = l.listener.Run(ctx)
	}()
	return l, l.takeUp(ctx, p.config)
}

func (l *ownLearner) learn(ctx context.Context, saw func(api.Sight) bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	return agent.Learn(ctx, l.listener, func(s api.Sight) {
		if ctx.Err() == nil && !saw(s) {
			cancel()
		}
	})
}

func (l *ownLearner) present(context.Context) ([]api.Device, error) {
	return agent.Devices(l.listener.States(), l.config), nil
}

func (l *ownLearner) takeUp(_ context.Context, cfg *config.Config) error {
	l.config = cfg
	l.listener.SetTiming(cfg.Press.Timing())
	l.listener.Want(agent.Wanted(cfg)) // so that it tells which keys are bound
	return nil
}

func (l *ownLearner) close() error {
	l.stop()
	<-l.ended
	return l.err
}
