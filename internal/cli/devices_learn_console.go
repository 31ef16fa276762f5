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

// console is the terminal of a dialogue. It is raw all the while: what is typed
// while keys of devices are waited for is seen at once, and does not become the
// beginning of the next answer.
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
		buf := make([]byte, 1024) // more than anybody types at once
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

// raw makes each key be seen at once, without Enter.
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
	var rest []byte
	select {
	case <-c.chunks: // typed before the question: no answer to it
	default:
	}
	read := func(p []byte) (int, error) {
		if len(rest) == 0 {
			select {
			case <-ctx.Done():
			case rest = <-c.chunks: // nil at the end
			}
		}
		if len(rest) == 0 {
			return 0, io.EOF
		}
		n := copy(p, rest)
		rest = rest[n:]
		return n, nil
	}
	editor := term.NewTerminal(lineIO{readerFunc(read), c.out}, prompt)
	if width, height, err := term.GetSize(int(c.in.Fd())); err == nil && width > 0 {
		_ = editor.SetSize(width, height) // it knows how to do without
	}
	line, err := editor.ReadLine()
	if err != nil && !errors.Is(err, term.ErrPasteIndicator) {
		c.print("\n")
		return "", errEnded
	}
	return strings.TrimSpace(line), nil
}

// lineIO is what lines are edited on.
type lineIO struct {
	io.Reader
	io.Writer
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
