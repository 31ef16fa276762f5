package agent

import (
	"context"
	"errors"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
	"magicbutton/internal/page"
)

// pageDesk is the agent's desk as the page needs it: nobody there waits for a disk that
// hangs, and what is tapped is in the log.
type pageDesk struct {
	*Desk
	agent *Agent
	said  said
}

// Tap logs a tag of the pad, and says so in the log.
func (p *pageDesk) Tap(ctx context.Context, t page.Tap) (page.Tapped, error) {
	o, scrubbed, err := p.tap(ctx, t)
	if err != nil {
		return page.Tapped{}, err
	}
	if !o.Known {
		p.agent.record(o)
		if p.agent.opts.Told != nil {
			p.agent.opts.Told(o)
		}
	}
	return tapped(o, scrubbed), nil
}

// Amend corrects an event, or says in time that it could not.
func (p *pageDesk) Amend(ctx context.Context, id cx.ID, a cx.Amendment) (cx.Event, error) {
	return corrected(p.Desk, func() (cx.Event, error) { return p.Desk.Amend(context.WithoutCancel(ctx), id, a) })
}

// Void takes an event back, or says in time that it could not.
func (p *pageDesk) Void(ctx context.Context, id cx.ID) (cx.Event, error) {
	return corrected(p.Desk, func() (cx.Event, error) { return p.Desk.Void(context.WithoutCancel(ctx), id) })
}

// corrected does a correction for somebody who must be answered.
func corrected(d *Desk, do func() (cx.Event, error)) (cx.Event, error) {
	e, err := attempt(d, func(*writing) (cx.Event, error) { return do() })
	var problem *api.Error
	switch {
	case err == nil:
		return e, nil
	case errors.Is(err, errUnderWay):
		return e, &api.Error{Code: api.CodeStorage, Message: "not saved yet: " + err.Error(), Hint: doctorHint}
	case errors.As(err, &problem) && problem.Code != api.CodeStorage:
		return e, err
	}
	return e, &api.Error{Code: api.CodeStorage, Message: "not saved: " + err.Error(), Hint: doctorHint}
}

const doctorHint = "magicbutton doctor says what is wrong"

// Waiting is how many presses wait in memory for the disk.
func (p *pageDesk) Waiting() int { return len(p.Left()) }
