package usblab

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"magicbutton/internal/usblab/wire"
)

// feed is this side's copy of a list that grows in the guest.
type feed[T any] struct {
	mu      sync.Mutex
	items   []T
	ended   bool
	changed chan struct{} // closed at the next change
}

func newFeed[T any]() *feed[T] { return &feed[T]{changed: make(chan struct{})} }

// follow starts to copy the list that a method of the guest's service returns
// from an index on. It goes on until the guest ends.
func follow[T any](g *Guest, method string) *feed[T] {
	f := newFeed[T]()
	g.readers.Go(func() {
		defer f.end()
		for from := 0; ; {
			var items []T
			if g.rpc.Call(wire.Service+"."+method, from, &items) != nil {
				return
			}
			from += len(items)
			f.add(items...)
		}
	})
	return f
}

func (f *feed[T]) add(items ...T) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.items = append(f.items, items...)
	close(f.changed)
	f.changed = make(chan struct{})
}

func (f *feed[T]) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended = true
	close(f.changed)
	f.changed = make(chan struct{})
}

// now returns what there is.
func (f *feed[T]) now() []T {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.items)
}

// await waits until the items satisfy a condition. It fails the test, naming what
// was waited for, when time is up or nothing more will come.
func (f *feed[T]) await(t testing.TB, what string, enough func([]T) bool) []T {
	t.Helper()
	timer := time.NewTimer(waitLimit)
	defer timer.Stop()
	for {
		f.mu.Lock()
		items, ended, changed := f.items, f.ended, f.changed
		f.mu.Unlock()
		if enough(items) {
			return slices.Clone(items)
		}
		if ended {
			t.Fatalf("waiting for %s: no more will come; got%s", what, describe(items))
		}
		select {
		case <-changed:
		case <-timer.C:
			t.Fatalf("waiting for %s: not in %v; got%s", what, waitLimit, describe(items))
		}
	}
}

// awaitEnd waits until nothing more will come.
func (f *feed[T]) awaitEnd(t testing.TB, what string) {
	t.Helper()
	f.await(t, what, func([]T) bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.ended
	})
}

// describe shows the newest items, bytes as text.
func describe[T any](items []T) string {
	const newest = 30
	if text, ok := any(items).([]byte); ok {
		return ":\n" + string(text)
	}
	var s strings.Builder
	fmt.Fprintf(&s, " %d", len(items))
	for _, item := range items[max(0, len(items)-newest):] {
		fmt.Fprintf(&s, "\n\t%+v", item)
	}
	return s.String()
}
