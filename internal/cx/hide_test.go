package cx

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var hideWeek = Week{Year: 2026, Number: 47}

// tallyOf makes a tally of rows such as "north praise 12", a count last.
func tallyOf(by string, rows ...string) Tally {
	dims, err := ParseDimensions(by)
	if err != nil {
		panic(err)
	}
	t := Tally{By: dims}
	for _, line := range rows {
		fields := strings.Fields(line)
		var n int
		if _, err := fmt.Sscan(fields[len(dims)], &n); err != nil {
			panic(err)
		}
		t.Rows = append(t.Rows, Row{Week: hideWeek, Values: fields[:len(dims)], Count: n})
	}
	return t
}

func TestHide(t *testing.T) {
	for name, tt := range map[string]struct {
		tally Tally
		want  string // a row that is hidden is a letter x, the total is the last
	}{
		"nothing small":             {tallyOf("desk", "a 5", "b 12"), "..."},
		"one desk":                  {tallyOf("desk", "a 3"), ".."},
		"one desk, many tags":       {tallyOf("tag,desk", "x a 3", "y a 1", "z a 20"), "...."},
		"no places":                 {tallyOf("tag", "x 3", "y 1"), "..."},
		"one small, one more":       {tallyOf("desk", "a 3", "b 12", "c 30"), "xx.."},
		"two small are enough":      {tallyOf("site", "a 3", "b 2", "c 30"), "xx.."},
		"two small that tell":       {tallyOf("site", "a 1", "b 1", "c 30"), "xxx."},
		"four small that tell":      {tallyOf("site", "a 4", "b 4", "c 7"), "xxx."},
		"next to small that tells":  {tallyOf("site", "a 1", "b 5", "c 6", "d 90"), "x.x.."},
		"all of them tell":          {tallyOf("site", "a 1", "b 1"), "xxx"},
		"by a tag's sum":            {tallyOf("tag,desk", "x a 3", "x b 12", "y a 40", "y b 50"), "xxxx."},
		"a tag that one desk has":   {tallyOf("tag,desk", "x a 3", "y a 40", "y b 50"), "xx.."},
		"several desks, one of all": {tallyOf("desk,hour", "a 09 3", "b 10 12"), "xx."},
		"a zero":                    {tallyOf("site", "a 0", "b 12"), "..."},
	} {
		t.Run(name, func(t *testing.T) {
			h := tt.tally.Hide()
			var got strings.Builder
			for i := range tt.tally.Rows {
				got.WriteString(mark(h.Row(i)))
			}
			got.WriteString(mark(h.Totals[hideWeek]))
			if got.String() != tt.want {
				t.Errorf("hidden %s, want %s", got.String(), tt.want)
			}
		})
	}
}

func mark(hidden bool) string {
	if hidden {
		return "x"
	}
	return "."
}

// Each week has a total of its own.
func TestHideWeekByWeek(t *testing.T) {
	tally := tallyOf("site", "a 3", "b 12", "a 7", "b 12")
	tally.Rows[2].Week, tally.Rows[3].Week = hideWeek.Add(1), hideWeek.Add(1)
	if diff := cmp.Diff([]bool{true, true, false, false}, tally.Hide().Rows); diff != "" {
		t.Errorf("hidden (-want +got):\n%s", diff)
	}
}

// A row goes as a whole: its conversations are nearly its events.
func TestHideConversations(t *testing.T) {
	tally := tallyOf("desk", "a 9", "b 30", "c 40")
	tally.HasConversations = true
	for i, n := range []int{4, 28, 40} {
		tally.Rows[i].Conversations = n
	}
	if diff := cmp.Diff([]bool{true, true, false}, tally.Hide().Rows); diff != "" {
		t.Errorf("hidden (-want +got):\n%s", diff)
	}
}

// Where nothing is small, or one place stands alone, nothing is hidden; and asked twice
// the same is.
func TestHideOnlyWhereNeeded(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	hid := 0
	for range 2000 {
		tally := randomTally(rnd, []Dimension{ByDesk, ByTag}, 4, false)
		small := false
		for i := range tally.Rows {
			tally.Rows[i].Count += rnd.IntN(5)
			small = small || isSmall(tally.Rows[i].Count)
		}
		h := tally.Hide()
		if (!small || !tally.comparesPlaces()) && (h.Any() || h.Totals[hideWeek]) {
			t.Fatalf("hides %s", show(tally, h))
		}
		if h.Any() {
			hid++
		}
		if diff := cmp.Diff(h, tally.Hide()); diff != "" {
			t.Fatalf("%s (-first +second):\n%s", show(tally, h), diff)
		}
	}
	if hid < 500 {
		t.Errorf("only %d tables hid something", hid)
	}
}

// By three dimensions a week with a small row is hidden whole, another one not at all. A
// dimension that says the same of all rows is none.
func TestHideThreeDimensions(t *testing.T) {
	rows := []string{"a x 09 30", "a y 10 20", "b x 09 2", "b y 10 40", "b y 11 8"}
	tally := tallyOf("site,tag,hour", append(rows, rows...)...)
	for i := range rows {
		tally.Rows[i].Week = hideWeek.Add(-1)
	}
	tally.Rows[2].Count = 6
	if diff := cmp.Diff([]bool{false, false, false, false, false, true, true, true, true, true}, tally.Hide().Rows); diff != "" {
		t.Errorf("hidden (-want +got):\n%s", diff)
	}
	flat := tallyOf("site,kind,tag", "a problem x 30", "a problem y 20", "b problem x 2", "b problem y 40", "c problem x 50", "c problem y 60")
	if diff := cmp.Diff([]bool{true, true, true, true, false, false}, flat.Hide().Rows); diff != "" {
		t.Errorf("hidden (-want +got):\n%s", diff)
	}
}

// A tally without conversations has its sums hidden as a tally that has them would, or
// more is: nobody knows a sum that this one takes for hidden.
func TestHideEventsBeforeConversations(t *testing.T) {
	rnd := rand.New(rand.NewPCG(6, 7))
	for range 2000 {
		with := randomTally(rnd, []Dimension{ByDesk}, 8, true)
		without := with
		without.HasConversations = false
		h := with.Hide()
		for i, hidden := range without.Hide().Rows {
			if hidden && !h.Row(i) {
				t.Fatalf("%s: row %d is hidden without conversations", show(with, h), i)
			}
		}
	}
}

// A large table takes no longer than a reader waits.
func BenchmarkHide(b *testing.B) {
	for name, size := range map[string][2]int{"8x24": {8, 24}, "100x30": {100, 30}, "100x100": {100, 100}, "9999x1": {9999, 1}} {
		b.Run(name, func(b *testing.B) {
			rnd := rand.New(rand.NewPCG(8, 9))
			tally := Tally{By: []Dimension{ByDesk, ByTag}}
			for desk := range size[0] {
				for tag := range size[1] {
					if rnd.IntN(3) > 0 {
						tally.Rows = append(tally.Rows, Row{
							Week: hideWeek, Values: []string{fmt.Sprint(desk), fmt.Sprint(tag)}, Count: 1 + rnd.IntN(1+rnd.IntN(30)),
						})
					}
				}
			}
			for b.Loop() {
				tally.Hide()
			}
		})
	}
}
