package cli

import (
	"bufio"
	"bytes"
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
	"unicode/utf8"

	"magicbutton/hid"
)

// maxReportLine bounds a line of reports, in bytes: the longest report that Linux
// takes (HID_MAX_BUFFER_SIZE, 16 KiB) as hex with spaces fits.
const maxReportLine = 64 << 10

// mark is the byte order mark that Windows' editors write.
const mark = "\xef\xbb\xbf"

// readDescriptor reads a report descriptor; name names it in errors.
func readDescriptor(name string, r io.Reader) (*hid.Descriptor, error) {
	const most = 8 * hid.MaxDescriptorBytes // as hex, with the remarks of a recording
	b, err := io.ReadAll(io.LimitReader(r, most))
	if err != nil {
		return nil, fmt.Errorf("reading the descriptor: %w", err)
	}
	if len(b) == most {
		return nil, fmt.Errorf("%s: more than the %d bytes of the longest report descriptor", name, hid.MaxDescriptorBytes)
	}
	raw, err := rawDescriptor(b)
	var d *hid.Descriptor
	if err == nil {
		d, err = hid.ParseDescriptor(raw)
	}
	if err != nil {
		return nil, hinted{
			fmt.Errorf("%s: %w", name, err),
			"a descriptor is the raw bytes, as in /sys/bus/usb/devices/*/*/report_descriptor, or their hex, as by xxd -p",
		}
	}
	return d, nil
}

// rawDescriptor returns the bytes of a descriptor that may be written in hex, or
// stand in a recording of hid-recorder ("R: 63 05 01 …"). No descriptor is text by
// itself: its bytes would all be below 0x80, and the items that make a report are
// above (HID 1.11, section 6.2.2.4).
func rawDescriptor(b []byte) ([]byte, error) {
	if bytes.ContainsFunc(b, func(r rune) bool { return r < ' ' && !unicode.IsSpace(r) }) {
		return b, nil
	}
	text := strings.TrimPrefix(string(b), mark)
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, "R:"); ok {
			return sizedHex(rest)
		}
	}
	var raw []byte
	for line := range strings.Lines(text) {
		part, err := parseHex(line)
		switch {
		case err != nil && strings.IndexFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) < 0:
			return nil, fmt.Errorf("text, and no plain hex: %w", err)
		case err != nil:
			return b, nil
		}
		raw = append(raw, part...)
	}
	return raw, nil
}

// readReports yields the input reports of r, and at its first bad line an error. It
// ends early with ctx.
func readReports(ctx context.Context, r io.Reader) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		lines := linesOf(r)
		if !isRegular(r) {
			lines = apart(ctx, lines)
		}
		n := 0
		for line, err := range lines {
			if ctx.Err() != nil {
				return
			}
			if n++; n == 1 {
				line = strings.TrimPrefix(line, mark)
			}
			var report []byte
			if err == nil {
				report, err = parseReport(line)
			}
			if err != nil {
				yield(nil, fmt.Errorf("line %d: %w", n, err))
				return
			}
			if report != nil && !yield(report, nil) {
				return
			}
		}
	}
}

// isRegular reports whether reading never waits for somebody to write.
func isRegular(r io.Reader) bool {
	f, ok := r.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular()
}

// linesOf yields the lines of r, and at last the error that ended them early.
func linesOf(r io.Reader) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		in := bufio.NewScanner(r)
		in.Buffer(nil, maxReportLine)
		for in.Scan() {
			if !yield(in.Text(), nil) {
				return
			}
		}
		err := in.Err()
		if errors.Is(err, bufio.ErrTooLong) {
			err = fmt.Errorf("longer than %d bytes", maxReportLine)
		}
		if err != nil {
			yield("", err)
		}
	}
}

// apart yields what lines does until ctx is done, although a read that is under way
// then goes on: reading from a terminal cannot be interrupted, and ends with the
// process.
func apart(ctx context.Context, lines iter.Seq2[string, error]) iter.Seq2[string, error] {
	type lineRead struct {
		text string
		err  error
	}
	return func(yield func(string, error) bool) {
		read := make(chan lineRead)
		go func() {
			defer close(read)
			for text, err := range lines {
				select {
				case read <- lineRead{text, err}:
				case <-ctx.Done():
					return
				}
			}
		}()
		for {
			select {
			case line, more := <-read:
				if !more || !yield(line.text, line.err) {
					return
				}
			case <-ctx.Done():
				return
			}
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

// parseHex reads bytes in hex up to a remark. Between bytes may be blanks, commas or
// colons, and before them 0x, as programs write them; never does one stand inside a
// byte.
func parseHex(text string) ([]byte, error) {
	text, _, _ = strings.Cut(text, "#")
	var out []byte
	for word := range strings.FieldsSeq(text) {
		n := len(out)
		plain, ok := unseparated(word)
		out = append(out, plain...)
		if k, err := hex.Decode(out[n:], out[n:]); err == nil && ok {
			out = out[:n+k]
			continue
		}
		return nil, hinted{fmt.Errorf("%q is no hex of whole bytes", cut(word, 40)), "want one report a line, such as 00 00 59 or 000059"}
	}
	return out, nil
}

// unseparated takes away what stands between bytes and before them. Where something
// does, each byte has two digits.
func unseparated(word string) (plain string, ok bool) {
	word = strings.TrimSuffix(word, ",")
	if !strings.ContainsAny(word, ",:xX") {
		return word, true
	}
	var digits strings.Builder
	for part := range strings.SplitSeq(strings.ReplaceAll(word, ":", ","), ",") {
		part = strings.TrimPrefix(strings.TrimPrefix(part, "0x"), "0X")
		if len(part) != 2 {
			return "", false
		}
		digits.WriteString(part)
	}
	return digits.String(), true
}
