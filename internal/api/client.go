package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"magicbutton/internal/cx"
	"magicbutton/internal/localsock"
)

// Client talks to the agent of one database. Its methods are those of the
// agent's own desk, so that a command does not care whether an agent runs.
type Client struct {
	http  *http.Client
	first chan net.Conn // holds the connection that Dial made, until it is used
}

// host is in the URL because HTTP wants one; the socket leads to one agent only.
const host = "http://magicbutton"

// Dial connects to the agent of a database, or returns
// [localsock.ErrNobody] where none runs.
func Dial(ctx context.Context, db string) (*Client, error) {
	conn, err := localsock.Dial(ctx, db)
	if err != nil {
		return nil, err
	}
	c := &Client{first: make(chan net.Conn, 1)} // 1: the one connection
	c.first <- conn
	c.http = &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			select {
			case conn := <-c.first:
				return conn, nil
			default:
				return localsock.Dial(ctx, db)
			}
		},
	}}
	return c, nil
}

// Close drops the connections.
func (c *Client) Close() error {
	c.http.CloseIdleConnections()
	select {
	case conn := <-c.first:
		return conn.Close()
	default:
		return nil
	}
}

// Log logs one event; see [NewEvent].
func (c *Client) Log(ctx context.Context, n NewEvent) (Logged, error) {
	if err := n.Check(); err != nil { // JSON would carry it as something else
		return Logged{}, err
	}
	return call[Logged](ctx, c, http.MethodPost, PathEvents, n)
}

// Undo takes back the last live event.
func (c *Client) Undo(ctx context.Context, u Undo) (cx.Event, error) {
	return callEvent(ctx, c, http.MethodPost, PathUndo, u)
}

// Void takes back any event.
func (c *Client) Void(ctx context.Context, id cx.ID) (cx.Event, error) {
	return callEvent(ctx, c, http.MethodPost, pathOf(PathVoid, id.String()), struct{}{})
}

// Amend corrects an event.
func (c *Client) Amend(ctx context.Context, id cx.ID, a cx.Amendment) (cx.Event, error) {
	return callEvent(ctx, c, http.MethodPatch, pathOf(PathEvent, id.String()), a)
}

// Event returns one event as it stands.
func (c *Client) Event(ctx context.Context, id cx.ID) (cx.Event, error) {
	return callEvent(ctx, c, http.MethodGet, pathOf(PathEvent, id.String()), nil)
}

// EventBySeq returns the event that this desk calls #seq.
func (c *Client) EventBySeq(ctx context.Context, seq uint64) (cx.Event, error) {
	return callEvent(ctx, c, http.MethodGet, pathOf(PathEvent, strconv.FormatUint(seq, 10)), nil)
}

// History returns an event's earlier states, the oldest first; none for one that
// was never corrected. How it stands is [Client.Event].
func (c *Client) History(ctx context.Context, id cx.ID) ([]cx.Event, error) {
	list, err := call[[]Event](ctx, c, http.MethodGet, pathOf(PathHistory, id.String()), nil)
	if err != nil {
		return nil, err
	}
	out := make([]cx.Event, len(list))
	for i, w := range list {
		if out[i], err = w.Event(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Events streams events in the order of their ids. An error ends it.
func (c *Client) Events(ctx context.Context, q cx.EventQuery) iter.Seq2[cx.Event, error] {
	return c.events(ctx, EventQueryValues(q))
}

// Follow streams each event as it is logged, taken back or amended, until ctx or
// the agent ends. A caller that falls too far behind gets an error with
// [CodeBehind].
func (c *Client) Follow(ctx context.Context) iter.Seq2[cx.Event, error] {
	return func(yield func(cx.Event, error) bool) {
		for e, err := range c.events(ctx, url.Values{"follow": {"true"}}) {
			if err != nil && ctx.Err() != nil || !yield(e, err) {
				return
			}
		}
	}
}

func (c *Client) events(ctx context.Context, v url.Values) iter.Seq2[cx.Event, error] {
	return func(yield func(cx.Event, error) bool) {
		err := c.stream(ctx, http.MethodGet, PathEvents+"?"+v.Encode(), func(l Line) (bool, error) {
			if l.Event == nil {
				return true, nil
			}
			e, err := l.Event.Event()
			if err != nil {
				return false, fmt.Errorf("reading events: %w", err)
			}
			return yield(e, nil), nil
		})
		if err != nil {
			yield(cx.Event{}, err)
		}
	}
}

// Tally answers a query.
func (c *Client) Tally(ctx context.Context, q cx.Query) (cx.Tally, error) {
	t, err := call[Tally](ctx, c, http.MethodGet, PathTally+"?"+QueryValues(q).Encode(), nil)
	return t.Tally(), err
}

// Catalogue returns the tags that the database knows.
func (c *Client) Catalogue(ctx context.Context) (cx.Catalogue, error) {
	tags, err := call[[]cx.Tag](ctx, c, http.MethodGet, PathCatalogue, nil)
	if err != nil {
		return cx.Catalogue{}, err
	}
	return cx.NewCatalogue(tags)
}

// Check checks the database, calling progress, if not nil, now and then.
func (c *Client) Check(ctx context.Context, progress func(done, total int)) (CheckReport, error) {
	var report *CheckReport
	err := c.stream(ctx, http.MethodPost, PathCheck, func(l Line) (bool, error) {
		if l.Progress != nil && progress != nil {
			progress(l.Progress.Done, l.Progress.Total)
		}
		if l.Check != nil {
			report = l.Check
		}
		return true, nil
	})
	if err == nil && report == nil {
		err = errors.New("checking the database: the agent gave no report")
	}
	if err != nil {
		return CheckReport{}, err
	}
	return *report, nil
}

// Status says how the agent is doing.
func (c *Client) Status(ctx context.Context) (Status, error) {
	return call[Status](ctx, c, http.MethodGet, PathStatus, nil)
}

// Reload makes the agent read its configuration again.
func (c *Client) Reload(ctx context.Context) error {
	_, err := call[struct{}](ctx, c, http.MethodPost, PathReload, struct{}{})
	return err
}

func pathOf(pattern, arg string) string {
	from, to := strings.Index(pattern, "{"), strings.Index(pattern, "}")
	return pattern[:from] + url.PathEscape(arg) + pattern[to+1:]
}

func callEvent(ctx context.Context, c *Client, method, path string, body any) (cx.Event, error) {
	w, err := call[Event](ctx, c, method, path, body)
	if err != nil {
		return cx.Event{}, err
	}
	return w.Event()
}

// call makes one request with a body as JSON, or as it is, or none for nil, and
// reads the answer.
func call[T any](ctx context.Context, c *Client, method, path string, body any) (T, error) {
	var out T
	resp, err := c.do(ctx, method, path, body)
	if err != nil {
		return out, err
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		return out, fmt.Errorf("reading the agent's answer: %w", err)
	}
	return out, nil
}

// stream makes one request and hands over its lines until line returns false.
func (c *Client) stream(ctx context.Context, method, path string, line func(Line) (bool, error)) error {
	resp, err := c.do(ctx, method, path, nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return eachLine(ctx, resp.Body, func(l Line) (more bool, err error) {
		switch {
		case l.Error != nil:
			return false, l.Error
		case l.End:
			return false, nil
		}
		return line(l)
	})
}

// eachLine hands over the lines of a stream until line returns false. A stream that
// ends before was cut off.
func eachLine[T any](ctx context.Context, body io.Reader, line func(T) (more bool, err error)) error {
	dec := json.NewDecoder(body)
	for {
		var l T
		if err := dec.Decode(&l); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return fmt.Errorf("reading the agent's answer: %w", err)
		}
		if more, err := line(l); err != nil || !more {
			return err
		}
	}
}

func (c *Client) do(ctx context.Context, method, path string, body any) (*http.Response, error) {
	var r io.Reader
	contentType := "application/json"
	switch body := body.(type) {
	case nil:
	case csvBody:
		r, contentType = bytes.NewReader(body), "text/csv; charset=utf-8"
	default:
		b, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		r = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, host+path, r)
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // the URL tells a user nothing
		}
		return nil, fmt.Errorf("talking to the agent: %w", err)
	}
	if resp.StatusCode < 300 {
		return resp, nil
	}
	defer resp.Body.Close()
	var e Error
	if json.NewDecoder(io.LimitReader(resp.Body, MaxBodyBytes)).Decode(&e) != nil || e.Message == "" {
		return nil, fmt.Errorf("talking to the agent: %s", resp.Status)
	}
	return nil, &e
}
