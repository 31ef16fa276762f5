package store

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// What a restore put aside comes back when the new database does not get its name,
// also where a file cannot have two names.
func TestPutBack(t *testing.T) {
	for name, aside := range map[string]func(path string) (string, error){
		"a second name": func(path string) (string, error) { return setAside(path, time.Unix(0, 0)) },
		"renamed":       func(path string) (string, error) { return path + ".old", os.Rename(path, path+".old") },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "events.db")
			err := os.WriteFile(path, []byte("old"), 0o600)
			if err != nil {
				t.Fatal(err)
			}
			old, err := aside(path)
			if err == nil {
				err = putBack(old, path)
			}
			if b, readErr := os.ReadFile(path); err != nil || readErr != nil || string(b) != "old" {
				t.Errorf("after %v: %q, %v", err, b, readErr)
			}
			onlyDatabase(t, path)
		})
	}
}
