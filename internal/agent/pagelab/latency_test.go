package pagelab_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"magicbutton/internal/agent"
	"magicbutton/internal/weblab"
)

// bare is the least that server-sent events can be: one line for each event, a page that appends one element for it. It
// keeps a hundred of them, as the rep's page keeps a hundred cards: of a thousand the browser would make more work.
type bare struct {
	*httptest.Server
	lines chan int
}

const barePage = `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Bare</title><main id="cards"></main><script>
new EventSource("/stream").onmessage = (message) => {
	const list = document.getElementById("cards"), line = document.createElement("p");
	line.dataset.key = message.data;
	line.textContent = message.data;
	list.append(line);
	if (list.childElementCount > 100) list.firstElementChild.remove();
};
</script></html>`

func newBare(t testing.TB) *bare {
	b := &bare{lines: make(chan int)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(barePage))
	})
	mux.HandleFunc("GET /stream", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		conn := http.NewResponseController(w)
		_ = conn.Flush()
		for {
			select {
			case n := <-b.lines:
				_, _ = fmt.Fprintf(w, "data: %d\n\n", n)
				_ = conn.Flush()
			case <-r.Context().Done():
				return
			}
		}
	})
	b.Server = httptest.NewServer(mux)
	t.Cleanup(b.Close)
	return b
}

// watchCards makes a page write down when each line of a list came into it, in microseconds: the browser's clock is the
// machine's, as ours is.
const watchCards = `(() => {
	window.came = {};
	const look = (node) => {
		const key = node.dataset?.key;
		if (key && !(key in came)) came[key] = (performance.timeOrigin + performance.now()) * 1000;
	};
	const list = document.getElementById("cards");
	new MutationObserver((all) => all.forEach((m) => { look(m.target); m.addedNodes.forEach(look) }))
		.observe(list, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-key"] });
	[...list.children].forEach((node) => { came[node.dataset.key] = 0 });
	return true;
})()`

// clockLag is how far a tab's clock is ahead of ours, in microseconds. Each answer to what time it is there was given
// between two instants of ours, and so bounds it; of many answers the bounds are some dozen microseconds apart.
func (p *tab) clockLag() (lag, apart float64) {
	p.t.Helper()
	least, most := math.Inf(-1), math.Inf(1)
	for range 200 {
		before := time.Now()
		theirs := eval[float64](p, `(performance.timeOrigin + performance.now()) * 1000`)
		after := time.Now()
		least, most = max(least, theirs-float64(after.UnixMicro())), min(most, theirs-float64(before.UnixMicro()))
	}
	return (least + most) / 2, most - least
}

// dose is how many presses a run makes, few where the environment does not ask for more.
func dose(t testing.TB, variable string, few int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return few
	}
	n, err := strconv.Atoi(text)
	if err != nil || n <= 0 {
		t.Fatalf("%s=%q: want a number", variable, text)
	}
	return n
}

// TestLatency measures how long a press takes from the flush until its card is in the page, beside the least that
// server-sent events take in the same browser, in turns.
//
// What is compared are two spans of one kind. Each begins with a stamp of ours: for a press when the agent says what
// became of it, which is some microseconds after the flush, when the lamp was lit (the page has been told just before);
// for a bare line before it is handed to the server's goroutine. Each ends with a stamp of the page's script, in an
// observer that the browser calls when the script that put the element there has ended. Both clocks are the machine's; how far the
// browser's is from ours is measured in each tab, and taken off. A round trip through the page instead would add the
// same request to both sides, and make them look more alike than they are.
func TestLatency(t *testing.T) {
	presses := dose(t, "PAGE_LATENCY", 20)
	if presses <= 20 {
		t.Parallel() // else it has the machine for itself
	}
	browser := weblab.Start(t)
	stored := make(map[string]float64, presses)
	told := make(chan struct{}, 1)
	d := newDeskAs(t, setting{
		more: "[press]\nguard = 0\nsame_conversation = 0\ndebounce = 0\n",
		options: agent.Options{Told: func(o agent.Outcome) {
			now := float64(time.Now().UnixMicro())
			stored[o.Event.ID.String()] = now // all are of one goroutine, which told orders with ours
			told <- struct{}{}
		}},
	})
	b := newBare(t)
	page := open(t, browser, d, weblab.View{})
	other := visit(t, browser, b.URL, weblab.View{})
	other.wait(`document.getElementById("cards") !== null`)
	for _, p := range []*tab{page, other} {
		eval[bool](p, watchCards)
		if state := eval[string](p, `document.visibilityState`); state != "visible" {
			t.Fatalf("a page is %s: the browser may take its time", state)
		}
	}
	sent := make(map[string]float64, presses)
	warm := presses/10 + 1 // rounds that do not count
	// A press each 40 ms is faster than a desk, and slow enough that one has been shown before the next is made.
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for i := range presses + warm {
		<-tick.C
		d.press(refundKey)
		<-told
		<-tick.C
		key := strconv.Itoa(i + 1)
		sent[key] = float64(time.Now().UnixMicro())
		b.lines <- i + 1
	}
	ours := spans(t, page, stored, warm)
	bares := spans(t, other, sent, warm)
	if len(ours) != presses || len(bares) != presses {
		t.Fatalf("%d presses and %d lines were seen, want %d of each", len(ours), len(bares), presses)
	}
	compare(t, presses, ours, bares)
	if got := page.Problems(); len(got) > 0 {
		t.Errorf("errors of scripts: %q", got)
	}
}

// spans are the microseconds from each stamp until the page had it, the fastest first, without those of the warm-up.
func spans(t testing.TB, p *tab, from map[string]float64, warm int) []float64 {
	t.Helper()
	p.wait(fmt.Sprintf(`Object.keys(came).length >= %d`, len(from)))
	var came map[string]float64
	if err := json.Unmarshal([]byte(eval[string](p, `JSON.stringify(came)`)), &came); err != nil {
		t.Fatal(err)
	}
	lag, apart := p.clockLag()
	t.Logf("the clock of %s is %.0f us ahead of ours, give or take %.0f", eval[string](p, `document.title`), lag, apart/2)
	type span struct{ start, took float64 }
	var all []span
	for key, start := range from {
		at, ok := came[key]
		if !ok {
			t.Errorf("%s never came", key)
		}
		all = append(all, span{start, at - start - lag})
	}
	slices.SortFunc(all, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	var out []float64
	for _, s := range all[min(warm, len(all)):] {
		out = append(out, s.took)
	}
	slices.Sort(out)
	return out
}

// The targets: how many times what a bare line takes a card may take.
const medianTarget, p99Target = 3, 10

// compare prints what came of it. A dose that measures nothing asserts nothing of it.
func compare(t testing.TB, presses int, ours, bares []float64) {
	t.Helper()
	at := func(list []float64, part float64) float64 {
		return list[min(len(list)-1, int(part*float64(len(list))))]
	}
	t.Logf("%-8s %12s %12s %8s  %s", "", "ours", "bare", "ratio", "target")
	for _, line := range []struct {
		name   string
		part   float64
		target float64
	}{{"median", 0.5, medianTarget}, {"p90", 0.9, 0}, {"p99", 0.99, p99Target}, {"most", 1, 0}} {
		a, b := at(ours, line.part), at(bares, line.part)
		ratio, target := a/b, "-"
		if line.target > 0 {
			target = fmt.Sprintf("<= %g", line.target)
			if ratio > line.target && presses >= 1000 {
				t.Errorf("%s: %.2f times a bare line, want at most %g", line.name, ratio, line.target)
			}
		}
		t.Logf("%-8s %9.0f us %9.0f us %8.2f  %s", line.name, a, b, ratio, target)
	}
}
