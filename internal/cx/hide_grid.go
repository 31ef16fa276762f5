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
	// conversations says whether these are looked at beside the events.
	conversations bool
	apart         bool // they are looked at as if they had nothing to do with the events
	reader        reader
}

// reader is somebody to whom nothing must be told, by what they know beside the table.
type reader int

const (
	knowsAllSums   reader = iota // by each dimension
	knowsPlaceSums               // by desk and by site
	knowsTheSum                  // of the week
	readers
)

// arc is a count of the table, or one of its sums.
type arc struct {
	from, to int // vertices
	n        pair
	hidden   bool
	row      int    // of the tally; -1 for a sum
	known    reader // of a sum: the last reader who knows it
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
	g := &grid{conversations: t.HasConversations, at: make([][]int, firstValue)}
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
func (g *grid) hide(hidden []bool, whole bool) (total bool) {
	columns := []bool{false}
	if g.conversations {
		columns = append(columns, true)
	}
	for _, g.conversations = range columns {
		g.hideSmall(hidden)
		told := make([]int, len(g.arcs))
		for i := range told {
			told[i] = i
		}
		for g.reader = range readers {
			if !whole || g.reader == knowsTheSum {
				told = slices.DeleteFunc(told, g.protect) // who knows less is not told either
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
func (g *grid) hideSmall(marked []bool) {
	for i := range g.arcs {
		if a := &g.arcs[i]; a.row >= 0 && (isSmall(a.n.events) || g.conversations && isSmall(a.n.conversations) || marked[a.row]) {
			a.hidden = true
		}
	}
}

// protect hides what it takes so that the small numbers of an arc are not told. It
// reports whether that can be.
func (g *grid) protect(target int) bool {
	a := &g.arcs[target]
	if !a.hidden || g.isUnknown(a) {
		return true
	}
	can := true
	if isSmall(a.n.events) {
		can = g.blur(target, pair{1, 0})
	}
	if g.conversations && isSmall(a.n.conversations) {
		can = g.blur(target, pair{0, 1}) && can
	}
	return can
}

// isUnknown reports whether an arc is a sum that the reader does not know.
func (g *grid) isUnknown(a *arc) bool { return a.row < 0 && g.reader > a.known }

// may reports whether a count that is not shown could be another one. Of a hidden one
// it is known whether its events are few, that there is a row for what happened only, and that
// each conversation has an event.
func (g *grid) may(a *arc, by pair, times int) bool {
	if g.isUnknown(a) {
		return true
	}
	n := a.n.plus(by, times)
	if min(n.events, a.n.events) < 1 || (n.events < SmallCount) != (a.n.events < SmallCount) {
		return false
	}
	return !g.conversations || n.conversations >= 0 && (g.apart || n.conversations <= n.events)
}
