package config

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestShareFolder(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	here := t.TempDir()
	for _, tt := range []struct{ name, in, want string }{
		{"absolute", filepath.Join(here, "x"), filepath.Join(here, "x")},
		{"beside the file", "shared", filepath.Join(here, "shared")},
		{"up", "../shared", filepath.Join(filepath.Dir(here), "shared")},
		{"home", "~", home},
		{"below home", "~/cx/desks/", filepath.Join(home, "cx", "desks")},
		{"a name with a tilde", "~cx", filepath.Join(here, "~cx")},
		{"blanks and quotes", `my "cx"`, filepath.Join(here, `my "cx"`)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := Parse(filepath.Join(here, "magicbutton.toml"), []byte("[share]\nfolder = "+quote(tt.in)))
			if err != nil {
				t.Fatal(err)
			}
			if c.Share.Folder != tt.want {
				t.Errorf("folder = %q, want %q", c.Share.Folder, tt.want)
			}
			again, err := Parse(filepath.Join(t.TempDir(), "elsewhere.toml"), c.TOML())
			if err != nil || again.Share != c.Share {
				t.Errorf("printed and read elsewhere: %+v, %v; want %+v", again, err, c.Share)
			}
		})
	}
	for _, tt := range []struct{ name, in, want string }{
		{"empty", `folder = ""`, "f:2: [share]: folder: want a folder; leave [share] out for none"},
		{"no text", `folder = true`, "f:2: [share]: folder: want text in quotes, not true"},
		{"misspelt", `foldr = "x"`, `f:2: [share]: unknown key "foldr" (did you mean "folder"?)`},
		{"line feed", `folder = "a\nb"`, "f:2: [share]: folder: a folder without control characters is wanted"},
		{"too long", `folder = "` + strings.Repeat("x", 1001) + `"`, "f:2: [share]: folder: 1001 bytes are too long for a folder"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Parse("f", []byte("[share]\n"+tt.in)); err == nil || err.Error() != tt.want {
				t.Errorf("error %v, want %s", err, tt.want)
			}
		})
	}
}
