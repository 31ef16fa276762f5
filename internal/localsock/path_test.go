package localsock

import (
	"path/filepath"
	"testing"
)

func TestPath(t *testing.T) {
	db := newDB(t, t.TempDir())
	before, err := Path(db)
	if err != nil || !filepath.IsAbs(before) {
		t.Fatalf("Path(%s) before anybody listens = %q, %v, want an absolute path", db, before, err)
	}
	l, err := Listen(db)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	got, err := Path(db)
	if want := l.Addr().String(); err != nil || got != want {
		t.Errorf("Path(%s) = %q, %v, want %q, where the agent listens", db, got, err, want)
	}
	t.Chdir(filepath.Dir(db))
	if relative, err := Path("desk.db"); err != nil || relative != got {
		t.Errorf("Path of the relative name = %q, %v, want %q", relative, err, got)
	}
	other, err := Path(filepath.Join(t.TempDir(), "other.db"))
	if err != nil || other == got {
		t.Errorf("Path of another database = %q, %v: the same as of the first", other, err)
	}
}
