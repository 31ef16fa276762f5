package demo

import (
	"math"
	"time"

	"magicbutton/internal/cx"
)

const (
	forcedPart  = 0.6   // of those who had tried another channel had to switch
	slipPart    = 0.012 // of the presses follow one that was taken back
	refusedPart = 0.008 // of the presses were pressed again at once
)

// join makes conversations with two tags: an event that there is becomes the second
// of one, so that the counts stay.
func (m *maker) join(drafts []*draft) {
	type said struct {
		tag     string
		channel cx.Channel
	}
	free := make(map[said][]*draft) // not yet a part of such a conversation
	for _, d := range drafts {
		s := said{d.event.Tag, d.event.Channel}
		free[s] = append(free[s], d)
	}
	for _, p := range pairs {
		for _, k := range kinds {
			firsts, seconds := free[said{p.tag, k.channel}], free[said{p.second, k.channel}]
			n := min(m.count(p.part*float64(len(firsts))), len(firsts), len(seconds))
			for i := range n {
				seconds[i].follow(firsts[i], m.soon(4, 18))
			}
			free[said{p.tag, k.channel}], free[said{p.second, k.channel}] = firsts[n:], seconds[n:]
		}
	}
}

// follow makes an event the second of another's conversation.
func (d *draft) follow(first *draft, after time.Duration) {
	d.head, d.desk, d.at = first, first.desk, first.at.Add(after)
	e, f := &d.event, first.event
	e.Desk, e.Site, e.Channel, e.Tried, e.Forced = f.Desk, f.Site, f.Channel, f.Tried, f.Forced
	e.Source, e.Device, e.Key = f.Source, f.Device, keyOf(e.Tag)
	if e.Note != "" || e.Device == "" {
		e.Source, e.Device, e.Key = cx.SourceCLI, "", ""
	}
}

func keyOf(tag string) string {
	for _, t := range themes {
		if t.tag == tag {
			return t.key
		}
	}
	return ""
}

// slips returns presses of a wrong key that were taken back before the right one,
// and notes presses that were refused.
func (m *maker) slips(ago int, drafts []*draft) (wrong []*draft) {
	var said []theme // in these weeks
	for _, t := range themes {
		if t.expected(ago) > 0 {
			said = append(said, t)
		}
	}
	for _, d := range drafts {
		if d.event.Device == "" || d.head != nil {
			continue
		}
		switch {
		case m.chance(slipPart):
			w := *d
			t := said[m.rng.IntN(len(said))]
			w.at = d.at.Add(-m.soon(3, 12))
			w.event.Tag, w.event.Key, w.event.Stage = t.tag, t.key, m.stages[t.tag]
			w.event.Tried, w.event.Forced = "", false
			w.event.Voided, w.event.Rev = true, 1
			wrong = append(wrong, &w)
		case m.chance(refusedPart):
			again := d.at.Add(time.Duration(200+m.rng.IntN(1500)) * time.Millisecond)
			m.year.Refused = append(m.year.Refused, Refused{again, d.event.Device, d.event.Key})
		}
	}
	return wrong
}

// soon returns a time of so many seconds.
func (m *maker) soon(from, to int) time.Duration {
	return time.Duration(from*1000+m.rng.IntN((to-from)*1000)) * time.Millisecond
}

// contacts notes how many conversations a week had on each channel, tagged or not.
// More of them come while something is wrong.
func (m *maker) contacts(ago int, volume float64, days [placeKinds]workingDays) {
	week := m.Last.Add(-ago)
	for kind, k := range kinds {
		more := 0.0
		for _, t := range themes {
			more += (t.expected(ago) - t.weekly) * t.shares[kind]
		}
		const own = 0.015 // variation of the channel's own
		n := (k.contacts + more) * volume * days[kind].total * m.vary(own)
		m.year.Contacts = append(m.year.Contacts, cx.Contacts{Week: week, Channel: k.channel, Count: int(math.Round(n))})
	}
}
