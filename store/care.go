package store

import (
	"context"
	"sync"
)

// acquire takes a lock, unless ctx ends before; then the error is its cause.
func acquire(ctx context.Context, l sync.Locker) error {
	locked := make(chan struct{})
	go func() {
		l.Lock()
		close(locked)
	}()
	select {
	case <-locked:
		return nil
	case <-ctx.Done():
		go func() {
			<-locked
			l.Unlock()
		}()
		return context.Cause(ctx)
	}
}
