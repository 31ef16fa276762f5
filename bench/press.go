package main

import (
	"context"
	"encoding/binary"
	"os"
	"syscall"
	"time"

	"magicbutton/internal/cx"
	"magicbutton/store"
)

// pressAt is later than all events that the databases are filled with, as the
// next press is.
var pressAt = end.Add(24 * time.Hour)

// presser makes one durable press after the other.
type presser struct {
	store *store.Store
	event store.New
}

func newPresser(path string, o store.Options) (*presser, error) {
	s, err := store.Open(path, o)
	if err != nil {
		return nil, err
	}
	e := newMaker(1).next(cx.Origin{})
	e.At, e.Event.Note = pressAt, ""
	return &presser{s, e}, nil
}

func (p *presser) press(ctx context.Context) error {
	p.event.At = p.event.At.Add(time.Second)
	_, err := p.store.Append(ctx, p.event)
	return err
}

// floor writes what a durable press costs at the least in a file of pages: two
// times 4 KiB, each flushed, to pages that were written before.
type floor struct {
	file *os.File
	page [4096]byte
	at   int64
}

const floorPages = 4096

func newFloor(path string) (*floor, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	fl := &floor{file: f}
	for range floorPages {
		if _, err := f.Write(fl.page[:]); err != nil {
			return nil, err
		}
	}
	return fl, f.Sync()
}

func (f *floor) flushTwice() error {
	for range 2 {
		f.at = (f.at + 1) % floorPages
		binary.NativeEndian.PutUint64(f.page[:], uint64(time.Now().UnixNano()))
		if _, err := f.file.WriteAt(f.page[:], f.at*int64(len(f.page))); err != nil {
			return err
		}
		if err := syscall.Fdatasync(int(f.file.Fd())); err != nil {
			return err
		}
	}
	return nil
}

// benchPress: a press of one caller, in turns with two paired flushes.
func benchPress(ctx context.Context, w *world) error {
	path, err := w.copyOf(ctx, w.events)
	if err != nil {
		return err
	}
	defer removeDatabase(path)
	p, err := newPresser(path, store.Options{})
	if err != nil {
		return err
	}
	defer p.store.Close()
	f, err := newFloor(w.path("floor"))
	if err != nil {
		return err
	}
	defer f.file.Close()
	n := w.times(1001)
	m, err := turns(ctx, n, timed(func() error { return p.press(ctx) }), timed(f.flushTwice))
	if err != nil {
		return err
	}
	w.table.add(compare("press", m[0], m[1], 1.25, n, "two paired 4 KiB flushes"))
	return nil
}

// benchGrowth: the commit and the opening of the large database beside the small
// one.
func benchGrowth(ctx context.Context, w *world) error {
	var pressers [2]*presser
	var paths [2]string
	for i, n := range []int{w.events, w.small()} {
		path, err := w.copyOf(ctx, n)
		if err != nil {
			return err
		}
		defer removeDatabase(path)
		if pressers[i], err = newPresser(path, store.Options{}); err != nil {
			return err
		}
		defer pressers[i].store.Close()
		paths[i] = path
	}
	const what = "with a hundredth of the events"
	n := w.times(1001)
	press := func(p *presser) side { return timed(func() error { return p.press(ctx) }) }
	m, err := turns(ctx, n, press(pressers[0]), press(pressers[1]))
	if err != nil {
		return err
	}
	w.table.add(compare("commit-large", m[0], m[1], 1.2, n, "the commit "+what))
	for _, p := range pressers {
		if err := p.store.Close(); err != nil {
			return err
		}
	}
	for _, mode := range []struct {
		name string
		o    store.Options
	}{{"open-large", store.Options{}}, {"open-large-readonly", store.Options{ReadOnly: true}}} {
		open := func(path string) side {
			return func() (time.Duration, error) {
				start := time.Now()
				s, err := store.Open(path, mode.o)
				took := time.Since(start)
				if err != nil {
					return 0, err
				}
				return took, s.Close()
			}
		}
		n := w.times(101)
		m, err := turns(ctx, n, open(paths[0]), open(paths[1]))
		if err != nil {
			return err
		}
		w.table.add(compare(mode.name, m[0], m[1], 1.2, n, "opening one "+what))
	}
	return nil
}

// copyOf returns the path of a database that may be changed.
func (w *world) copyOf(ctx context.Context, n int) (string, error) {
	from, err := w.summarized(ctx, n)
	if err != nil {
		return "", err
	}
	path := from + ".copy"
	if err := removeDatabase(path); err != nil {
		return "", err
	}
	return path, copyFile(path, from)
}
