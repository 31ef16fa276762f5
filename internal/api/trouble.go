package api

import "time"

// Trouble says that the agent cannot store events, and why.
type Trouble struct {
	Since time.Time `json:"since"`
	Text  string    `json:"text"`
}
