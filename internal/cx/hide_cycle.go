package cx

import (
	"cmp"
	"slices"
)

// hideCycle makes sure that a column of an arc may be another number: by a cycle of it
// alone, or by one of both columns. It reports whether there is one.
func (g *grid) hideCycle(target int, column pair, v view) bool {
	kinds := []pair{column}
	if v.conversations {
		kinds = append(kinds, pair{1, 1})
	}
	for _, by := range kinds {
		if _, found := g.cheapest(target, by, v, true); found {
			return true
		}
	}
	var best cycle
	can := false
	for _, by := range kinds {
		c, found := g.cheapest(target, by, v, false)
		if found && (!can || c.cost.compare(best.cost) < 0) {
			best, can = c, true
		}
	}
	for _, i := range best.arcs {
		g.arcs[i].hidden = g.arcs[i].hidden || g.arcs[i].row >= 0
	}
	if !can && v.conversations && g.canShiftApart(target, column, v) {
		g.hideAll()
	}
	return can
}

// canShiftApart reports whether a column of an arc could be another number if a row might
// have more conversations than events. Where it could, and no cycle was found, there may
// still be several at once that do it.
func (g *grid) canShiftApart(target int, column pair, v view) bool {
	v.apart = true
	_, found := g.cheapest(target, column, v, false)
	return found
}

func (g *grid) hideAll() {
	for i := range g.arcs {
		if a := &g.arcs[i]; a.row >= 0 && a.n.events > 0 {
			a.hidden = true
		}
	}
}

// cycle is arcs that make one once those of them that are rows are hidden.
type cycle struct {
	cost cost
	arcs []int
}

// cost is what hiding takes away from who reads: rows, and of as many rows events.
type cost struct{ rows, events int }

func (c cost) compare(d cost) int {
	return cmp.Or(cmp.Compare(c.rows, d.rows), cmp.Compare(c.events, d.events))
}

// cheapest finds the cycle through an arc that takes the fewest rows to hide, and of
// such the smallest ones.
func (g *grid) cheapest(target int, by pair, v view, onlyHidden bool) (best cycle, found bool) {
	a := &g.arcs[target]
	if v.canShift(a, by, +1) {
		best, found = g.path(a.to, a.from, target, by, v, onlyHidden)
	}
	if found && best.cost == (cost{}) || !v.canShift(a, by, -1) {
		return best, found
	}
	c, also := g.path(a.from, a.to, target, by, v, onlyHidden)
	if also && (!found || c.cost.compare(best.cost) < 0) {
		return c, true
	}
	return best, found
}

// path finds the cheapest way between two vertices, but for one arc: along arcs whose
// count can go up, and against those whose count can go down.
func (g *grid) path(from, to, but int, by pair, v view, onlyHidden bool) (cycle, bool) {
	far := cost{rows: len(g.arcs) + 1} // more than there are
	costs, last := slices.Repeat([]cost{far}, len(g.at)), make([]int, len(g.at))
	costs[from] = cost{}
	for queue := []int{from}; len(queue) > 0 && costs[to] != (cost{}); queue = queue[1:] {
		here := queue[0]
		for _, i := range g.at[here] {
			if costs[to] == (cost{}) {
				break
			}
			a := &g.arcs[i]
			next, times, price := a.to, +1, costs[here]
			if a.from != here {
				next, times = a.from, -1
			}
			if !a.hidden && !v.isUnknown(a) {
				price = cost{price.rows + 1, price.events + a.n.events}
				if onlyHidden || a.row < 0 {
					continue
				}
			}
			if i == but || price.compare(costs[next]) >= 0 || !v.canShift(a, by, times) {
				continue
			}
			costs[next], last[next] = price, i
			queue = append(queue, next)
		}
	}
	if costs[to] == far {
		return cycle{}, false
	}
	c := cycle{cost: costs[to]}
	for at := to; at != from; {
		a := &g.arcs[last[at]]
		c.arcs = append(c.arcs, last[at])
		if at == a.to {
			at = a.from
		} else {
			at = a.to
		}
	}
	return c, true
}
