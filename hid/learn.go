package hid

import (
	"context"
	"errors"
)

// ErrLearning is that another Learn is under way; ErrNotRunning that Run is not.
var (
	ErrLearning   = errors.New("another one learns a key now")
	ErrNotRunning = errors.New("nothing listens to devices now")
)

// Learn tells what is pressed, on any device that may be opened for it, until ctx is done. Saw is called by one goroutine at
// a time and may take its time. Run must be running.
func (l *Listener) Learn(ctx context.Context, saw func(Sight)) error { return ErrNotRunning }
