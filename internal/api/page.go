package api

import (
	"context"
	"net/http"
	"time"
)

// PathPageTicket lets one browser in to the rep's page. POST.
const PathPageTicket = "/v1/page/ticket"

// Page says how the rep's page does.
type Page struct {
	// Address is that of the page, as http://127.0.0.1:28886/.
	Address string `json:"address"`
	// Problem says why nobody can open it, "" where they can, and Since when that began.
	// The agent goes on trying.
	Problem string     `json:"problem,omitempty"`
	Since   *time.Time `json:"since,omitempty"`
}

// Ticket lets one browser in to the rep's page, once.
type Ticket struct {
	// Address is what the browser is to open, within a minute. What follows the # is as
	// good as a password for as long.
	Address string `json:"address"`
}

// PageTicket asks for an address that lets one browser in to the rep's page. Where there
// is no page to open the error is one with [CodeConflict].
func (c *Client) PageTicket(ctx context.Context) (Ticket, error) {
	return call[Ticket](ctx, c, http.MethodPost, PathPageTicket, struct{}{})
}
