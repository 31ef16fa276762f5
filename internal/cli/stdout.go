package cli

import (
	"io"
	"os"
	"sync"
)

// checkedWriter remembers the first write that failed, so that no command ends
// well whose output did not get out, whoever wrote it.
type checkedWriter struct {
	w   io.Writer
	mu  sync.Mutex // the pad writes from several goroutines
	err error
}

func (c *checkedWriter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	if err != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.err == nil {
			c.err = err
		}
	}
	return n, err
}

// terminal returns the terminal that is written to, or nil where it is none.
func (c *checkedWriter) terminal() *os.File {
	if f, ok := c.w.(*os.File); ok && isTerminal(f) {
		return f
	}
	return nil
}

// failure returns the first error of a write, or nil.
func (c *checkedWriter) failure() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}
