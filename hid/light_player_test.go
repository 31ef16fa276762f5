package hid

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// fakeLamp says in words what it shows, in so many reports.
type fakeLamp struct {
	pages  int
	hidden bool
}

func (f *fakeLamp) rest() [][]byte { return f.words("rest") }

func (f *fakeLamp) covered() bool { return f.hidden }

func (f *fakeLamp) show(k Key, l Light) [][]byte {
	if l == 0 {
		return f.words("dark " + k.String())
	}
	return f.words(l.String() + " " + k.String())
}

func (f *fakeLamp) words(what string) [][]byte {
	var reports [][]byte
	for n := range f.pages {
		reports = append(reports, fmt.Appendf(nil, "%s %d/%d", what, n+1, f.pages))
	}
	return reports
}

// playFor plays for so long as an owner would that writes a report in took. The result is each report with its time in
// milliseconds.
func playFor(p *player, box *lightBox, now *time.Time, forAll, took time.Duration) []string {
	began := *now
	var got []string
	for now.Sub(began) < forAll {
		if report := p.advance(*now, box); report != nil {
			got = append(got, fmt.Sprintf("%d: %s", now.Sub(began).Milliseconds(), report))
			*now = now.Add(took)
			continue
		}
		next := p.next()
		if next.IsZero() {
			break
		}
		*now = next
	}
	return got
}

func TestPlayer(t *testing.T) {
	tests := []struct {
		name string
		lamp fakeLamp
		took time.Duration
		ask  func(*lightBox)
		want []string
	}{
		{
			"under the finger it lasts twice as long",
			fakeLamp{pages: 1, hidden: true},
			0,
			func(b *lightBox) { b.ask(ButtonKey(3), Stored) },
			[]string{"0: stored button:3 1/1", "200: dark button:3 1/1"},
		},
		{
			"a picture that is slow to send is seen as long as any",
			fakeLamp{pages: 3},
			40 * time.Millisecond,
			func(b *lightBox) { b.ask(ButtonKey(3), Stored) },
			[]string{
				"0: stored button:3 1/3", "40: stored button:3 2/3", "80: stored button:3 3/3",
				"180: dark button:3 1/3", "220: dark button:3 2/3", "260: dark button:3 3/3",
			},
		},
		{
			"any key",
			fakeLamp{pages: 1},
			0,
			func(b *lightBox) { b.ask(AnyKey, Stored) },
			[]string{"0: stored any 1/1", "100: dark any 1/1"},
		},
		{
			"of two keys the newer is answered",
			fakeLamp{pages: 1},
			0,
			func(b *lightBox) { b.ask(ButtonKey(3), Stored); b.ask(ButtonKey(4), Stored) },
			[]string{"0: stored button:4 1/1", "100: dark button:4 1/1"},
		},
		{
			"of two keys the more important is answered",
			fakeLamp{pages: 1},
			0,
			func(b *lightBox) { b.ask(ButtonKey(3), NotStored); b.ask(ButtonKey(4), Stored) },
			[]string{
				"0: not stored button:3 1/1", "160: dark button:3 1/1", "320: not stored button:3 1/1",
				"480: dark button:3 1/1", "640: not stored button:3 1/1", "800: dark button:3 1/1",
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			now := time.Unix(0, 0)
			var box lightBox
			p := &player{lamp: &tt.lamp}
			tt.ask(&box)
			if diff := cmp.Diff(tt.want, playFor(p, &box, &now, 5*time.Second, tt.took)); diff != "" {
				t.Errorf("reports (-want +got):\n%s", diff)
			}
			if rest := p.rest(); len(rest) > 0 {
				t.Errorf("after the answer %q is written, want nothing", rest)
			}
		})
	}
}

func TestPlayerEndsMidway(t *testing.T) {
	tests := []struct {
		name    string
		reports int // written before the device is closed
		want    []string
	}{
		{"before anything", 0, nil},
		{"amid a picture", 1, []string{"stored button:3 2/2", "dark button:3 1/2", "dark button:3 2/2"}},
		{"while it is shown", 2, []string{"dark button:3 1/2", "dark button:3 2/2"}},
		{"amid its end", 3, []string{"dark button:3 2/2"}},
		{"after", 4, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			now := time.Unix(0, 0)
			var box lightBox
			p := &player{lamp: &fakeLamp{pages: 2}}
			box.ask(ButtonKey(3), Stored)
			for range tt.reports {
				for p.advance(now, &box) == nil {
					now = p.next()
				}
			}
			var got []string
			for _, r := range p.rest() {
				got = append(got, string(r))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("reports (-want +got):\n%s", diff)
			}
		})
	}
}
