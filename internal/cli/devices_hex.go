package cli

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strconv"
	"strings"
	"unicode"

	"magicbutton/hid"
)

// maxReportLine bounds a line of reports, in bytes: the longest report that Linux
// takes (HID_MAX_BUFFER_SIZE, 16 KiB) as hex with spaces fits.
const maxReportLine = 64 << 10

// readDescriptor reads a file that holds a report descriptor.
func readDescriptor(path string) (*hid.Descriptor, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the descriptor: %w", err)
	}
	defer f.Close()
	const most = 8 * hid.MaxDescriptorBytes // as hex, with the remarks of a recording
	b, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil {
		return nil, fmt.Errorf("reading the descriptor: %w", err)
	}
	raw, err := rawDescriptor(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	d, err := hid.ParseDescriptor(raw)
	if err != nil {
		return nil, hinted{
			fmt.Errorf("%s: %w", path, err),
			"a descriptor is the raw bytes, as in /sys/bus/usb/devices/*/*/report_descriptor, or their hex",
		}
	}
	return d, nil
}

// rawDescriptor returns the bytes of a descriptor that may be written in hex, or
// stand in a recording of hid-recorder ("R: 63 05 01 …"). No descriptor is hex text
// by itself: its bytes would all be below 0x80, and the items that make a report are
// above (HID 1.11, section 6.2.2.4).
func rawDescriptor(b []byte) ([]byte, error) {
	if bytes.ContainsFunc(b, func(r rune) bool { return r < ' ' && !unicode.IsSpace(r) }) {
		return b, nil
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "R:"); ok {
			return sizedHex(rest)
		}
	}
	if raw, err := parseHex(string(b)); err == nil && len(raw) > 0 {
		return raw, nil
	}
	return b, nil
}

// readReports yields the input reports of r, and at its first bad line an error. It
// ends early with ctx, although a read that is under way then goes on: reading from
// a terminal cannot be interrupted, and ends with the process.
func readReports(ctx context.Context, r io.Reader) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		lines := make(chan lineRead)
		go readLines(ctx, r, lines)
		for n := 1; ; n++ {
			var line lineRead
			select {
			case line = <-lines:
			case <-ctx.Done():
				return
			}
			if line.end {
				return
			}
			report, err := parseReport(line.text)
			if err = cmp.Or(line.err, err); err != nil {
				yield(nil, fmt.Errorf("line %d: %w", n, err))
				return
			}
			if report != nil && !yield(report, nil) {
				return
			}
		}
	}
}

// lineRead is a line, or why there is none.
type lineRead struct {
	text string
	err  error
	end  bool
}

// readLines sends the lines of r until there are no more or ctx is done.
func readLines(ctx context.Context, r io.Reader, lines chan<- lineRead) {
	in := bufio.NewScanner(r)
	in.Buffer(nil, maxReportLine)
	for more := true; more; {
		more = in.Scan()
		line := lineRead{in.Text(), in.Err(), !more && in.Err() == nil}
		if errors.Is(line.err, bufio.ErrTooLong) {
			line.err = fmt.Errorf("longer than %d bytes", maxReportLine)
		}
		select {
		case lines <- line:
		case <-ctx.Done():
			return
		}
	}
}

// parseReport reads one line: a report in hex, or that of a recording of
// hid-recorder ("E: 000001.234567 8 00 00 59 …"). The result is nil for a line that
// holds none: a blank one, a remark, and the rest of a recording.
func parseReport(line string) ([]byte, error) {
	line = strings.TrimSpace(line)
	switch {
	case line == "" || line[0] == '#':
		return nil, nil
	case strings.HasPrefix(line, "E:"):
		_, rest, _ := strings.Cut(strings.TrimSpace(line[len("E:"):]), " ") // after the time
		return sizedHex(rest)
	case len(line) > 1 && line[1] == ':' && strings.Contains("DINPR", line[:1]):
		return nil, nil
	}
	return parseHex(line)
}

// sizedHex reads what hid-recorder writes: the number of bytes, then the bytes.
func sizedHex(text string) ([]byte, error) {
	size, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	b, err := parseHex(rest)
	if err != nil {
		return nil, err
	}
	if n, err := strconv.Atoi(size); err != nil || n != len(b) {
		return nil, fmt.Errorf("it has %s, and says %q", plural(len(b), "byte"), cut(size, 12))
	}
	return b, nil
}

// parseHex reads bytes in hex. A blank never stands inside a byte.
func parseHex(text string) ([]byte, error) {
	var out []byte
	for word := range strings.FieldsSeq(text) {
		b, err := hex.DecodeString(word)
		if err != nil {
			return nil, fmt.Errorf("%q is no hex of whole bytes", cut(word, 40))
		}
		out = append(out, b...)
	}
	return out, nil
}
