package agent

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// pageKeyBytes is the length of the key that the page's cookies are signed with: that of
// HMAC-SHA-256's output, RFC 2104, section 3.
const pageKeyBytes = 32

// PageKeyFile is where the key of the page is kept, beside the database. Whoever reads it
// can make a cookie, so nobody but the owner of the database may.
func PageKeyFile(db string) string { return db + ".page" }

// pageKey returns the key that is kept, or makes one where none is, or none that may be
// used; made says why, "" for not made. With an error the key is one that is not kept.
func pageKey(db string) (key []byte, made string, err error) {
	path := PageKeyFile(db)
	key, made, err = readPageKey(path)
	if err == nil && made == "" {
		return key, "", nil
	}
	key = make([]byte, pageKeyBytes)
	_, _ = rand.Read(key) // it never fails
	if err == nil {
		err = writePageKey(path, db, key)
	}
	if err != nil {
		err = fmt.Errorf("keeping the key of the page in %s: %w", path, err)
	}
	return key, made, err
}

// readPageKey returns the key in a file, or why that one must be replaced.
func readPageKey(path string) (key []byte, unfit string, err error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, "there was none", nil
	case err != nil:
		return nil, "", err
	case !info.Mode().IsRegular():
		return nil, "", errors.New("it is no file of its own; take it away")
	}
	if why := openToOthers(info); why != "" {
		return nil, why, nil
	}
	key, err = os.ReadFile(path)
	if err == nil && len(key) != pageKeyBytes {
		return nil, fmt.Sprintf("it was %d bytes long, not %d", len(key), pageKeyBytes), nil
	}
	return key, "", err
}

// writePageKey writes the key, whole or not at all.
func writePageKey(path, db string, key []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.new") // for its owner alone
	if err != nil {
		return err
	}
	_, err = f.Write(key)
	err = errors.Join(err, giveToOwnerOf(f, db), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return syncDir(filepath.Dir(path))
}
