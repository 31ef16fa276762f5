package agent

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path/filepath"
	"regexp"
	"sync"
	"time"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
	"magicbutton/internal/page"
	"magicbutton/store"
)

// Backup copies the database to a file.
func (d *Desk) Backup(ctx context.Context, o api.BackupOrder, progress func(done, total int)) (api.Backup, error) {
	if !filepath.IsAbs(o.Path) {
		return api.Backup{}, api.Bad(fmt.Errorf("backing up to %q: want an absolute path", o.Path))
	}
	copyTo := d.store.Backup
	if o.Over {
		copyTo = d.store.BackupOver
	}
	b, err := copyTo(ctx, o.Path, progress)
	if errors.Is(err, fs.ErrExist) {
		return api.Backup{}, &api.Error{Code: api.CodeConflict, Message: err.Error(), Hint: "--force writes over it"}
	}
	return api.Backup(b), storageError(err)
}

// Compact writes the database anew.
func (d *Desk) Compact(ctx context.Context, progress func(done, total int)) (api.Compacted, error) {
	c, err := d.store.Compact(ctx, progress)
	return compacted(c), storageError(err)
}

func compacted(c store.Compacted) api.Compacted {
	return api.Compacted{BytesBefore: c.Before, BytesAfter: c.After, Events: c.Events}
}

// Purge drops old notes and events.
func (d *Desk) Purge(ctx context.Context, o api.PurgeOrder, progress func(done, total int)) (api.Purged, error) {
	var p store.Purging
	switch {
	case o.Retention:
		// Nothing that was dropped by a wrong clock comes back.
		if d.clock.judge(ctx) != cx.ClockOK {
			return api.Purged{}, api.As(api.CodeConflict, fmt.Errorf("dropping what is not kept: the clock of this computer is doubted: %s", d.clock.doubt()))
		}
		p = store.Retention(d.Config().Retention).At(d.now())
	case o.NotesBefore == nil && o.EventsBefore == nil:
		return api.Purged{}, api.Bad(errors.New("purging: neither notes nor events are to go"))
	default:
		for _, b := range []struct {
			to   *time.Time
			from *time.Time
		}{{&p.NotesBefore, o.NotesBefore}, {&p.EventsBefore, o.EventsBefore}} {
			if b.from == nil {
				continue
			}
			if b.from.After(d.now()) {
				return api.Purged{}, api.Bad(fmt.Errorf("purging what is from before %s: that day has not come", b.from.Format(time.DateOnly)))
			}
			*b.to = *b.from
		}
	}
	done, err := d.store.Purge(ctx, p, progress)
	out := api.Purged{Notes: done.Notes, Events: done.Events, Days: done.Days}
	if done.Compacted != nil {
		c := compacted(*done.Compacted)
		out.Compacted = &c
	}
	return out, storageError(err)
}

// Find returns the events that match, in the order of their ids.
func (d *Desk) Find(ctx context.Context, m api.Match) ([]cx.Event, error) {
	if m == (api.Match{}) {
		return nil, api.Bad(errors.New("finding events: nothing says which"))
	}
	q := store.Match{Text: m.Text, Tag: m.Tag, Desk: m.Desk, Device: m.Device}
	if m.From != nil {
		q.From = *m.From
	}
	if m.To != nil {
		q.To = *m.To
	}
	if m.Pattern != "" {
		var err error
		if q.Pattern, err = regexp.Compile(m.Pattern); err != nil {
			return nil, api.Bad(fmt.Errorf("finding events: %w", err))
		}
	}
	found, err := d.store.Find(ctx, q)
	return found, storageError(err)
}

// Erase removes events from the file. Where that was done and a search of it has
// something to say, the result has it, and there is no error.
func (d *Desk) Erase(ctx context.Context, ids []cx.ID, progress func(done, total int)) (api.Erased, error) {
	got, err := d.store.Erase(ctx, ids, progress)
	if len(got.IDs) > 0 {
		d.tell(page.Moment{What: page.WhatAnew})
	}
	return erased(got, err)
}

func erased(got store.Erased, err error) (api.Erased, error) {
	out := api.Erased{IDs: texts(got.IDs), Before: texts(got.Before), Notes: got.Notes, States: got.Revisions, Names: got.Words}
	if got.Compacted != nil {
		c := compacted(*got.Compacted)
		out.Compacted = &c
	}
	if s := got.Search; s != nil {
		out.Search = &api.Search{Bytes: s.Bytes, SHA256: hex.EncodeToString(s.SHA256[:]), Needles: s.Needles, Elsewhere: s.Elsewhere}
		if err != nil { // the file is the new one already: there is to be a receipt
			out.Search.Fault, err = err.Error(), nil
		}
	}
	return out, storageError(err)
}

func texts(ids []cx.ID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = id.String()
	}
	return out
}

// streamMaintain does one work at the database file and tells how far it is.
func (a *Agent) streamMaintain(w http.ResponseWriter, r *http.Request) {
	var order api.Maintain
	if err := readBody(w, r, &order); err != nil {
		respond(w, nil, api.Bad(fmt.Errorf("reading the request: %w", err)))
		return
	}
	s := newStream(w)
	send := func(l api.MaintainLine) {
		_ = s.conn.SetWriteDeadline(time.Now().Add(writeTimeout))
		_ = s.enc.Encode(l) // where the client has gone, its context has ended too
	}
	// A client that does not read must hold up nobody: what it is told next it may miss.
	var telling sync.WaitGroup
	news := make(chan api.Progress, 1) // 1: the newest
	telling.Go(func() {
		for p := range news {
			send(api.MaintainLine{Progress: &p})
			_ = s.flush()
		}
	})
	last, found, err := a.desk.maintain(r.Context(), order, func(done, total int) {
		select {
		case news <- api.Progress{Done: done, Total: total}:
		default:
		}
	})
	close(news)
	telling.Wait()
	if err != nil {
		send(api.MaintainLine{Error: asError(err)})
		return
	}
	for _, e := range found {
		line := api.FromEvent(e)
		send(api.MaintainLine{Event: &line})
	}
	last.End = true
	send(last)
}

// maintain does what is asked for. What it found comes apart from the last line.
func (d *Desk) maintain(ctx context.Context, o api.Maintain, progress func(done, total int)) (last api.MaintainLine, found []cx.Event, err error) {
	switch {
	case o.Backup != nil:
		b, err := d.Backup(ctx, *o.Backup, progress)
		return api.MaintainLine{Backup: &b}, nil, err
	case o.Compact:
		c, err := d.Compact(ctx, progress)
		return api.MaintainLine{Compacted: &c}, nil, err
	case o.Purge != nil:
		p, err := d.Purge(ctx, *o.Purge, progress)
		return api.MaintainLine{Purged: &p}, nil, err
	case o.Find != nil:
		found, err := d.Find(ctx, *o.Find)
		return api.MaintainLine{}, found, err
	case len(o.EraseActions) > 0:
		e, err := d.EraseActions(ctx, o.EraseActions, progress)
		return api.MaintainLine{Erased: &e}, nil, err
	case len(o.Erase) > 0:
		ids, err := parseIDs(o.Erase)
		if err != nil {
			return api.MaintainLine{}, nil, err
		}
		e, err := d.Erase(ctx, ids, progress)
		return api.MaintainLine{Erased: &e}, nil, err
	}
	return api.MaintainLine{}, nil, api.Bad(errors.New("maintaining the database: nothing is asked for"))
}

func parseIDs(texts []string) ([]cx.ID, error) {
	var errs []error
	ids := make([]cx.ID, len(texts))
	for i, text := range texts {
		var err error
		ids[i], err = cx.ParseID(text)
		errs = append(errs, err)
	}
	return ids, api.Bad(errors.Join(errs...))
}
