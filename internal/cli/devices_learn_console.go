package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// console is the terminal of a dialogue. While it waits for keys of devices it is
// raw: what is typed there is seen at once, and does not become the beginning of
// the next answer. While it asks it is as it was, so that lines can be edited.
type console struct {
	in     *os.File
	out    io.Writer
	cooked *term.State // how it was, nil while it is so
	chunks chan []byte // what was typed; closed at its end
	keys   keys
}

// errEnded means that somebody ended the dialogue, or their terminal went.
var errEnded = errors.New("ended")

// newConsole reads in a goroutine that it cannot end, since reading from a
// terminal cannot be interrupted: that one ends with the process.
func newConsole(in *os.File, out io.Writer) *console {
	c := &console{in: in, out: out, chunks: make(chan []byte)}
	go func() {
		defer close(c.chunks)
		buf := make([]byte, 1024) // a line of a terminal that is no script's is shorter
		for {
			n, err := in.Read(buf)
			if n > 0 {
				c.chunks <- bytes.Clone(buf[:n])
			}
			if err != nil {
				return
			}
		}
	}()
	return c
}

// raw makes what is typed be seen at once, and not shown.
func (c *console) raw() {
	if c.cooked == nil {
		c.cooked, _ = term.MakeRaw(int(c.in.Fd())) // without it keys are seen after Enter, which will do
	}
}

// restore makes the terminal as it was.
func (c *console) restore() {
	if c.cooked != nil {
		_ = term.Restore(int(c.in.Fd()), c.cooked) // nothing to be done about it
		c.cooked = nil
	}
}

func (c *console) print(text string) {
	if c.cooked != nil {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	_, _ = io.WriteString(c.out, text) // a terminal that is gone has nobody to tell
}

// typed reports what a chunk means that was typed while keys of devices are waited
// for: errEnded, or nil and the keys that have a letter. No chunk is the end of the
// terminal.
func (c *console) typed(chunk []byte) (letters string, err error) {
	if chunk == nil {
		return "", errEnded
	}
	for i, b := range chunk {
		key, ok := c.keys.next(b, i+1 < len(chunk))
		switch {
		case !ok:
		case key == ctrlC || key == ctrlD || key == 'q' || key == 'Q':
			return "", errEnded
		case key > ' ' && key < 0x7f:
			letters += string(rune(key))
		default:
			letters += " " // of something
		}
	}
	return letters, nil
}

// ask asks for a line. It ends with errEnded where there is none any more, or ctx
// does.
func (c *console) ask(ctx context.Context, prompt string) (string, error) {
	select {
	case <-c.chunks: // typed before the question: no answer to it
	default:
	}
	c.restore()
	defer c.raw()
	c.print(prompt)
	var line []byte
	for {
		select {
		case <-ctx.Done():
			c.print("\n")
			return "", errEnded
		case chunk, ok := <-c.chunks:
			if !ok {
				c.print("\n")
				return "", errEnded
			}
			line = append(line, chunk...)
		}
		if before, _, whole := bytes.Cut(line, []byte("\n")); whole {
			return strings.TrimSpace(string(before)), nil
		}
	}
}
