package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"magicbutton/hid"
)

// desk is a configuration with two buttons and a comment at its end.
const desk = `[[tag]]
code = "praise"
[[tag]]
code = "gone"
retired = true

[[button]]
device = "04d9:1203"
key = "Keypad 1"
tap = "praise"

[[button]]
device = "04d9:1203#A \"7\""
key = "any"
tap = "undo"
# the end
`

var keypad2 = Button{
	Device: hid.Match{VendorID: 0x04d9, ProductID: 0x1203, Serial: `B\"`}, Key: hid.Key{Page: hid.PageKeyboard, Usage: 0x5a},
	Tap: Action{Tag: "praise"}, Hold: Action{Undo: true},
}

// keypad2TOML is keypad2 as it is appended.
const keypad2TOML = `[[button]]
device = "04d9:1203#B\\\""
key = "Keypad 2"
tap = "praise"
hold = "undo"
`

func TestAppendButton(t *testing.T) {
	crlf := strings.NewReplacer("\n", "\r\n")
	tests := map[string]struct{ old, want string }{
		"end of a line":        {desk, "\n" + keypad2TOML},
		"no last line ending":  {strings.TrimSuffix(desk, "\n"), "\n\n" + strings.TrimSuffix(keypad2TOML, "\n")},
		"Windows":              {"\xef\xbb\xbf" + crlf.Replace(desk), crlf.Replace("\n" + keypad2TOML)},
		"Windows, no last one": {strings.TrimSuffix(crlf.Replace(desk), "\r\n"), crlf.Replace("\n\n" + strings.TrimSuffix(keypad2TOML, "\n"))},
		"blank lines":          {desk + "\n\n", "\n" + keypad2TOML},
		"a table of few words": {"[[tag]]\ncode='praise'\n[press]", "\n\n" + strings.TrimSuffix(keypad2TOML, "\n")},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			path := write(t, tt.old)
			if err := AppendButton(path, keypad2); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.old+tt.want, read(t, path)); diff != "" {
				t.Errorf("file (-want +got):\n%s", diff)
			}
		})
	}
}

// What would be no sound configuration is refused as Load would, and the file is
// left alone.
func TestAppendButtonRefused(t *testing.T) {
	with := func(change func(*Button)) Button {
		b := keypad2
		change(&b)
		return b
	}
	tests := []struct {
		name, old string
		button    Button
		want      string // after the path
	}{
		{"bound already", desk, Button{Device: hid.Match{VendorID: 0x04d9, ProductID: 0x1203}, Key: hid.Key{Page: hid.PageKeyboard, Usage: 0x59}, Tap: Action{Undo: true}}, `:20: button "Keypad 1": Keypad 1 of 04d9:1203 is bound already, in line 9`},
		{"unknown tag", desk, with(func(b *Button) { b.Tap.Tag = "prase" }), `:21: button "Keypad 2": unknown tag "prase" (did you mean "praise"?)`},
		{"retired tag", desk, with(func(b *Button) { b.Tap.Tag = "gone" }), `:21: button "Keypad 2": tag "gone" is retired`},
		{"nothing to do", desk, with(func(b *Button) { b.Tap, b.Hold = Action{}, Action{} }), `:18: button "Keypad 2": it does nothing: want tap, hold or double`},
		{"any key held", desk, with(func(b *Button) { b.Key = hid.AnyKey }), `:22: button "Any key": any key has no hold: one press may be many keys at once, so that it can only be a tap`},
		{"no device", desk, with(func(b *Button) { b.Device = hid.Match{} }), `:19: button "Keypad 2": device: device "0000:0000": 0000:0000 is no model`},
		{"a tag with a line feed", desk, with(func(b *Button) { b.Tap.Tag = "praise\"\n[[tag]]" }), `:21: `},
		{"broken before", desk + "[desk]\nnam_e = 'x'\n", keypad2, `:18: [desk]: unknown key "nam_e" (did you mean "name"?)`},
		{"not TOML before", desk + "[desk\n", keypad2, `:17: `},
		{"too large", desk + "#" + strings.Repeat("x", maxBytes-len(desk)-10) + "\n", keypad2, ":1: the file is larger than 1 MiB"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := write(t, tt.old)
			err := AppendButton(path, tt.button)
			var problems *Error
			if !errors.As(err, &problems) || !strings.HasPrefix(err.Error(), path+tt.want) {
				t.Errorf("AppendButton = %v\nwant %s%s", err, path, tt.want)
			}
			if got := read(t, path); got != tt.old {
				t.Errorf("file: %.300q, want it as it was", got)
			}
			onlyFile(t, path)
		})
	}
}

// The file that is replaced is the one behind a link, with its own mode.
func TestAppendButtonThroughLink(t *testing.T) {
	path := write(t, desk)
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link.toml")
	if err := os.Symlink(path, link); err != nil {
		t.Skipf("skipped: no links here: %v", err)
	}
	if err := AppendButton(link, keypad2); err != nil {
		t.Fatal(err)
	}
	if got := read(t, path); got != desk+"\n"+keypad2TOML {
		t.Errorf("file = %q", got)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link is %v (%v), want a link", info.Mode(), err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode = %v (%v), want 0640", info.Mode(), err)
	}
	onlyFile(t, path)
}

// What cannot be written is named, and stays.
func TestAppendButtonNotWritable(t *testing.T) {
	dir := t.TempDir()
	for name, path := range map[string]string{"no file": filepath.Join(dir, "none.toml"), "a folder": dir} {
		t.Run(name, func(t *testing.T) {
			err := AppendButton(path, keypad2)
			if err == nil || !strings.HasPrefix(err.Error(), "adding a button to "+path+": ") || strings.Count(err.Error(), path) > 1 {
				t.Errorf("AppendButton = %v, want the path once", err)
			}
		})
	}
	if err := AppendButton(filepath.Join(dir, "none.toml"), keypad2); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("AppendButton = %v, want fs.ErrNotExist", err)
	}
	t.Run("read only", func(t *testing.T) {
		if os.Geteuid() == 0 {
			t.Skip("skipped: root may write everything")
		}
		path := write(t, desk)
		if err := os.Chmod(path, 0o444); err != nil {
			t.Fatal(err)
		}
		if err := AppendButton(path, keypad2); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("AppendButton = %v, want fs.ErrPermission", err)
		}
		if got := read(t, path); got != desk {
			t.Errorf("file = %q, want it as it was", got)
		}
	})
}

// Of appends at the same time none is lost.
func TestAppendButtonAtOnce(t *testing.T) {
	path := write(t, desk)
	const many = 20
	var wg sync.WaitGroup
	for i := range many {
		wg.Go(func() {
			b := keypad2
			b.Key = hid.ButtonKey(i + 1)
			if err := AppendButton(path, b); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(c.Buttons); got != 2+many {
		t.Errorf("%d buttons, want %d", got, 2+many)
	}
	onlyFile(t, path)
}

// What an editor saved after the file was read is not written over.
func TestReplaceChanged(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"written": func(path string) error { return os.WriteFile(path, []byte(desk+"# more\n"), 0o600) },
		"replaced by the same text": func(path string) error {
			return errors.Join(os.WriteFile(path+"~", []byte(desk), 0o600), os.Rename(path+"~", path))
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := write(t, desk)
			old, info, err := readRegular(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := change(path); err != nil {
				t.Fatal(err)
			}
			saved := read(t, path)
			if err := replace(path, info, old, []byte("# ours\n")); !errors.Is(err, errChanged) {
				t.Errorf("replace = %v, want errChanged", err)
			}
			if got := read(t, path); got != saved {
				t.Errorf("file = %q, want what was saved", got)
			}
			onlyFile(t, path)
		})
	}
}

func TestButtonLine(t *testing.T) {
	for _, tt := range []struct {
		device, key string
		want        int
	}{
		{"04d9:1203", "kp1", 7},
		{"04d9:1203#A \"7\"", "any", 12},
		{"04d9:1203", "kp2", 0},
		{"04d9:1203@1-1", "kp1", 0},
	} {
		device, err1 := hid.ParseMatch(tt.device)
		key, err2 := hid.ParseKey(tt.key)
		got, err3 := ButtonLine(write(t, "\xef\xbb\xbf"+desk), device, key)
		if err := errors.Join(err1, err2, err3); err != nil {
			t.Fatal(err)
		}
		if got != tt.want {
			t.Errorf("ButtonLine(%s, %s) = %d, want %d", tt.device, tt.key, got, tt.want)
		}
	}
}

// FuzzAppendButton holds that to a sound file a sound button is appended, nothing
// else is changed, and the result has one button more, the one that was meant;
// and that otherwise nothing is changed at all.
func FuzzAppendButton(f *testing.F) {
	for _, file := range []string{desk, rich, strings.ReplaceAll(desk, "\n", "\r\n"), strings.TrimSpace(desk), "", "#", string(starter("x"))} {
		f.Add([]byte(file), "04d9:1203@1-2.3", "F13", "praise", "undo", "")
		f.Add([]byte(file), `04d9:1203#"\'`, "raw:3.2=0", "undo", "", "praise")
		f.Add([]byte(file), "04d9:1203", "any", "praise", "", "")
	}
	path := filepath.Join(f.TempDir(), "f.toml")
	f.Fuzz(func(t *testing.T, data []byte, device, key, tap, hold, double string) {
		b := Button{Tap: actionOf(tap), Hold: actionOf(hold), Double: actionOf(double)}
		var err1, err2 error
		b.Device, err1 = hid.ParseMatch(device)
		b.Key, err2 = hid.ParseKey(key)
		old, err := Parse(path, data)
		if err1 != nil || err2 != nil || err != nil {
			return
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		err = AppendButton(path, b)
		got := []byte(read(t, path))
		if err != nil {
			if !bytes.Equal(got, data) {
				t.Errorf("file after %v: %q, want it as it was", err, got)
			}
			if sound(old, b) {
				t.Errorf("AppendButton(%+v) = %v to\n%s", b, err, data)
			}
			return
		}
		if !bytes.HasPrefix(got, data) {
			t.Fatalf("file = %q, want it to begin as it was", got)
		}
		now, err := Parse(path, got)
		if err != nil {
			t.Fatal(err)
		}
		old.Buttons = append(old.Buttons, b)
		if diff := cmp.Diff(old, now, sameConfig); diff != "" {
			t.Errorf("configuration (-want +got):\n%s", diff)
		}
	})
}

func actionOf(s string) Action {
	a, _ := parseAction(s)
	return a
}

// sound reports whether nothing is wrong with a button.
func sound(c *Config, b Button) bool {
	for _, a := range []Action{b.Tap, b.Hold, b.Double} {
		if _, err := c.Catalogue.Usable(a.Tag); a.Tag != "" && err != nil {
			return false
		}
	}
	for _, other := range c.Buttons {
		if other.Device == b.Device && other.Key == b.Key {
			return false
		}
	}
	return b.Gestures() != hid.Gestures{} && (b.Key != hid.AnyKey || b.Gestures() == hid.Gestures{Tap: true})
}

func write(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "magicbutton.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// onlyFile checks that nothing was left beside a file.
func onlyFile(t testing.TB, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 {
		t.Errorf("files: %s", fmt.Sprint(entries))
	}
}
