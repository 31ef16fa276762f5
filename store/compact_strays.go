package store

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
)

// What a temporary file is called: the database's name, what it is for, and
// letters that nobody else has.
const (
	compactMark = ".compact-"
	backupMark  = ".backup-"
	restoreMark = ".restore-"
)

// temporary returns the name of a file for work at the database.
func temporary(path, mark string) string { return path + mark + rand.Text() }

// removeStrays removes what work at the database left beside it that was killed:
// what was erased since would still be in there. Nobody else may be at work.
func removeStrays(path string) {
	folder, name := filepath.Dir(path), filepath.Base(path)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return // nothing depends on it
	}
	for _, e := range entries {
		for _, mark := range []string{compactMark, backupMark, restoreMark} {
			if rest, ok := strings.CutPrefix(e.Name(), name+mark); ok && isTemporary(rest) {
				_ = os.Remove(filepath.Join(folder, e.Name()))
			}
		}
	}
}

// isTemporary reports whether a name goes on as temporary made it, or as one of
// such a name.
func isTemporary(rest string) bool {
	n := len(rand.Text())
	return len(rest) >= n && strings.Trim(rest[:n], "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}
