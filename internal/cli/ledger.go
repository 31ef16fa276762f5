package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
	"magicbutton/store"
)

// ledger is what the commands ask that keep what people write down: the agent's
// client, or a desk of our own where no agent runs.
type ledger interface {
	Contacts(ctx context.Context) ([]cx.Contacts, error)
	SetContacts(ctx context.Context, contacts []cx.Contacts) error
	RemoveContacts(ctx context.Context, keys []cx.ContactsKey) error
	Actions(ctx context.Context) ([]cx.Action, error)
	AddAction(ctx context.Context, a cx.Action) (cx.Action, error)
	CloseAction(ctx context.Context, id string, on cx.Date) (cx.Action, error)
	EraseActions(ctx context.Context, ids []string, progress func(done, total int)) (api.Erased, error)
}

// ledger opens the place for what people write down. A gathered database takes it
// too: it is where a lead looks. Where there is no database and create does not say
// to make one, the error is an [fs.ErrNotExist].
func (p place) ledger(ctx context.Context, o store.Options) (ledger, func() error, error) {
	c, st, err := p.open(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	if c != nil {
		return c, c.Close, nil
	}
	if st.Created() {
		say(p.env.Stderr, "made the database %s", p.db)
	}
	d, closeDesk, err := p.newDesk(ctx, st)
	if err != nil {
		return nil, nil, err
	}
	return d, closeDesk, nil
}

// readLedger calls fn with the place's ledger, open for reading; of a place without a
// database it says so, and calls nothing.
func (p place) readLedger(ctx context.Context, fn func(ledger) error) (err error) {
	l, closeLedger, err := p.ledger(ctx, store.Options{ReadOnly: true})
	if errors.Is(err, fs.ErrNotExist) {
		say(p.env.Stderr, "nothing is written down yet: there is no database %s", p.db)
		return nil
	}
	if err != nil {
		return err
	}
	defer closing(closeLedger, &err)
	return fn(l)
}

// changeLedger calls fn with the place's ledger, open for writing.
func (p place) changeLedger(ctx context.Context, create bool, fn func(ledger) error) (err error) {
	l, closeLedger, err := p.ledger(ctx, store.Options{Create: create})
	if errors.Is(err, fs.ErrNotExist) {
		return hinted{err, "magicbutton config path prints where it is looked for"}
	}
	if err != nil {
		return err
	}
	defer closing(closeLedger, &err)
	return fn(l)
}

// week reads a week of a command line: last, this, or as 2026-W47.
func (p place) week(what, s string) (cx.Week, error) {
	this := cx.WeekOf(p.env.Now(), p.config.Desk.Zone)
	switch strings.ToLower(s) {
	case "last":
		return this.Add(-1), nil
	case "this":
		return this, nil
	}
	w, err := cx.ParseWeek(s)
	if err == nil {
		err = cx.CheckWeek("week", w)
	}
	if err != nil {
		return cx.Week{}, usage(hinted{fmt.Errorf("%s: %w", what, err), "a week as " + this.Add(-1).String() + ", last, or this"})
	}
	return w, nil
}

// date reads a day of a command line: today, or as 2026-11-16.
func (p place) date(what, s string) (cx.Date, error) {
	today := cx.DateOf(p.env.Now(), p.config.Desk.Zone)
	if strings.EqualFold(s, "today") {
		return today, nil
	}
	d, err := cx.ParseDate(s)
	if err == nil {
		err = cx.CheckDate("date", d)
	}
	if err != nil {
		return cx.Date{}, usage(hinted{fmt.Errorf("%s: %w", what, err), "a date as " + today.String() + ", or today"})
	}
	return d, nil
}

// isConflict reports whether an error says that what is stored stands in the way.
func isConflict(err error) bool {
	var problem *api.Error
	return errors.As(err, &problem) && problem.Code == api.CodeConflict
}

// count reads a number of a command line, 0 to [cx.MaxContacts].
func count(what, s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > cx.MaxContacts {
		return 0, usage(fmt.Errorf("%s %q: want a number from 0 to %d, in digits alone", what, s, cx.MaxContacts))
	}
	return n, nil
}
