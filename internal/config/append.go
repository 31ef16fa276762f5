package config

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"magicbutton/hid"
)

// maxAppends is how often an append begins anew where an editor saves the file
// meanwhile.
const maxAppends = 5

// errChanged means that the file is not the one that was read any more.
var errChanged = errors.New("it changes faster than it can be written")

// AppendButton appends one [[button]] table to a configuration file and changes
// nothing else of it: what stood there before stands there byte for byte, its line
// endings and a missing last one are kept, and so are its mode and owner. The file
// is replaced at once, never half, and only where the result is a sound
// configuration: otherwise the error is an [*Error], and the file is as it was.
// Where the path is a link, the file behind it is replaced. Two appends at a time
// come one after the other.
func AppendButton(path string, b Button) error {
	err := appendButton(path, b)
	var problems *Error
	if err == nil || errors.As(err, &problems) { // which names the file, and the line
		return err
	}
	return fmt.Errorf("adding a button to %s: %w", path, err)
}

func appendButton(path string, b Button) error {
	file, err := filepath.EvalSymlinks(path)
	if err != nil {
		return reason(err)
	}
	unlock, err := lockBeside(file)
	if err != nil {
		return reason(err)
	}
	defer unlock()
	for range maxAppends {
		if err = appendOnce(path, file, b); !errors.Is(err, errChanged) {
			return err
		}
	}
	return err
}

// appendOnce reads the file, and replaces it if it is still the same. Errors call
// it by the path that the user knows.
func appendOnce(path, file string, b Button) error {
	old, info, err := readRegular(file)
	if err != nil {
		return reason(err)
	}
	before, err := Parse(path, old)
	if err != nil {
		return err
	}
	data := append(old[:len(old):len(old)], buttonTable(old, b)...)
	after, err := Parse(path, data)
	if err != nil {
		return err
	}
	if n := len(after.Buttons); n != len(before.Buttons)+1 || after.Buttons[n-1] != b {
		return fmt.Errorf("%s of %s cannot be written so that it is read as the same", b.Key, b.Device)
	}
	return replace(file, info, old, data)
}

// readRegular reads a file that this user may write: that a read-only one can be
// replaced does not mean that it may.
func readRegular(file string) ([]byte, fs.FileInfo, error) {
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, nil, errors.New("it is no regular file")
	}
	data, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	return data, info, err
}

// buttonTable returns what must follow old for it to have one button more.
func buttonTable(old []byte, b Button) []byte {
	var p printer
	p.button(b)
	table := p.out.Bytes()
	switch {
	case len(old) == 0:
	case old[len(old)-1] == '\n':
		table = append([]byte("\n"), table...)
	default: // as is the rest of the file, so is its end
		table = append([]byte("\n\n"), bytes.TrimSuffix(table, []byte("\n"))...)
	}
	if i := bytes.IndexByte(old, '\n'); i > 0 && old[i-1] == '\r' {
		table = bytes.ReplaceAll(table, []byte("\n"), []byte("\r\n"))
	}
	return table
}

// replace puts data in the place of a file that still holds old.
func replace(file string, info fs.FileInfo, old, data []byte) error {
	temp := filepath.Join(filepath.Dir(file), "."+filepath.Base(file)+"."+rand.Text())
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("writing beside it: %w", reason(err)) // the name of the new file tells nobody anything
	}
	_, err = f.Write(data)
	if err == nil {
		err = KeepOwner(f, info)
	}
	if err == nil {
		err = f.Chmod(info.Mode().Perm()) // after the owner, whose change may take bits away
	}
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = unchanged(file, info, old)
	}
	if err == nil {
		err = os.Rename(temp, file)
	}
	if err != nil {
		return errors.Join(reason(err), os.Remove(temp))
	}
	return nil
}

// unchanged returns errChanged where somebody has written the file meanwhile.
func unchanged(file string, info fs.FileInfo, old []byte) error {
	now, nowInfo, err := readRegular(file)
	if err == nil && (!os.SameFile(info, nowInfo) || !bytes.Equal(old, now)) {
		err = errChanged
	}
	return err
}

// reason is err without the path that the caller has said.
func reason(err error) error {
	var at *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &at):
		return at.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// ButtonLine returns the line of a file in which the button of a key begins, 0
// where it has none.
func ButtonLine(path string, device hid.Match, key hid.Key) (int, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, fmt.Errorf("reading the configuration: %w", err)
	}
	return buttonLine(data, device, key), nil
}

func buttonLine(data []byte, device hid.Match, key hid.Key) int {
	f, _ := split(trimMark(data))
	for _, t := range f.tables {
		if t.name != "button" {
			continue
		}
		var l loader
		l.button(t)
		if b := l.buttons[0]; b.Device == device && b.Key == key {
			return t.line
		}
	}
	return 0
}
