package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// Share says where the agent puts a copy of its database for the lead.
type Share struct {
	// Folder is an absolute path, "" for none. It may be away for a while, as a
	// stick or another machine's disk is: the configuration is right all the same.
	Folder string
}

// sharedFolder returns the folder that a file at path means: ~ is the home of who
// runs the program, and what is not absolute is taken from the file's own folder,
// so that it means the same wherever a command is typed.
func sharedFolder(path, folder string) (string, error) {
	const most = 1000 // bytes; no file system that is shared takes more
	switch {
	case strings.TrimSpace(folder) == "":
		return "", errors.New("want a folder; leave [share] out for none")
	case len(folder) > most:
		return "", fmt.Errorf("%d bytes are too long for a folder", len(folder))
	case strings.ContainsFunc(folder, unicode.IsControl):
		return "", errors.New("a folder without control characters is wanted")
	}
	if rest, ok := strings.CutPrefix(folder, "~"); ok && (rest == "" || os.IsPathSeparator(rest[0])) {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("~ has no meaning here: %w", err)
		}
		folder = filepath.Join(home, rest)
	}
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(filepath.Dir(path), folder)
	}
	return filepath.Abs(folder)
}
