package agent

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"magicbutton/internal/cx"
	"magicbutton/internal/page"
	"magicbutton/internal/report"
)

// saidFor is how long what was said of actions stands: it is of complete weeks, and only
// corrections of these, or the end of a week, change it.
const saidFor = time.Minute

// said is what was said of the actions last.
type said struct {
	turn    sync.Mutex // one looks it up at a time
	actions []cx.Action
	at      time.Time // zero: nothing was said yet
	lines   []page.Said
}

// Said returns what was done about what customers said, the newest first, and what came
// of it by the end of the last complete week.
func (p *pageDesk) Said(ctx context.Context) ([]page.Said, error) {
	p.said.turn.Lock()
	defer p.said.turn.Unlock()
	actions, err := p.Actions(ctx)
	if err != nil || len(actions) == 0 {
		return []page.Said{}, err
	}
	now := p.now()
	age := now.Sub(p.said.at)
	if age >= 0 && age < saidFor && slices.EqualFunc(actions, p.said.actions, sameAction) {
		return p.said.lines, nil
	}
	lines, err := p.lookUp(ctx, actions, now)
	if err != nil {
		return nil, err
	}
	p.said.actions, p.said.at, p.said.lines = actions, now, lines
	return lines, nil
}

// sameAction compares what is told of actions.
func sameAction(a, b cx.Action) bool {
	a.Expect, b.Expect = nil, nil
	return a == b
}

// lookUp asks the week's report what came of the actions. One of this week it does not
// have yet.
func (p *pageDesk) lookUp(ctx context.Context, actions []cx.Action, now time.Time) ([]page.Said, error) {
	cfg := p.Config()
	week, err := report.Build(ctx, p.Desk, report.Options{Zone: cfg.Desk.Zone, Now: now, MinChange: cfg.Report.MinChange})
	if err != nil {
		return nil, err
	}
	newest := slices.Clone(actions)
	slices.SortStableFunc(newest, func(a, b cx.Action) int { return strings.Compare(b.Since.String(), a.Since.String()) })
	today := cx.DateOf(now, cfg.Desk.Zone)
	lines := []page.Said{}
	for _, a := range newest {
		if today.Before(a.Since) {
			continue
		}
		tag := cfg.Catalogue.Counted(a.Tag)
		line := page.Said{Tag: tag.Code, Label: tag.Name(), What: a.What, Owner: a.Owner, Since: a.Since.String()}
		if i := slices.IndexFunc(week.Actions, func(r report.Action) bool { return r.ID == a.ID }); i >= 0 {
			if r := week.Actions[i]; r.Verdict.Code != report.Early {
				line.Outcome = r.Came()
			}
		} else if !a.Open() {
			continue // it ended long ago
		}
		lines = append(lines, line)
	}
	return lines, nil
}
