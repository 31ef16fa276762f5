package page

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"slices"
	"sync"
	"time"
)

const (
	// ticketAge is how long a browser may take to start.
	ticketAge = time.Minute
	// maxTickets is how many may be out at once; one more makes the oldest worthless.
	maxTickets = 8
)

// tickets are secrets that let a browser in, once each.
type tickets struct {
	now func() time.Time

	mu  sync.Mutex
	out []ticket
}

type ticket struct {
	sum   [sha256.Size]byte // what is in memory opens nothing
	until time.Time
}

// issue returns a new ticket.
func (t *tickets) issue() string {
	text := rand.Text()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.dropOld()
	if len(t.out) >= maxTickets {
		t.out = slices.Delete(t.out, 0, len(t.out)-maxTickets+1)
	}
	t.out = append(t.out, ticket{sha256.Sum256([]byte(text)), t.now().Add(ticketAge)})
	return text
}

// take reports whether a ticket is good, which it is once.
func (t *tickets) take(text string) bool {
	sum := sha256.Sum256([]byte(text))
	t.mu.Lock()
	defer t.mu.Unlock()
	t.dropOld()
	i := slices.IndexFunc(t.out, func(k ticket) bool { return subtle.ConstantTimeCompare(k.sum[:], sum[:]) == 1 })
	if i < 0 {
		return false
	}
	t.out = slices.Delete(t.out, i, i+1)
	return true
}

// dropOld forgets the tickets whose time has passed; the caller holds mu.
func (t *tickets) dropOld() {
	now := t.now()
	t.out = slices.DeleteFunc(t.out, func(k ticket) bool { return !now.Before(k.until) })
}
