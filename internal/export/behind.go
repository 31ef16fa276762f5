package export

import "io"

const (
	// writeBytes is how much is written at once: what one system call costs is
	// little beside copying that.
	writeBytes = 256 << 10
	// writesBehind is how many writes may be under way or wait for one.
	writesBehind = 2
)

// behind writes what was made while more is made.
type behind struct {
	b    []byte // what is being made
	w    io.Writer
	full chan []byte
	free chan freed // what was written, and how that went
	used int        // pieces of memory in use beside b
}

type freed struct {
	b   []byte
	err error
}

// newBehind begins with what is in b. It is to be ended.
func newBehind(w io.Writer, b []byte) *behind {
	return &behind{b: b, w: w, full: make(chan []byte, writesBehind), free: make(chan freed, writesBehind)}
}

func (o *behind) run() {
	var failed error
	for b := range o.full {
		if failed == nil {
			_, failed = o.w.Write(b)
		}
		o.free <- freed{b[:0], failed}
	}
}

// flush has b written, and returns an error of a write before.
func (o *behind) flush() error {
	switch o.used {
	case 0:
		go o.run() // until end
	case writesBehind:
		f := <-o.free
		o.used--
		if f.err != nil {
			return f.err
		}
		o.b, f.b = f.b, o.b
		o.full <- f.b
		o.used++
		return nil
	}
	o.full <- o.b
	o.used++
	o.b = make([]byte, 0, writeBytes+maxRecordBytes)
	return nil
}

// end waits until all is written, b as well unless there is an error already, and
// returns the first error.
func (o *behind) end(err error) error {
	if o.used > 0 {
		close(o.full)
	}
	for ; o.used > 0; o.used-- {
		if f := <-o.free; err == nil {
			err = f.err
		}
	}
	if err == nil && len(o.b) > 0 {
		_, err = o.w.Write(o.b)
	}
	return err
}
