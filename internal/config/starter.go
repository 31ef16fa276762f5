package config

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

//go:embed starter.toml
var starterText string

// starter returns the starter configuration of a desk; "" leaves the name to
// [Parse].
func starter(desk string) []byte {
	return []byte(strings.Replace(starterText, `"{{desk}}"`, quote(desk), 1))
}

// Init writes the starter configuration, the desk named after the host, and makes
// the folders on the way to it. It never overwrites: errors.Is(err, fs.ErrExist)
// holds where there is a file, a folder or a link of that name.
func Init(path string) error {
	err := writeNew(path, starter(hostName()))
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("writing a starter configuration: %s: %w", path, fs.ErrExist)
	}
	if err != nil {
		return fmt.Errorf("writing a starter configuration: %w", err)
	}
	return nil
}

// writeNew writes a file that was not there, or leaves none.
func writeNew(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}
