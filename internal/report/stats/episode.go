package stats

// past is what the judgements of earlier weeks say about a series: which weeks do not show what is usual.
type past struct {
	unlike []bool  // weeks that were judged More or Less, but not those of the present level
	run    []int   // the weeks of the running episode: the last ones known, all judged the same way
	way    Verdict // which way; TooEarly where run is empty
	level  int     // the first week of the present level; no baseline goes further back
	most   int     // so many weeks are left out of a baseline
}

// running says that the week before the last one belongs to an episode.
func (r row) running() bool { return r.past != nil && len(r.past.run) > 0 }

// until is a row as it was some weeks ago.
func (r row) until(back int) row {
	end := max(0, len(r.counts)-back)
	r.counts, r.exposures = r.counts[:end], r.exposures[:end]
	return r
}

// follow judges week after week, so that each is compared with weeks that were as usual, and
// returns the tests of the last one. What a week is judged depends on no later one.
func follow(family []row, s Settings, known *quantiles) []planned {
	longest := 0
	for _, r := range family {
		longest = max(longest, len(r.counts))
	}
	begin(family, s)
	seen := make([]row, len(family))
	for back := longest - 1; back > 0 && s.EpisodeWeeks > 0; back-- {
		for i, r := range family {
			seen[i] = r.until(back)
		}
		remember(seen, plan(seen, s, known, true))
	}
	return plan(family, s, known, false)
}

// begin forgets what was judged.
func begin(family []row, s Settings) {
	for i := range family {
		family[i].past = &past{unlike: make([]bool, len(family[i].counts)), most: max(0, s.EpisodeWeeks)}
	}
}

// remember takes down what the last week of each row was judged.
func remember(family []row, tests []planned) {
	for i, r := range family {
		if !tests[2*i].on && tests[2*i].verdict != TooEarly {
			r.past.end()
		}
		r.past.add(len(r.counts)-1, tests[2*i].verdict, tests[2*i+1].verdict)
	}
}

// add takes down what a week was judged, by itself and together with the one before.
func (p *past) add(at int, week, two Verdict) {
	v, weeks := week, []int{at}
	if week == Usual && two.change() {
		v, weeks = two, []int{at - 1, at}
	}
	if v == TooEarly { // nobody knows whether it went on
		return
	}
	if !v.change() {
		p.end()
		return
	}
	p.run, p.way = append(p.run, weeks...), v
	lasts := len(p.run) > p.most
	for _, i := range p.run {
		p.unlike[i] = !lasts
	}
	if lasts {
		p.level = p.run[0]
		p.end()
	}
}

func (p *past) end() { p.run, p.way = nil, TooEarly }

// goesOn says that a week is nearer to the weeks of the running episode than to those of the baseline:
// one that is a little more than usual, after weeks that were three times as much, belongs to no episode of theirs.
func (r row) goesOn(w window) bool {
	if !r.running() || w.tested != 1 || w.exposure <= 0 || w.baseExposure <= 0 {
		return false
	}
	count, exposure := 0.0, 0.0
	for _, i := range r.past.run {
		count, exposure = count+float64(r.counts[i]), exposure+r.exposures[i]
	}
	usual, now := w.baseCount/w.baseExposure, w.count/w.exposure
	halfway := (usual + count/exposure) / 2
	if r.past.way == More {
		return now > max(usual, halfway)
	}
	return now < min(usual, halfway)
}
