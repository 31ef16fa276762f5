package hid

import "time"

// poller asks a device that is silent unless it is asked. The zero poller asks nothing.
type poller struct {
	*polling
	next  time.Time // when to ask; zero: not again
	known bool      // it has answered, so that what it says now is news
}

// newPoller makes the poller of a device that was just opened.
func newPoller(p *Profile, now time.Time) poller {
	if p == nil || p.polling == nil {
		return poller{known: true}
	}
	return poller{polling: p.polling, next: now}
}

// due is the report to ask with, nil when it is not time.
func (p *poller) due(now time.Time) []byte {
	if p.next.IsZero() || now.Before(p.next) {
		return nil
	}
	p.next = time.Time{}
	if p.every > 0 {
		p.next = now.Add(p.every)
	}
	return p.request
}

// isFirst tells whether a report is the first answer, which says how things stood and not what happened.
func (p *poller) isFirst(report []byte) bool {
	if p.known || !p.answer.passes(report) {
		return false
	}
	p.known = true
	return true
}
