package pagelab_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"magicbutton/hid/hidtest"
	"magicbutton/internal/weblab"
)

// The load: pages that programs hold open, those of a real browser beside them, and presses a second.
const (
	loadStreams = 50
	loadTabs    = 2
	loadPerS    = 100
	// loadPads times loadKeys keys, each pressed every 2.4 s: the guard is 2 s.
	loadPads, loadKeys = 24, 10
)

// stream is an open page that reads, and remembers by their numbers which events it saw.
type stream struct {
	seen   []atomic.Bool
	counts atomic.Int64 // of the week, as told last
	begun  atomic.Int64 // how often it had to begin: once, or it was cut off
}

// follow reads the stream until the agent stops.
func (s *stream) follow(p program) error {
	for {
		r, err := p.Get(p.d.host("/stream"))
		if err != nil {
			return err
		}
		if r.StatusCode != http.StatusOK {
			r.Body.Close()
			return fmt.Errorf("the stream answers %d", r.StatusCode)
		}
		s.begun.Add(1)
		bye, err := s.read(bufio.NewReaderSize(r.Body, 64<<10))
		r.Body.Close()
		if bye || err != nil {
			return err
		}
	}
}

// read reads messages until the stream ends, and says whether the agent said goodbye.
func (s *stream) read(from *bufio.Reader) (bye bool, err error) {
	var what string
	for {
		line, err := from.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) { // all there is, after the stream was cut off
			rest, more := from.ReadBytes('\n')
			line, err = append(bytes.Clone(line), rest...), more
		}
		if err != nil {
			return false, nil //nolint:nilerr // it was cut off, and begins again
		}
		switch name, value, _ := strings.Cut(string(bytes.TrimRight(line, "\n")), ": "); name {
		case "event":
			if what = value; what == "bye" {
				return true, nil
			}
		case "data":
			if err := s.take(what, value); err != nil {
				return false, fmt.Errorf("%s %s: %w", what, value, err)
			}
		}
	}
}

func (s *stream) take(what, data string) error {
	type conversation struct{ Events []struct{ Seq int } }
	var m struct {
		conversation
		Cards  []conversation
		Week   struct{ Count int64 }
		Glance struct{ Week struct{ Count int64 } }
	}
	if what != "all" && what != "card" && what != "glance" {
		return nil
	}
	if err := json.Unmarshal([]byte(data), &m); err != nil {
		return err
	}
	for _, c := range append(m.Cards, m.conversation) {
		for _, e := range c.Events {
			s.seen[e.Seq].Store(true)
		}
	}
	switch what {
	case "all":
		s.counts.Store(m.Glance.Week.Count)
	case "glance":
		s.counts.Store(m.Week.Count)
	}
	return nil
}

// missed counts the events that the stream never saw.
func (s *stream) missed() (n int) {
	for i := range s.seen[1:] {
		if !s.seen[i+1].Load() {
			n++
		}
	}
	return n
}

// loadButtons bind the keys of every keypad, each to a tag.
func loadButtons() string {
	var b strings.Builder
	codes := []string{"praise", "how-to", "delivery-late", "no-human", "idea", "other", "praise", "how-to"}
	for i := range loadKeys - 2 { // the first two are bound
		fmt.Fprintf(&b, "[[button]]\ndevice = \"1209:0001\"\nkey = \"Keypad %d\"\ntap = %q\n", (i+3)%10, codes[i])
	}
	return b.String()
}

// memory is what is in use after what is not was given back.
func memory() (heap uint64, goroutines int) {
	for range 2 { // what finalizers let go of is collected the second time
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc, runtime.NumGoroutine()
}

// TestLoad presses a hundred times a second for a minute (PAGE_LOAD presses in all; three seconds where nothing is
// asked for) while fifty pages are open, and two tabs of a real browser: nothing is lost anywhere, and memory is flat.
func TestLoad(t *testing.T) {
	presses := dose(t, "PAGE_LOAD", 3*loadPerS)
	browser := weblab.Start(t)
	d := newDeskAs(t, setting{
		keypads: loadPads, more: "[press]\ndebounce = 0\n" + loadButtons(),
	})
	_, idle := memory()
	streams := make([]*stream, loadStreams)
	var reading sync.WaitGroup
	for i := range streams {
		s, p := &stream{seen: make([]atomic.Bool, presses+1)}, letIn(d)
		streams[i] = s
		reading.Go(func() {
			defer p.CloseIdleConnections()
			if err := s.follow(p); err != nil {
				t.Errorf("stream %d: %v", i, err)
			}
		})
	}
	var pages []*tab
	for range loadTabs {
		pages = append(pages, open(t, browser, d, weblab.View{}))
	}
	first := pressMany(d, 0, presses/3)
	early, _ := memory()
	late := pressMany(d, presses/3, presses)
	told := time.Now()
	for _, p := range pages { // the counts are told once a second
		p.wait(fmt.Sprintf(`document.getElementById("totals").innerText.replace(/\D+/g, " ").split(" ").includes("%d")`, presses))
	}
	for _, s := range streams {
		for s.counts.Load() != int64(presses) && time.Since(told) < patience {
			runtime.Gosched()
		}
	}
	end, _ := memory()
	t.Logf("%d presses in %v, all told %v after the last", presses, first+late, time.Since(told).Round(time.Millisecond))
	t.Logf("memory after collecting: %.2f MB after a third, %.2f MB at the end", float64(early)/1e6, float64(end)/1e6)
	for i, p := range pages {
		if got := p.Problems(); len(got) > 0 {
			t.Errorf("tab %d: errors of scripts: %q", i, got)
		}
	}
	checkLoad(t, d, streams, presses)
	reading.Wait()
	// Two thirds more presses must leave nothing behind. What is bounded may still fill up: cards (1,000 events, twice as many for a
	// moment) and the bookkeeping of the store; half as much again is what runs of the same length differ by.
	if float64(end) > 1.5*float64(early) && presses > 10*3*loadPerS {
		t.Errorf("memory grew from %d to %d bytes", early, end)
	}
	gone := time.Now()
	for now := idle + 1; now > idle && time.Since(gone) < patience; _, now = memory() {
		runtime.Gosched()
	}
	if _, now := memory(); now > idle {
		t.Errorf("%d goroutines at the start, %d after all is over", idle, now)
	}
}

// pressMany makes presses from..to, one key of one keypad after the other, at the rate of the load.
func pressMany(d *desk, from, to int) time.Duration {
	begin := time.Now()
	tick := time.NewTicker(time.Second / loadPerS)
	defer tick.Stop()
	for i := from; i < to; i++ {
		<-tick.C
		pad, key := i%loadPads, i/loadPads%loadKeys
		usage := uint16(0x59 + key) // Keypad 1 to 9, and 0: HID Usage Tables 1.5, section 10
		d.bus.Tap(fmt.Sprintf("1-%d:1.0", pad+1), hidtest.Key(usage))
	}
	return time.Since(begin)
}

// checkLoad looks for every press in the streams, and in the database of the agent, which it stops.
func checkLoad(t testing.TB, d *desk, streams []*stream, presses int) {
	t.Helper()
	cut := 0
	for i, s := range streams {
		if again := s.begun.Load() - 1; again > 0 {
			cut++
			t.Logf("stream %d was cut off %d times", i, again)
		} else if n := s.missed(); n > 0 {
			t.Errorf("stream %d did not see %d events", i, n)
		}
		if got := s.counts.Load(); got != int64(presses) {
			t.Errorf("stream %d was told of %d presses, want %d", i, got, presses)
		}
	}
	if cut > loadStreams/10 {
		t.Errorf("%d of %d streams were cut off", cut, loadStreams)
	}
	seqs := make(map[uint64]bool)
	for _, e := range d.stored() {
		seqs[e.ID.Seq()] = true
	}
	if len(seqs) != presses {
		t.Errorf("%d events are in the database, want %d", len(seqs), presses)
	}
}
