//go:build linux

package main

import (
	"slices"
	"sync"
)

// stream is a log that readers can wait on. The zero value is empty.
type stream[T any] struct {
	mu      sync.Mutex
	items   []T
	ended   bool
	changed chan struct{} // closed at the next change; nil while nobody waits
}

func (s *stream[T]) add(items ...T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items = append(s.items, items...)
	s.wake()
}

// end says that nothing will be added any more.
func (s *stream[T]) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	s.wake()
}

func (s *stream[T]) len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.items)
}

func (s *stream[T]) wake() {
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// since waits for items from index from on and returns them, at most limit.
// At the end it returns no item and true.
func (s *stream[T]) since(from, limit int) ([]T, bool) {
	for {
		s.mu.Lock()
		if len(s.items) > from {
			end := min(len(s.items), from+limit)
			items := slices.Clone(s.items[from:end])
			ended := s.ended && end == len(s.items)
			s.mu.Unlock()
			return items, ended
		}
		if s.ended {
			s.mu.Unlock()
			return nil, true
		}
		if s.changed == nil {
			s.changed = make(chan struct{})
		}
		changed := s.changed
		s.mu.Unlock()
		<-changed
	}
}

// Write makes a stream of bytes take a program's output.
func (s *byteStream) Write(p []byte) (int, error) {
	s.add(p...)
	return len(p), nil
}

type byteStream struct{ stream[byte] }
