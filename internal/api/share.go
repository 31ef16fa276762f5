package api

import "time"

// Share says how the copy does that the agent keeps in a folder for the lead.
type Share struct {
	// Folder is where it belongs.
	Folder string `json:"folder"`
	// File is its path, and At when it was written; "" and nil before the first.
	File string     `json:"file,omitempty"`
	At   *time.Time `json:"at,omitempty"`
	// Problem says why the last try failed, "" where it did not, and Since when that
	// began.
	Problem string     `json:"problem,omitempty"`
	Since   *time.Time `json:"since,omitempty"`
}
