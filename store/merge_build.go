package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"magicbutton/internal/cx"
)

// mergeBatch is how many events go into one transaction of the new file: large
// ones write each page once, and none of them is flushed before the end.
const mergeBatch = 1 << 16

// merger is one run of Merge.
type merger struct {
	path    string
	options MergeOptions
	now     func() time.Time
	files   []*MergedFile
	before  *mergeSource // the file that is replaced, nil for none
	sources []*mergeSource

	// What follows is of one attempt.
	temp     string
	out      *Store
	report   MergeReport
	queue    []*mergeSource // a heap by the ids that the sources stand at
	copies   []mergeCopy
	joined   []mergeState
	resigned map[cx.ID][]mergeCopy // by their new id
	origins  map[cx.Origin]*mergedOrigin
	sides    *mergeSides
	to       mergeAppenders
	failed   *sourceError
	// done and total count events for the progress.
	done, total int
}

func newMerger(path string, o MergeOptions) *merger {
	m := &merger{path: path, options: o, now: o.Now}
	if m.now == nil {
		m.now = time.Now
	}
	if o.Progress == nil {
		m.options.Progress = func(int, int) {}
	}
	return m
}

// anySource reports whether there is a file to merge beside the one before.
func (m *merger) anySource() bool {
	if m.before != nil {
		return len(m.sources) > 1
	}
	return len(m.sources) > 0
}

func (m *merger) drop(s *mergeSource) {
	s.close()
	m.sources = slices.DeleteFunc(m.sources, func(other *mergeSource) bool { return other == s })
}

func (m *merger) close() {
	if m.out != nil {
		_ = m.out.Close()
		m.out = nil
	}
	for _, s := range m.sources {
		s.close()
	}
}

// mergeStep does a part of a merge in a transaction of the new file, and says
// whether that part is done.
type mergeStep func(context.Context, *writer) (bool, error)

// build writes a new file with everything in it, flushed.
func (m *merger) build(ctx context.Context) error {
	m.report, m.failed, m.done, m.total = MergeReport{}, nil, 0, 0
	m.resigned = make(map[cx.ID][]mergeCopy)
	m.origins = make(map[cx.Origin]*mergedOrigin)
	if err := m.readSides(ctx); err != nil {
		return err
	}
	if err := m.create(); err != nil {
		return fmt.Errorf("writing database %s: %w", m.path, err)
	}
	for _, step := range []mergeStep{m.start, m.appending(m.batch), m.appending(m.settleResigned), m.putSides} {
		for done := false; !done; {
			err := m.out.update(func(w *writer) (err error) {
				done, err = step(ctx, w)
				return err
			})
			if m.failed != nil {
				return m.failed
			}
			if err != nil {
				return err
			}
		}
	}
	if err := m.out.BuildDays(ctx, nil); err != nil {
		return err
	}
	if err := m.out.db.Sync(); err != nil {
		return fmt.Errorf("writing database %s: %w", m.path, err)
	}
	out := m.out
	m.out = nil
	return out.Close()
}

// create begins the new file, beside the one that it will replace. It is flushed
// once, at the end.
func (m *merger) create() error {
	if m.out != nil {
		_ = m.out.Close()
		m.out = nil
	}
	m.temp = filepath.Join(filepath.Dir(m.path), "."+filepath.Base(m.path)+".gather")
	if err := os.Remove(m.temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := makeFile(m.temp, m.now().UTC().Truncate(time.Millisecond), machineID(m.options.MachineIDFile)); err != nil {
		return err
	}
	s := &Store{path: m.temp, now: m.now}
	if err := s.openBolt(time.Now().Add(defaultWriteTimeout)); err != nil {
		return err
	}
	m.out = s
	s.db.NoSync = true
	return s.load()
}

// start sets every source to its beginning.
func (m *merger) start(ctx context.Context, w *writer) (bool, error) {
	m.queue = m.queue[:0]
	for _, s := range m.sources {
		s.rewind()
		s.gone = m.isGone
		if err := s.fill(ctx, w); err != nil {
			return false, m.fail(err)
		}
		if _, ok := s.head(); ok {
			m.queue = append(m.queue, s)
		}
	}
	for i := len(m.queue)/2 - 1; i >= 0; i-- {
		m.sink(i)
	}
	return true, nil
}

// fail keeps an error of a source apart from those of the new file.
func (m *merger) fail(err error) error {
	_ = errors.As(err, &m.failed)
	return err
}

// batch merges some events.
func (m *merger) batch(ctx context.Context, w *writer) (bool, error) {
	for range mergeBatch {
		if len(m.queue) == 0 {
			return true, nil
		}
		e, _ := m.queue[0].head()
		id := e.id
		m.copies = m.copies[:0]
		for len(m.queue) > 0 {
			s := m.queue[0]
			if e, _ := s.head(); e.id != id {
				break
			} else {
				m.copies = append(m.copies, mergeCopy{s, e.states})
			}
			if err := s.advance(ctx, w); err != nil {
				return false, m.fail(err)
			}
			m.settleTop()
		}
		if err := m.event(w, id); err != nil {
			return false, err
		}
	}
	m.options.Progress(m.done, max(m.done, m.total)) // an export does not say how much it has
	return false, nil
}

// settleTop puts the source that was just read into its place in the queue.
func (m *merger) settleTop() {
	if _, ok := m.queue[0].head(); !ok {
		last := len(m.queue) - 1
		m.queue[0] = m.queue[last]
		m.queue = m.queue[:last]
	}
	m.sink(0)
}

func (m *merger) sink(i int) {
	less := func(a, b int) bool {
		x, _ := m.queue[a].head()
		y, _ := m.queue[b].head()
		return bytes.Compare(x.id[:], y.id[:]) < 0
	}
	for {
		child := 2*i + 1
		if child >= len(m.queue) {
			return
		}
		if child+1 < len(m.queue) && less(child+1, child) {
			child++
		}
		if !less(child, i) {
			return
		}
		m.queue[i], m.queue[child] = m.queue[child], m.queue[i]
		i = child
	}
}

// event stores what the copies of one id come to.
func (m *merger) event(w *writer, id cx.ID) error {
	m.done += len(m.copies)
	for _, c := range m.copies {
		if len(c.source.moved) > 0 {
			c.moveConversation()
		}
	}
	copies := m.copies
	if len(copies) > 1 && !alike(copies) {
		dateExports(copies)
		events := m.split(w, id, copies)
		for _, other := range events[1:] {
			m.resign(w, id, events[0], other)
		}
		copies = events[0]
	}
	states := m.join(w, id, copies)
	m.count(id, states, copies)
	return m.put(w, id, states)
}

// isGone reports whether a file says that the event was erased or purged.
func (m *merger) isGone(id cx.ID) bool {
	switch {
	case m.sides.erased(id):
		m.report.Erased++
	case m.sides.purged(id):
		m.report.Purged++
	default:
		return false
	}
	return true
}

// moveConversation makes the states name the conversation by its new id.
func (c mergeCopy) moveConversation() {
	for i := range c.states {
		s := &c.states[i]
		if to, ok := c.source.moved[s.record.conversation]; ok {
			s.record.conversation = to
			s.body = s.record.appendTo(nil)
		}
	}
}

// dateExports gives the copies of exports that do not say when an event was stored
// the instant that another copy has.
func dateExports(copies []mergeCopy) {
	i := slices.IndexFunc(copies, func(c mergeCopy) bool { return !c.states[0].undated })
	if i < 0 {
		return
	}
	for _, c := range copies {
		for j := range c.states {
			if s := &c.states[j]; s.undated {
				s.record.recorded = copies[i].states[0].record.recorded
				s.body, s.undated = s.record.appendTo(nil), false
			}
		}
	}
}

// resign gives an event a new id whose own another event keeps.
func (m *merger) resign(w *writer, id cx.ID, kept, event []mergeCopy) {
	to := derivedID(w.words, id, event[0].states[0].record)
	lowest := func(copies []mergeCopy) *mergeSource {
		return slices.MinFunc(copies, func(a, b mergeCopy) int {
			if m.names(a.source, b.source) {
				return -1
			}
			return 1
		}).source
	}
	for _, c := range event {
		if c.source.moved == nil {
			c.source.moved = make(map[cx.ID]cx.ID)
		}
		c.source.moved[id] = to
		states := slices.Clone(c.states)
		for i := range states {
			states[i].body = bytes.Clone(states[i].body)
		}
		m.resigned[to] = append(m.resigned[to], mergeCopy{c.source, states})
	}
	m.origin(id.Origin()).Twice++
	m.conflict(MergeConflict{
		ID: id, Kept: lowest(kept).file.Path, Lost: lowest(event).file.Path, Moved: to,
		Fields: differing(w.words, id, kept[0].states[0], event[0].states[0]),
	})
}

// settleResigned stores the events that got a new id. The file before may have
// them already.
func (m *merger) settleResigned(_ context.Context, w *writer) (bool, error) {
	ids := make([]cx.ID, 0, len(m.resigned))
	for id := range m.resigned {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b cx.ID) int { return strings.Compare(string(a[:]), string(b[:])) })
	for _, id := range ids {
		copies := m.resigned[id]
		if m.isGone(id) {
			continue
		}
		known, err := m.known(w, id)
		if err != nil {
			return false, err
		}
		if known != nil {
			copies = append(copies, *known)
		}
		states := m.join(w, id, copies)
		if known == nil {
			m.count(id, states, copies)
		}
		if err := m.put(w, id, states); err != nil {
			return false, err
		}
	}
	return true, nil
}

// known returns an event of the new file as a copy of the file before, which
// alone can have it.
func (m *merger) known(w *writer, id cx.ID) (*mergeCopy, error) {
	value := eventsTable.in(w.tx).Get(id[:])
	if value == nil {
		return nil, nil
	}
	s := &mergeSource{file: &MergedFile{Path: m.path}, words: w.words, gone: func(cx.ID) bool { return false }}
	page := &mergePageBuffer{}
	err := s.take(w.tx, w, page, id[:], value)
	return &mergeCopy{s, page.states}, err
}
