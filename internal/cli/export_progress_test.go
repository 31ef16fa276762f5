package cli

import (
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestLineCounter(t *testing.T) {
	var shown []int
	lines := &lineCounter{total: 3, show: func(done, total int) { shown = append(shown, done*10+total) }}
	var out strings.Builder
	w := lines.to(&out)
	for _, s := range []string{"a\nb", "\nc\n", "note\nnote\n"} {
		if n, err := io.WriteString(w, s); n != len(s) || err != nil {
			t.Fatal(n, err)
		}
	}
	if got := out.String(); got != "a\nb\nc\nnote\nnote\n" {
		t.Errorf("written %q", got)
	}
	if len(shown) != 3 || shown[0] != 13 || shown[1] != 33 || shown[2] != 33 {
		t.Errorf("shown %v, want 1, 3 and 3 of 3", shown)
	}
	if none := (*lineCounter)(nil); none.to(&out) != io.Writer(&out) {
		t.Error("where nobody sees it something counts")
	}
}

func TestSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shown := 0
		show := seldom(func(int, int) { shown++ })
		for want := 1; want < 4; want++ {
			for range 5 {
				show(1, 2)
			}
			if shown != want {
				t.Errorf("shown %d times, want %d", shown, want)
			}
			time.Sleep(101 * time.Millisecond) // the test's own time
		}
	})
	seldom(nil)(1, 2) // nobody sees it
}
