package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"magicbutton/internal/cx"
)

// Many callers at once: each press is acknowledged once and stored once, a bad
// one costs nobody else anything, and they share flushes.
func TestManyWriters(t *testing.T) {
	s := newStore(t, &clock{epoch})
	const writers, each = 64, 8
	before := transactions(t, s)
	var mu sync.Mutex
	acked := make(map[cx.ID]string)
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			for j := range each {
				tag := fmt.Sprintf("w%d-%d", i, j)
				got, err := s.Append(t.Context(), press(epoch, tag))
				if err != nil {
					t.Errorf("Append(%s): %v", tag, err)
					return
				}
				mu.Lock()
				if other, ok := acked[got[0].Event.ID]; ok {
					t.Errorf("%s and %s have one id", other, tag)
				}
				acked[got[0].Event.ID] = tag
				mu.Unlock()
				if _, err := s.Void(t.Context(), cx.ID{}); !errors.Is(err, ErrNoEvent) {
					t.Errorf("Void of no event: %v", err)
				}
			}
		})
	}
	wg.Wait()
	stored := all(t, s, cx.EventQuery{})
	if len(stored) != writers*each || len(acked) != len(stored) {
		t.Errorf("%d events are stored and %d were acknowledged, want %d", len(stored), len(acked), writers*each)
	}
	for _, e := range stored {
		if acked[e.ID] != e.Tag {
			t.Errorf("event %s is %s, acknowledged as %q", e.ID, e.Tag, acked[e.ID])
		}
	}
	if n := transactions(t, s) - before; n >= writers*each/2 {
		t.Errorf("%d events took %d transactions: flushes were not shared", writers*each, n)
	}
	if report := checkClean(t, s); report.Missing > 0 {
		t.Errorf("failures left holes: %q", report.Remarks)
	}
}

// A caller that gives up while another leads is not stored; one whose
// transaction has begun gets its answer.
func TestWithdraw(t *testing.T) {
	s := newStore(t, &clock{epoch})
	leading, release := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		_, err := s.write(t.Context(), func(*writer) error {
			close(leading)
			<-release
			return nil
		})
		if err != nil {
			t.Errorf("the leader: %v", err)
		}
	})
	<-leading
	ctx, cancel := context.WithCancel(t.Context())
	cancelled := make(chan struct{})
	wg.Go(func() {
		defer close(cancelled)
		if _, err := s.Append(ctx, press(epoch, "withdrawn")); !errors.Is(err, context.Canceled) {
			t.Errorf("Append: %v, want context.Canceled", err)
		}
	})
	for queued := 0; queued == 0; runtime.Gosched() { // until it waits behind the leader
		s.queueMu.Lock()
		queued = len(s.queue)
		s.queueMu.Unlock()
	}
	cancel()
	<-cancelled
	close(release)
	wg.Wait()
	add(t, s, press(epoch, "next"))
	if got := tags(all(t, s, cx.EventQuery{})); !slices.Equal(got, []string{"next"}) {
		t.Errorf("stored: %q, want only next", got)
	}
}

func TestTallyOverPages(t *testing.T) {
	s := newStore(t, &clock{epoch})
	rows := make([]New, scanPerPage+100)
	for i := range rows {
		rows[i] = press(epoch.Add(time.Duration(i)*time.Second), "praise")
	}
	if _, err := s.Append(t.Context(), rows...); err != nil {
		t.Fatal(err)
	}
	tally, err := s.Tally(t.Context(), cx.Query{})
	if err != nil {
		t.Fatal(err)
	}
	if len(tally.Rows) != 1 || tally.Rows[0].Count != len(rows) {
		t.Errorf("Tally = %+v, want %d", tally, len(rows))
	}
}
