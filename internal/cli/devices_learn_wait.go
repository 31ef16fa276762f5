package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"magicbutton/hid"
	"magicbutton/internal/api"
	"magicbutton/internal/config"
)

// errIdle means that nothing happened for as long as somebody wants to wait.
var errIdle = errors.New("idle")

// inviteAfter is how long to wait for the first device before somebody is asked to
// press a key: no device may be there.
const inviteAfter = 250 * time.Millisecond

// audience is who is told of what happens while a key is waited for.
type audience struct {
	invite  func()               // now a key may be pressed
	tell    func(api.Sight)      // what else is seen
	console *console             // nil: nobody can type
	typed   func(letters string) // on the console
}

// press waits for a key. Devices are held meanwhile, and are given back before it
// returns.
func (l *learning) press(ctx context.Context, to audience) (api.Sight, error) {
	ctx, cancel := context.WithCancel(ctx)
	sights, done := make(chan api.Sight), make(chan error)
	go func() {
		defer close(done)
		err := l.learn(ctx, func(s api.Sight) bool {
			select {
			case sights <- s:
				return s.What != api.SightPressed
			case <-ctx.Done():
				return false
			}
		})
		select {
		case done <- err:
		case <-ctx.Done():
		}
	}()
	defer func() {
		cancel()
		for range done { // until the devices are given back; why it ended is known
		}
	}()
	return l.await(ctx, to, sights, done)
}

// await tells of what happens until a key is pressed.
func (l *learning) await(ctx context.Context, to audience, sights <-chan api.Sight, done <-chan error) (api.Sight, error) {
	var chunks <-chan []byte // none
	if to.console != nil {
		chunks = to.console.chunks
	}
	invited := false
	invite := func() {
		if !invited {
			to.invite()
		}
		invited = true
	}
	alone, late := time.After(inviteAfter), time.NewTimer(l.options.timeout)
	defer late.Stop()
	for ; ; late.Reset(l.options.timeout) {
		select {
		case s := <-sights:
			invite()
			if s.What == api.SightPressed {
				return s, nil
			}
			to.tell(s)
		case <-alone:
			invite()
		case chunk := <-chunks: // nil at the end
			letters, err := to.console.typed(chunk)
			if err != nil {
				return api.Sight{}, err
			}
			to.typed(letters)
		case err := <-done:
			return api.Sight{}, cmp.Or(err, errEnded)
		case <-late.C:
			return api.Sight{}, errIdle
		case <-ctx.Done():
			return api.Sight{}, errEnded
		}
	}
}

// next binds the next key that is pressed, and asks nothing.
func (l *learning) next(ctx context.Context) error {
	action := config.Action{Tag: l.options.tag, Undo: l.options.undo}
	s, err := l.press(ctx, audience{
		invite: func() { say(l.env.Stderr, "press the key for %s", action) },
		tell: func(s api.Sight) {
			for _, line := range l.news(s) {
				say(l.env.Stderr, "%s", line)
			}
		},
	})
	switch {
	case errors.Is(err, errEnded):
		return errors.New("ended before a key was pressed: nothing is bound")
	case errors.Is(err, errIdle):
		return l.idleError()
	case err != nil:
		return err
	}
	b, err := l.button(ctx, s)
	if err != nil {
		return err
	}
	b.Tap = action
	if line, err := config.ButtonLine(l.file, b.Device, b.Key); err == nil && line > 0 {
		return l.boundAlready(s, b.Device, line)
	}
	if err := l.bind(ctx, b); err != nil {
		return err
	}
	_, err = fmt.Fprintln(l.env.Stdout, describeButton(b))
	return err
}

// button returns the key of a sight as the configuration names it, with nothing to
// do yet.
func (l *learning) button(ctx context.Context, s api.Sight) (config.Button, error) {
	by := naming(l.options.by)
	if by == "" {
		present, err := l.present(ctx)
		if err != nil {
			return config.Button{}, err
		}
		by = usual(s, present, l.config)
	}
	return named(s, by)
}

// named names the key of a sight.
func named(s api.Sight, by naming) (b config.Button, err error) {
	if b.Device, err = by.of(s); err == nil {
		b.Key, err = hid.ParseKey(s.Key)
	}
	return b, err
}

// watch prints what is seen.
func (l *learning) watch(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	late := time.AfterFunc(l.options.timeout, cancel)
	defer late.Stop()
	enc := json.NewEncoder(l.env.Stdout)
	enc.SetEscapeHTML(false)
	var failed error
	err := l.learn(ctx, func(s api.Sight) bool {
		late.Reset(l.options.timeout)
		failed = enc.Encode(s)
		return failed == nil
	})
	return errors.Join(err, failed)
}
