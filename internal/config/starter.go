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

// starter returns the starter configuration of a desk; "" leaves its name to the
// host.
func starter(desk string) []byte {
	return []byte(strings.Replace(starterText, `"{{desk}}"`, quote(desk), 1))
}

// Init writes the starter configuration, the desk named after the host. It never
// overwrites: errors.Is(err, fs.ErrExist) holds where there is a file.
func Init(path string) error {
	err := writeNew(path, starter(hostName()))
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("writing a starter configuration: %s is there already: %w", path, fs.ErrExist)
	}
	if err != nil {
		return fmt.Errorf("writing a starter configuration: %w", err)
	}
	return nil
}

// writeNew writes a file that is whole when it appears. Linking it to its name
// fails where the name is taken, which renaming would not.
func writeNew(path string, data []byte) error {
	if _, err := os.Lstat(path); err == nil {
		return fs.ErrExist
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".magicbutton-*.toml")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	err = os.Link(f.Name(), path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	// A file system without hard links, such as FAT.
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = out.Write(data)
	return errors.Join(err, out.Sync(), out.Close())
}
