package cx

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// guess is one number that a reader does not know: a row's events or conversations.
type guess struct {
	truth, low, high int
}

// clue is a sum of some of them that the reader knows, at least roughly.
type clue struct {
	of        []int
	low, high int
}

// riddle is what a reader has. With pairs, number 2i+1 is not more than number 2i.
type riddle struct {
	numbers []guess
	sums    []clue
	pairs   bool
}

// ofMark returns what is known of a number: itself, or what stands in its place.
func ofMark(n int, hidden bool) (low, high int) {
	switch {
	case !hidden:
		return n, n
	case n < SmallCount:
		return 1, SmallCount - 1
	}
	return SmallCount, n + 20 // further away than other numbers can make up for
}

// couldBe reports whether a number could be another one than it is.
func (r riddle) couldBe(number int) bool {
	n := r.numbers[number]
	r.numbers = slices.Clone(r.numbers)
	for _, n := range []guess{{n.truth, n.low, n.truth - 1}, {n.truth, n.truth + 1, n.high}} {
		r.numbers[number] = n
		if r.hasAnswer(number) {
			return true
		}
	}
	return false
}

// sumCouldBe reports whether a sum could be another one than it is.
func (r riddle) sumCouldBe(sum int) bool {
	s := r.sums[sum]
	truth := r.truth(s)
	r.sums = slices.Clone(r.sums)
	for _, s := range []clue{{s.of, s.low, truth - 1}, {s.of, truth + 1, s.high}} {
		r.sums[sum] = s
		if r.hasAnswer(s.of[0]) {
			return true
		}
	}
	return false
}

func (r riddle) truth(sum clue) (n int) {
	for _, i := range sum.of {
		n += r.numbers[i].truth
	}
	return n
}

// hasAnswer tries all numbers, one of them first.
func (r riddle) hasAnswer(first int) bool {
	open := make([][]int, len(r.numbers)) // the sums of each number
	low, high := make([]int, len(r.sums)), make([]int, len(r.sums))
	for k, s := range r.sums {
		for _, i := range s.of {
			open[i] = append(open[i], k)
			low[k], high[k] = low[k]+r.numbers[i].low, high[k]+r.numbers[i].high
		}
	}
	value, said := make([]int, len(r.numbers)), make([]bool, len(r.numbers))
	order := []int{first}
	for i := range r.numbers {
		if i != first {
			order = append(order, i)
		}
	}
	var try func(k int) bool
	try = func(k int) bool {
		if k == len(order) {
			return true
		}
		i := order[k]
		n := r.numbers[i]
		fits := func(v int) bool {
			value[i] = v
			if r.pairs && said[i^1] && value[i|1] > value[i&^1] {
				return false
			}
			for _, s := range open[i] {
				if low[s]-n.low+v > r.sums[s].high || high[s]-n.high+v < r.sums[s].low {
					return false
				}
			}
			for _, s := range open[i] {
				low[s], high[s] = low[s]-n.low+v, high[s]-n.high+v
			}
			said[i] = true
			found := try(k + 1)
			said[i] = false
			for _, s := range open[i] {
				low[s], high[s] = low[s]+n.low-v, high[s]+n.high-v
			}
			return found
		}
		for away := 0; n.truth-away >= n.low || n.truth+away <= n.high; away++ { // what is near is likely
			for _, v := range []int{n.truth - away, n.truth + away} {
				if v >= n.low && v <= n.high && fits(v) {
					return true
				}
			}
		}
		return false
	}
	return try(0)
}

// riddleOf is what somebody has of a week who knows the table and the sums of a reader.
func riddleOf(t Tally, hidden func(row int) bool, who knows) riddle {
	r := riddle{pairs: t.HasConversations}
	columns := 1
	if r.pairs {
		columns = 2
	}
	column := func(row Row, hidden bool, c int) guess {
		low, high := ofMark(row.Count, hidden)
		switch {
		case c == 0:
			return guess{row.Count, low, high}
		case hidden:
			return guess{row.Conversations, 0, high}
		}
		return guess{row.Conversations, row.Conversations, row.Conversations}
	}
	for i, row := range t.Rows {
		for c := range columns {
			r.numbers = append(r.numbers, column(row, hidden(i), c))
		}
	}
	for c := range columns {
		all := clue{}
		for i, row := range t.Rows {
			n := column(row, false, c).truth
			all.of, all.low, all.high = append(all.of, columns*i+c), all.low+n, all.high+n
		}
		r.sums = append(r.sums, all)
		for d, by := range t.By {
			if len(t.By) == 1 || who == knowsTheSum || who == knowsPlaceSums && !by.isPlace() {
				continue
			}
			sums := t.sumsBy(d)[hideWeek]
			for _, value := range slices.Sorted(maps.Keys(sums)) {
				s := sums[value]
				n := column(s.Row, s.hidden, c)
				sum := clue{low: n.low, high: n.high}
				for i, row := range t.Rows {
					if row.Values[d] == s.Values[0] {
						sum.of = append(sum.of, columns*i+c)
					}
				}
				r.sums = append(r.sums, sum)
			}
		}
	}
	return r
}

// randomTally is a small table, some of whose cells nothing happened in.
func randomTally(rnd *rand.Rand, by []Dimension, side int, conversations bool) Tally {
	t := Tally{By: by, HasConversations: conversations}
	most := 2 + rnd.IntN(12)
	width := 1
	if len(by) > 1 {
		width = 2 + rnd.IntN(side-1)
	}
	for a := range 2 + rnd.IntN(side-1) {
		for b := range width {
			if rnd.IntN(6) == 0 {
				continue
			}
			r := Row{Week: hideWeek, Values: []string{fmt.Sprint("a", a), fmt.Sprint("b", b)}[:len(by)], Count: 1 + rnd.IntN(most)}
			if conversations {
				r.Conversations = max(0, r.Count-rnd.IntN(1+rnd.IntN(6)))
			}
			t.Rows = append(t.Rows, r)
		}
	}
	return t
}

// No small number is told, whatever it is, unless it is told even if all are hidden. All
// tables that somebody could think of are tried.
func TestHideTriedOut(t *testing.T) {
	for _, tt := range []struct {
		by            string
		side, times   int
		conversations bool
	}{
		{"site", 4, 400, false},
		{"site", 4, 300, true},
		{"desk,tag", 3, 600, false},
		{"tag,desk", 4, 30, false},
		{"desk,site", 3, 300, false},
		{"site,hour", 2, 300, true},
	} {
		t.Run(fmt.Sprint(tt.by, tt.side, tt.conversations), func(t *testing.T) {
			by, err := ParseDimensions(tt.by)
			if err != nil {
				t.Fatal(err)
			}
			rnd := rand.New(rand.NewPCG(5, uint64(tt.side)))
			safe, told := 0, 0
			for range tt.times {
				tally := randomTally(rnd, by, tt.side, tt.conversations)
				if !tally.comparesPlaces() {
					continue
				}
				s, n := tryOut(t, tally)
				safe, told = safe+s, told+n
			}
			t.Logf("%d small numbers are not told, %d are told by others whatever is hidden", safe, told)
			if safe < tt.times/2 {
				t.Errorf("only %d small numbers were hidden", safe)
			}
		})
	}
}

func tryOut(t *testing.T, tally Tally) (safe, told int) {
	t.Helper()
	h := tally.Hide()
	for who := range allKnows {
		printed := riddleOf(tally, h.Row, who)
		nothing := riddleOf(tally, func(int) bool { return true }, who)
		for i, n := range printed.numbers {
			row := i
			if tally.HasConversations {
				row = i / 2
			}
			switch {
			case !isSmall(n.truth):
			case !h.Row(row):
				t.Fatalf("%s: row %d is shown", show(tally, h), row)
			case printed.couldBe(i):
				safe++
			case who == knowsTheSum && h.Totals[hideWeek]:
			case nothing.couldBe(i):
				t.Fatalf("%s: of row %d the number %d is told to reader %d", show(tally, h), row, n.truth, who)
			case who == knowsTheSum:
				t.Fatalf("%s: row %d is told by the total", show(tally, h), row)
			default:
				told++
			}
		}
		for k, sum := range printed.sums {
			switch {
			case sum.low == sum.high || !isSmall(printed.truth(sum)):
			case printed.sumCouldBe(k):
				safe++
			case nothing.sumCouldBe(k):
				t.Fatalf("%s: the sum of %v is told to reader %d", show(tally, h), sum.of, who)
			default:
				told++
			}
		}
	}
	return safe, told
}

func show(t Tally, h Hidden) string {
	var out strings.Builder
	for i, r := range t.Rows {
		fmt.Fprint(&out, r.Values, " ", r.Count)
		if t.HasConversations {
			fmt.Fprint(&out, "/", r.Conversations)
		}
		out.WriteString(map[bool]string{true: " hidden, ", false: ", "}[h.Row(i)])
	}
	fmt.Fprint(&out, "total hidden: ", h.Totals[hideWeek])
	return out.String()
}

// Nobody who reckons that no row has more conversations than events finds out more.
func TestHideReckonsWithEvents(t *testing.T) {
	for _, by := range []string{"desk,site", "site,hour"} {
		tally := tallyOf(by, "a x 5", "a y 5", "b x 4", "b y 1")
		tally.HasConversations = true
		for i, n := range []int{5, 5, 4, 0} {
			tally.Rows[i].Conversations = n
		}
		tryOut(t, tally)
	}
}
