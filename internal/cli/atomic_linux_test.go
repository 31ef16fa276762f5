package cli

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/config"
)

// What -o may replace: that a folder can be written does not mean that each file in it
// may be.
func TestReplaceAsUser(t *testing.T) {
	const user, other, group, team = 65531, 65532, 65531, 65533
	if os.Geteuid() != 0 {
		t.Skip("only root can be two users")
	}
	type owned struct {
		UID, GID int
		Mode     fs.FileMode
	}
	for _, test := range []struct {
		name   string
		as     int
		before owned
		want   string // in the error, "" where it is written
	}{
		{"one's own", user, owned{user, group, 0o640}, ""},
		{"one's own that is read-only", user, owned{user, group, 0o400}, "permission denied"},
		{"one's own of a group that one is not in", user, owned{user, team, 0o640}, "another user or group"},
		{"another's read-only", user, owned{other, group, 0o400}, "permission denied"},
		{"another's that all may read", user, owned{other, group, 0o644}, "permission denied"},
		{"another's that all may write", user, owned{other, team, 0o666}, "another user or group"},
		{"another's read-only, by root", 0, owned{other, team, 0o400}, ""},
		{"another's, by root", 0, owned{other, team, 0o640}, ""},
	} {
		for _, through := range []string{"old.html", "link"} {
			t.Run(test.name+" as "+through, func(t *testing.T) {
				t.Chdir(t.TempDir()) // the way to it is root's
				err := errors.Join(os.WriteFile("old.html", []byte("before"), 0o600), os.Chown("old.html", test.before.UID, test.before.GID),
					os.Chmod("old.html", test.before.Mode), os.Symlink("old.html", "link"), os.Chown(".", user, group))
				if err != nil {
					t.Fatal(err)
				}
				asUser(t, test.as, func() { err = place{config: &config.Config{}}.writeTo(through, writeAfter) })
				want := "after"
				if test.want != "" {
					want = "before"
				}
				if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
					t.Errorf("writing = %v, want %q in it", err, test.want)
				}
				if err != nil && (!strings.HasPrefix(err.Error(), "writing "+through+": ") || strings.Count(err.Error(), through) > 1 || hintOf(nil, err) == "") {
					t.Errorf("writing = %v, want the path once, and a hint", err)
				}
				got, err := os.ReadFile("old.html")
				if err != nil || string(got) != want {
					t.Errorf("the file holds %q, %v, want %q", got, err, want)
				}
				info, err := os.Stat("old.html")
				if err != nil {
					t.Fatal(err)
				}
				st := info.Sys().(*syscall.Stat_t)
				if diff := cmp.Diff(test.before, owned{int(st.Uid), int(st.Gid), info.Mode()}); diff != "" {
					t.Errorf("whose it is (-before +after):\n%s", diff)
				}
				if left, err := filepath.Glob(".old.html*"); len(left) > 0 || err != nil {
					t.Errorf("left beside it: %v, %v", left, err)
				}
			})
		}
	}
}

func writeAfter(w io.Writer) error {
	_, err := io.WriteString(w, "after")
	return err
}

// asUser runs f on a thread that has the files' permissions of another user, and of the
// group of the same number.
func asUser(t *testing.T, id int, f func()) {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := errors.Join(syscall.Setfsgid(id), syscall.Setfsuid(id)); err != nil {
		t.Fatal(err)
	}
	f()
	if err := errors.Join(syscall.Setfsuid(0), syscall.Setfsgid(0)); err != nil {
		t.Fatal(err)
	}
}
