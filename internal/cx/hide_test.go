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
		"next to small that tells":  {tallyOf("site", "a 1", "b 5", "c 6", "d 90"), "xxx.."},
		"all of them tell":          {tallyOf("site", "a 1", "b 1"), "xxx"},
		"by a tag's sum":            {tallyOf("tag,desk", "x a 3", "x b 12", "y a 40", "y b 50"), "xxxx."},
		"a tag that one desk has":   {tallyOf("tag,desk", "x a 3", "y a 40", "y b 50"), "xxx."},
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

// Whatever the counts: where all are large nothing is hidden, all that are small are,
// and no hidden count follows from what is printed and the week's total.
func TestHideTellsNothing(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	hid := 0
	for range 3000 {
		tally := Tally{By: []Dimension{ByDesk, ByTag}}
		least := 1 + rnd.IntN(SmallCount)
		for desk := range 1 + rnd.IntN(4) {
			for tag := range 1 + rnd.IntN(3) {
				tally.Rows = append(tally.Rows, Row{
					Week: hideWeek, Values: []string{fmt.Sprint(desk), fmt.Sprint(tag)}, Count: least + rnd.IntN(1+rnd.IntN(12)),
				})
			}
		}
		h := tally.Hide()
		several := tally.Rows[0].Values[0] != tally.Rows[len(tally.Rows)-1].Values[0]
		small, total := false, 0
		var printed []string
		for i, r := range tally.Rows {
			total += r.Count
			small = small || r.Count < SmallCount
			if several && r.Count < SmallCount && !h.Row(i) {
				t.Fatalf("%v: row %d is shown", tally.Rows, i)
			}
			printed = append(printed, fmt.Sprint(r.Count))
			if h.Row(i) {
				printed[i] = HiddenText(r.Count)
			}
		}
		if (!small || !several) && (h.Any() || h.Totals[hideWeek]) {
			t.Fatalf("%v: hides %v", tally.Rows, h)
		}
		if !h.Any() || h.Totals[hideWeek] {
			continue
		}
		hid++
		for i, values := range solutions(printed, total) {
			if h.Row(i) && len(values) < 2 {
				t.Fatalf("%v printed as %v with the total %d: row %d must be %v", tally.Rows, printed, total, i, values)
			}
		}
	}
	if hid < 500 {
		t.Errorf("only %d tables hid something", hid)
	}
}

// solutions returns what each printed cell may be, found by adding up all that the
// others may be.
func solutions(printed []string, total int) []map[int]bool {
	may := make([][]int, len(printed))
	for i, s := range printed {
		switch s {
		case "<5":
			may[i] = []int{1, 2, 3, 4}
		case "hidden":
			for n := SmallCount; n <= total; n++ {
				may[i] = append(may[i], n)
			}
		default:
			var n int
			_, _ = fmt.Sscan(s, &n)
			may[i] = []int{n}
		}
	}
	out := make([]map[int]bool, len(printed))
	for i := range printed {
		others := map[int]bool{0: true} // sums that the others may have
		for j := range printed {
			if j == i {
				continue
			}
			next := make(map[int]bool)
			for sum := range others {
				for _, n := range may[j] {
					if sum+n <= total {
						next[sum+n] = true
					}
				}
			}
			others = next
		}
		out[i] = make(map[int]bool)
		for _, n := range may[i] {
			if others[total-n] {
				out[i][n] = true
			}
		}
	}
	return out
}

// Nor does a hidden count follow from the tally by one dimension less, or by one alone.
func TestHideFromOtherTallies(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		tally := Tally{By: []Dimension{ByTag, ByHour, BySite}}
		for i := range 12 {
			if rnd.IntN(3) == 0 { // not every place has everything
				continue
			}
			values := []string{fmt.Sprint(i / 6), fmt.Sprint(i / 3 % 2), fmt.Sprint(i % 3)}
			tally.Rows = append(tally.Rows, Row{Week: hideWeek, Values: values, Count: 3 + rnd.IntN(60)})
		}
		h := tally.Hide()
		for _, kept := range [][]int{{0}, {1}, {2}, {0, 1}, {0, 2}, {1, 2}} {
			hidden, all := make(map[string]int), make(map[string]int)
			for i, r := range tally.Rows {
				var group strings.Builder
				for _, d := range kept {
					group.WriteString(r.Values[d] + " ")
				}
				all[group.String()]++
				if h.Row(i) {
					hidden[group.String()]++
				}
			}
			for group, n := range hidden {
				if n == 1 && all[group] > 1 {
					t.Fatalf("%v: of those with %q at %v one is hidden: %v", tally.Rows, group, kept, h.Rows)
				}
			}
		}
	}
}
