package hid

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var (
	keyA = Key{Page: PageKeyboard, Usage: 0x59}
	keyB = Key{Page: PageKeyboard, Usage: 0x5a}
)

// step is one thing that happens to a recognizer: a key change, or time passing when the key is zero.
type step struct {
	at   int // milliseconds
	key  Key
	down bool
}

// gestureAt is a gesture, when it was reported and when it began, in milliseconds.
type gestureAt struct {
	Key             Key
	Gesture         Gesture
	Reported, Began int
}

func TestGestures(t *testing.T) {
	tap, hold, double := Gestures{Tap: true}, Gestures{Tap: true, Hold: true}, Gestures{Tap: true, Double: true}
	all := Gestures{Tap: true, Hold: true, Double: true}
	tests := []struct {
		name  string
		keyA  Gestures
		steps []step
		want  []gestureAt
	}{
		{"tap fires on key-down", tap, []step{{0, keyA, true}, {80, keyA, false}}, []gestureAt{{keyA, Tap, 0, 0}}},
		{"held tap fires once", tap, []step{{0, keyA, true}, {9000, keyA, false}}, []gestureAt{{keyA, Tap, 0, 0}}},
		{
			"repeated down reports change nothing", tap,
			[]step{{0, keyA, true}, {100, keyA, true}, {200, keyA, true}},
			[]gestureAt{{keyA, Tap, 0, 0}},
		},
		{
			"press again after release", tap,
			[]step{{0, keyA, true}, {80, keyA, false}, {160, keyA, true}},
			[]gestureAt{{keyA, Tap, 0, 0}, {keyA, Tap, 160, 160}},
		},

		{
			"bounce on press", tap,
			[]step{{0, keyA, true}, {3, keyA, false}, {6, keyA, true}, {9, keyA, false}, {12, keyA, true}, {90, keyA, false}},
			[]gestureAt{{keyA, Tap, 0, 0}},
		},
		{
			"bounce on release", tap,
			[]step{{0, keyA, true}, {90, keyA, false}, {93, keyA, true}, {96, keyA, false}, {200, keyA, true}},
			[]gestureAt{{keyA, Tap, 0, 0}, {keyA, Tap, 200, 200}},
		},
		{
			"29 ms after the edge is a bounce", tap,
			[]step{{0, keyA, true}, {60, keyA, false}, {89, keyA, true}, {89, keyA, false}},
			[]gestureAt{{keyA, Tap, 0, 0}},
		},
		{
			"30 ms after the edge is a press", tap,
			[]step{{0, keyA, true}, {60, keyA, false}, {90, keyA, true}},
			[]gestureAt{{keyA, Tap, 0, 0}, {keyA, Tap, 90, 90}},
		},
		{
			"press and release at once, and again", tap,
			[]step{{0, keyA, true}, {1, keyA, false}, {45, keyA, true}, {46, keyA, false}},
			[]gestureAt{{keyA, Tap, 0, 0}, {keyA, Tap, 45, 45}},
		},
		{
			"a press that begins as a bounce and stays counts late, from its beginning", tap,
			[]step{{0, keyA, true}, {60, keyA, false}, {70, keyA, true}, {300, keyA, false}},
			[]gestureAt{{keyA, Tap, 0, 0}, {keyA, Tap, 90, 70}},
		},
		{
			"debounce is per key", tap,
			[]step{{0, keyA, true}, {5, keyB, true}, {10, keyB, false}},
			[]gestureAt{{keyA, Tap, 0, 0}, {keyB, Tap, 5, 5}},
		},

		{"short press with a hold bound taps on release", hold, []step{{0, keyA, true}, {120, keyA, false}}, []gestureAt{{keyA, Tap, 120, 0}}},
		{"hold fires at the hold time, and no tap follows", hold, []step{{0, keyA, true}, {800, keyA, false}}, []gestureAt{{keyA, Hold, 500, 0}}},
		{"release just before the hold time", hold, []step{{0, keyA, true}, {499, keyA, false}}, []gestureAt{{keyA, Tap, 499, 0}}},
		{"hold only: a short press is nothing", Gestures{Hold: true}, []step{{0, keyA, true}, {100, keyA, false}}, nil},

		{
			"double on the second key-down", double,
			[]step{{0, keyA, true}, {60, keyA, false}, {150, keyA, true}, {200, keyA, false}},
			[]gestureAt{{keyA, Double, 150, 0}},
		},
		{"no second press: tap when the window closes", double, []step{{0, keyA, true}, {60, keyA, false}}, []gestureAt{{keyA, Tap, 300, 0}}},
		{"still down when the window closes: tap", double, []step{{0, keyA, true}, {900, keyA, false}}, []gestureAt{{keyA, Tap, 300, 0}}},
		{
			"second press too late: two taps", double,
			[]step{{0, keyA, true}, {60, keyA, false}, {310, keyA, true}, {400, keyA, false}},
			[]gestureAt{{keyA, Tap, 300, 0}, {keyA, Tap, 610, 310}},
		},
		{
			"three presses: a double and a tap", double,
			[]step{{0, keyA, true}, {50, keyA, false}, {100, keyA, true}, {150, keyA, false}, {200, keyA, true}, {250, keyA, false}},
			[]gestureAt{{keyA, Double, 100, 0}, {keyA, Tap, 500, 200}},
		},
		{"double only: one press is nothing", Gestures{Double: true}, []step{{0, keyA, true}, {60, keyA, false}}, nil},
		{
			"a bounce is no double", double,
			[]step{{0, keyA, true}, {60, keyA, false}, {64, keyA, true}, {68, keyA, false}},
			[]gestureAt{{keyA, Tap, 300, 0}},
		},

		{"all three: tap", all, []step{{0, keyA, true}, {60, keyA, false}}, []gestureAt{{keyA, Tap, 300, 0}}},
		{"all three: slow tap needs no window", all, []step{{0, keyA, true}, {400, keyA, false}}, []gestureAt{{keyA, Tap, 400, 0}}},
		{"all three: hold", all, []step{{0, keyA, true}, {700, keyA, false}}, []gestureAt{{keyA, Hold, 500, 0}}},
		{
			"all three: double, its second press held", all,
			[]step{{0, keyA, true}, {60, keyA, false}, {120, keyA, true}, {900, keyA, false}},
			[]gestureAt{{keyA, Double, 120, 0}},
		},

		{"a key that is not bound leaves no trace", Gestures{}, []step{{0, Key{PageKeyboard, 0x04}, true}, {90, Key{PageKeyboard, 0x04}, false}}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRecognizer()
			r.want(map[Key]bound{keyA: {gestures: tt.keyA}, keyB: {gestures: tap}}, Timing{}.withDefaults())
			got := play(r, tt.steps)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("gestures (-want +got):\n%s", diff)
			}
			if _, ok := r.keys[Key{PageKeyboard, 0x04}]; ok {
				t.Error("the recognizer remembers a key that is not bound")
			}
		})
	}
}

// play feeds steps, wakes the recognizer up exactly when it asks for it, and goes on until nothing is under way.
func play(r *recognizer, steps []step) []gestureAt {
	epoch := time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC)
	ms := func(t time.Time) int { return int(t.Sub(epoch).Milliseconds()) }
	var all []gestureAt
	note := func(now time.Time, m []made) {
		for _, g := range m {
			all = append(all, gestureAt{g.key, g.gesture, ms(now), ms(g.at)})
		}
	}
	wakeUntil := func(end time.Time) {
		for next := r.next(); !next.IsZero() && next.Before(end); next = r.next() {
			note(next, r.advance(next, nil))
		}
	}
	for _, s := range steps {
		now := epoch.Add(time.Duration(s.at) * time.Millisecond)
		wakeUntil(now)
		note(now, r.change(Change{Key: s.key, Down: s.down}, now, nil))
	}
	wakeUntil(epoch.Add(time.Hour))
	return all
}

func TestNoDebounce(t *testing.T) {
	r := newRecognizer()
	r.want(map[Key]bound{keyA: {gestures: Gestures{Tap: true}}}, Timing{Debounce: NoDebounce}.withDefaults())
	got := play(r, []step{{0, keyA, true}, {1, keyA, false}, {2, keyA, true}, {2, keyA, false}, {2, keyA, true}})
	want := []gestureAt{{keyA, Tap, 0, 0}, {keyA, Tap, 2, 2}, {keyA, Tap, 2, 2}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("every edge should count (-want +got):\n%s", diff)
	}
	if next := r.next(); !next.IsZero() {
		t.Errorf("next() = %v with a tap key held, want none: it would keep the device goroutine awake", next)
	}
}

func TestStop(t *testing.T) {
	tests := []struct {
		name    string
		wants   Gestures
		steps   []step
		want    int // taps that come out
		wantCut int
	}{
		{"nothing under way", Gestures{Tap: true}, []step{{0, keyA, true}, {100, keyA, false}}, 0, 0},
		{"held tap was reported already", Gestures{Tap: true}, []step{{0, keyA, true}}, 0, 0},
		{"held hold is cut", Gestures{Tap: true, Hold: true}, []step{{0, keyA, true}}, 0, 1},
		{"released tap is a tap", Gestures{Tap: true, Double: true}, []step{{0, keyA, true}, {100, keyA, false}}, 1, 0},
		{"released within the quiet time is released", Gestures{Tap: true, Hold: true}, []step{{0, keyA, true}, {10, keyA, false}}, 1, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRecognizer()
			r.want(map[Key]bound{keyA: {gestures: tt.wants}}, Timing{}.withDefaults())
			epoch := time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC)
			for _, s := range tt.steps {
				r.change(Change{s.key, s.down}, epoch.Add(time.Duration(s.at)*time.Millisecond), nil)
			}
			got, cut := r.stop(nil)
			if len(got) != tt.want || cut != tt.wantCut {
				t.Errorf("stop() = %v, %d cut short; want %d taps, %d cut short", got, cut, tt.want, tt.wantCut)
			}
			if !r.next().IsZero() {
				t.Error("something is still under way after stop")
			}
		})
	}
}

func TestWantDropsKeys(t *testing.T) {
	r := newRecognizer()
	r.want(map[Key]bound{keyA: {gestures: Gestures{Tap: true, Hold: true}}}, Timing{}.withDefaults())
	now := time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC)
	r.change(Change{keyA, true}, now, nil)
	if cut := r.want(map[Key]bound{keyB: {gestures: Gestures{Tap: true}}}, Timing{}.withDefaults()); cut != 1 {
		t.Errorf("want() = %d cut short, want 1", cut)
	}
	if got := r.change(Change{keyA, false}, now.Add(time.Second), nil); got != nil {
		t.Errorf("a key that is not wanted any more made %v", got)
	}
}
