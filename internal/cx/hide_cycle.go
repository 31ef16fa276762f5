package cx

import "slices"

// blur makes sure that a column of an arc may be another number: by a cycle of it alone,
// or by one of both columns.
func (g *grid) blur(target int, column pair) bool {
	kinds := []pair{column}
	if g.conversations {
		kinds = append(kinds, pair{1, 1})
	}
	for _, by := range kinds {
		if _, found := g.cheapest(target, by, true); found {
			return true
		}
	}
	var best way
	can := false
	for _, by := range kinds {
		w, found := g.cheapest(target, by, false)
		if found && (!can || w.cost < best.cost) {
			best, can = w, true
		}
	}
	for _, i := range best.arcs {
		g.arcs[i].hidden = g.arcs[i].hidden || g.arcs[i].row >= 0
	}
	if !can && g.conversations && g.mayApart(target, column) {
		g.hideAll()
	}
	return can
}

// mayApart reports whether a column of an arc could be another number if a row might have
// more conversations than events. Where it could, and no cycle was found, there may
// still be several at once that do it.
func (g *grid) mayApart(target int, column pair) bool {
	g.apart = true
	defer func() { g.apart = false }()
	_, found := g.cheapest(target, column, false)
	return found
}

func (g *grid) hideAll() {
	for i := range g.arcs {
		if a := &g.arcs[i]; a.row >= 0 && a.n.events > 0 {
			a.hidden = true
		}
	}
}

// way is arcs that make a cycle once those of them that are rows are hidden.
type way struct {
	cost int
	arcs []int
}

// cheapest finds the cycle through an arc that takes the fewest rows to hide, and of
// such the smallest ones.
func (g *grid) cheapest(target int, by pair, onlyHidden bool) (best way, found bool) {
	a := &g.arcs[target]
	if g.may(a, by, +1) {
		best, found = g.path(a.to, a.from, target, by, onlyHidden)
	}
	if found && best.cost == 0 || !g.may(a, by, -1) {
		return best, found
	}
	if w, also := g.path(a.from, a.to, target, by, onlyHidden); also && (!found || w.cost < best.cost) {
		return w, true
	}
	return best, found
}

// oneRow is what it costs to hide a row, beside its count.
const oneRow = 1 << 40

// path finds the cheapest way between two vertices, but for one arc: along arcs whose
// count may go up, and against those whose count may go down.
func (g *grid) path(from, to, but int, by pair, onlyHidden bool) (way, bool) {
	const far = 1 << 62
	cost, last := slices.Repeat([]int{far}, len(g.at)), make([]int, len(g.at))
	cost[from] = 0
	for queue := []int{from}; len(queue) > 0 && cost[to] > 0; queue = queue[1:] {
		v := queue[0]
		for _, i := range g.at[v] {
			if cost[to] == 0 {
				break
			}
			a := &g.arcs[i]
			next, times, price := a.to, +1, 0
			if a.from != v {
				next, times = a.from, -1
			}
			if !a.hidden && !g.isUnknown(a) {
				price = oneRow + a.n.events
				if onlyHidden || a.row < 0 {
					continue
				}
			}
			if i == but || cost[v]+price >= cost[next] || !g.may(a, by, times) {
				continue
			}
			cost[next], last[next] = cost[v]+price, i
			queue = append(queue, next)
		}
	}
	if cost[to] == far {
		return way{}, false
	}
	w := way{cost: cost[to]}
	for v := to; v != from; {
		a := &g.arcs[last[v]]
		w.arcs = append(w.arcs, last[v])
		if v == a.to {
			v = a.from
		} else {
			v = a.to
		}
	}
	return w, true
}
