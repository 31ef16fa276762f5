package cx

import "slices"

// grid is one week of a tally by one or two dimensions as a network: each row of the
// tally is an arc from its first value to its second one, each sum by one dimension an
// arc between that value and the source or the sink, and the sum of the week flows back.
// Whatever else the counts may be, given what is shown, differs from them by cycles of
// this network, along which a count goes up or down by one. So a count is told if and
// only if no cycle goes through it (Gusfield, A Graph Theoretic Approach to Statistical
// Data Security, SIAM J. Comput. 17, 1988).
type grid struct {
	arcs []arc
	at   [][]int // the arcs of each vertex
}

// knows is what somebody to whom nothing must be told knows beside the table.
type knows int

const (
	knowsAllSums   knows = iota // by each dimension
	knowsPlaceSums              // by desk and by site
	knowsTheSum                 // of the week
	allKnows                    // how many there are
)

// view is how the counts of a grid are looked at.
type view struct {
	// conversations says whether these are looked at beside the events, and apart that
	// they are as if they had nothing to do with them.
	conversations, apart bool
	knows                knows
}

// arc is a count of the table, or one of its sums.
type arc struct {
	from, to int // vertices
	n        pair
	hidden   bool
	row      int   // of the tally; -1 for a sum
	known    knows // of a sum: the last who knows it
}

// pair counts events and conversations.
type pair struct{ events, conversations int }

func (p pair) plus(q pair, times int) pair {
	return pair{p.events + times*q.events, p.conversations + times*q.conversations}
}

const (
	source = iota
	sink
	firstValue
)

// newGrid makes the network of a week's rows by at most two dimensions. None is as one.
func (t Tally) newGrid(week Week, rows, dims []int, sums map[Dimension]weekSums) *grid {
	g := &grid{at: make([][]int, firstValue)}
	if len(dims) < 2 {
		for _, i := range rows {
			g.add(source, sink, t.Rows[i], i)
		}
		return g
	}
	var values [2]map[string]int // the vertex of each value
	for k, d := range dims {
		values[k] = make(map[string]int)
		for _, i := range rows {
			value := t.Rows[i].Values[d]
			if _, known := values[k][value]; known {
				continue
			}
			vertex := len(g.at)
			values[k][value] = vertex
			g.at = append(g.at, nil)
			ends := [2][2]int{{source, vertex}, {vertex, sink}}[k]
			sum := sums[t.By[d]][week][value]
			a := g.add(ends[0], ends[1], sum.Row, -1)
			a.hidden = sum.hidden
			if t.By[d].isPlace() {
				a.known = knowsPlaceSums
			}
		}
	}
	for _, i := range rows {
		v := t.Rows[i].Values
		g.add(values[0][v[dims[0]]], values[1][v[dims[1]]], t.Rows[i], i)
	}
	return g
}

func (g *grid) add(from, to int, r Row, row int) *arc {
	g.at[from], g.at[to] = append(g.at[from], len(g.arcs)), append(g.at[to], len(g.arcs))
	g.arcs = append(g.arcs, arc{from: from, to: to, n: pair{r.Count, r.Conversations}, row: row})
	return &g.arcs[len(g.arcs)-1]
}

// hide marks the rows to hide, and reports whether the sum of the week is to be hidden.
// With whole they are marked already.
//
// Events come first, as if there were no conversations: so a tally without these, of
// which this one is a sum, knows at least what is hidden here.
func (g *grid) hide(hidden []bool, conversations, whole bool) (total bool) {
	views := []view{{}}
	if conversations {
		views = append(views, view{conversations: true})
	}
	for _, v := range views {
		g.hideSmall(hidden, v)
		told := make([]int, len(g.arcs))
		for i := range told {
			told[i] = i
		}
		for v.knows = knowsAllSums; v.knows < allKnows; v.knows++ {
			if !whole || v.knows == knowsTheSum { // who knows less is not told either
				told = slices.DeleteFunc(told, func(target int) bool { return g.protect(target, v) })
			}
		}
		total = total || len(told) > 0
	}
	for _, a := range g.arcs {
		if a.row >= 0 && a.hidden {
			hidden[a.row] = true
		}
	}
	return total
}

// hideSmall hides the small rows, and those that are marked.
func (g *grid) hideSmall(marked []bool, v view) {
	for i := range g.arcs {
		if a := &g.arcs[i]; a.row >= 0 && (isSmall(a.n.events) || v.conversations && isSmall(a.n.conversations) || marked[a.row]) {
			a.hidden = true
		}
	}
}

// protect hides what it takes so that the small numbers of an arc are not told. It
// reports whether that can be.
func (g *grid) protect(target int, v view) bool {
	a := &g.arcs[target]
	if !a.hidden || v.isUnknown(a) {
		return true
	}
	can := true
	if isSmall(a.n.events) {
		can = g.hideCycle(target, pair{1, 0}, v)
	}
	if v.conversations && isSmall(a.n.conversations) {
		can = g.hideCycle(target, pair{0, 1}, v) && can
	}
	return can
}

// isUnknown reports whether an arc is a sum that is not known.
func (v view) isUnknown(a *arc) bool { return a.row < 0 && v.knows > a.known }

// canShift reports whether a count that is not shown could be another one. Of a hidden
// one it is known whether its events are few, that there is a row for what happened only,
// and that each conversation has an event.
func (v view) canShift(a *arc, by pair, times int) bool {
	if v.isUnknown(a) {
		return true
	}
	n := a.n.plus(by, times)
	if min(n.events, a.n.events) < 1 || (n.events < SmallCount) != (a.n.events < SmallCount) {
		return false
	}
	return !v.conversations || n.conversations >= 0 && (v.apart || n.conversations <= n.events)
}
