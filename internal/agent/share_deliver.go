package agent

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode"

	"magicbutton/internal/cx"
)

// delivery is a copy that is to go into the shared folder.
type delivery struct {
	from   string // the copy beside the database
	sum    string // its SHA-256, in hex
	folder string
	desk   string
	origin cx.Origin
	at     time.Time
	last   shared
	free   func(folder string) (uint64, bool) // as freeBytes
}

// shared is what is remembered of the last copy, in a file beside the database.
type shared struct {
	Folder string `json:"folder"`
	File   string `json:"file"` // its name in the folder
	// Sums are the SHA-256 of the last copies that were made, in hex: so a copy that
	// another machine put there under the same name is told from this one's. The last
	// of them need not have arrived.
	Sums    []string  `json:"sums"`
	At      time.Time `json:"at"`
	Version string    `json:"version"` // see store.Version
	// Suffix keeps two machines apart that have one origin; "" is the rule.
	Suffix string `json:"suffix,omitempty"`
	// Mounted says that the folder was one where a disk is mounted.
	Mounted bool `json:"mounted,omitempty"`
	// Double says that another machine's copy was found just now.
	Double bool `json:"-"`
}

func (s shared) path() string {
	if s.File == "" {
		return ""
	}
	return filepath.Join(s.Folder, s.File)
}

// meant adds the sum of a copy that is about to be put there.
func (s *shared) meant(sum string) {
	const most = 4 // more than one only where the folder was away meanwhile
	sums := slices.DeleteFunc(slices.Clone(s.Sums), func(known string) bool { return known == sum })
	s.Sums = append(sums[max(0, len(sums)-most+1):], sum)
}

func sharedPath(db string) string { return db + ".shared" }

// readShared returns what is remembered; what cannot be read is forgotten, which
// costs no more than a copy.
func readShared(db string) (s shared) {
	b, err := os.ReadFile(sharedPath(db))
	if err != nil || json.Unmarshal(b, &s) != nil {
		return shared{}
	}
	return s
}

func (s shared) write(db string) error {
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	temp := sharedPath(db) + ".new"
	if err := os.WriteFile(temp, append(b, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(temp, sharedPath(db))
}

// copyMode lets the group of the folder read a copy, and nobody else: there are
// customers' words in it.
const copyMode = 0o640

// target returns where the copy goes. The name begins with the desk's, for people;
// the origin tells desks apart that have the same name.
func (d delivery) target() string {
	const most = 40 // characters of a desk's name; the longest is twice that
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' {
			return r
		}
		return '-'
	}, d.desk)
	if r := []rune(name); len(r) > most {
		name = string(r[:most])
	}
	name = strings.Trim(name, "-")
	if name == "" {
		name = "desk"
	}
	name += "-" + d.origin.String()
	if d.last.Suffix != "" && d.last.Folder == d.folder {
		name += "-" + d.last.Suffix
	}
	return filepath.Join(d.folder, name+".db")
}

// deliverCopy puts a copy into the shared folder: under another name first, so that
// whoever reads the folder finds whole files only. The folder must be there: one
// that is not is a disk that is not mounted, and to make it would fill the wrong
// one.
func deliverCopy(d delivery) (shared, error) {
	mounted, err := d.present()
	if err != nil {
		return shared{}, describe(d.folder, err)
	}
	out := shared{Folder: d.folder, Mounted: mounted, Sums: d.last.Sums, At: d.at}
	if d.last.Folder == d.folder {
		out.Suffix = d.last.Suffix
	}
	if err := roomFor(d.from, d.folder, d.free); err != nil {
		return shared{}, describe(d.folder, err)
	}
	temp := filepath.Join(d.folder, d.tempPrefix()+rand.Text()[:4])
	if err = copyTo(temp, d.from, d.folder); err == nil {
		err = d.place(&out, temp)
	}
	if err != nil {
		_ = os.Remove(temp)
		return shared{}, describe(d.folder, err)
	}
	d.sweep(filepath.Join(d.folder, out.File))
	return out, nil
}

// tempPrefix begins the names that a copy of this desk has until it is whole.
func (d delivery) tempPrefix() string { return ".magicbutton-" + d.origin.String() + "-" }

// sweep removes what a killed agent left in the folder. What is newer may be a
// copied machine's that is just writing. The ages are of the folder's own clock.
func (d delivery) sweep(fresh string) {
	const old = time.Hour
	now, err := os.Stat(fresh)
	if err != nil {
		return
	}
	entries, _ := os.ReadDir(d.folder)
	for _, e := range entries {
		if info, err := e.Info(); err == nil && strings.HasPrefix(e.Name(), d.tempPrefix()) && now.ModTime().Sub(info.ModTime()) > old {
			_ = os.Remove(filepath.Join(d.folder, e.Name()))
		}
	}
}

// place gives the copy its name, and removes the one that this desk had under
// another name before.
func (d delivery) place(out *shared, temp string) error {
	before := d.last
	// Without memory of a copy there, too: a machine may have been copied before it shared any.
	switch sum, err := sumOf(d.target()); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case !slices.Contains(d.last.Sums, sum):
		out.Suffix, out.Double = rand.Text()[:4], true
		d.last.Folder, d.last.Suffix = d.folder, out.Suffix
	}
	target := d.target()
	if err := os.Rename(temp, target); err != nil {
		return err
	}
	out.File = filepath.Base(target)
	if old := before.path(); old != "" && old != target && !out.Double && before.Folder == d.folder {
		if sum, err := sumOf(old); err == nil && slices.Contains(before.Sums, sum) {
			_ = os.Remove(old) // a double costs a lead nothing but a glance
		}
	}
	return syncDir(d.folder)
}

// look says what is wrong with the folder, if anything is.
func (d delivery) look() (shared, error) {
	if _, err := d.present(); err != nil {
		return shared{}, describe(d.folder, err)
	}
	return shared{}, nil
}

// present says whether the folder is there, and whether a disk is mounted on it.
func (d delivery) present() (mounted bool, err error) {
	info, err := os.Stat(d.folder)
	if err != nil {
		return false, err
	}
	if !info.IsDir() {
		return false, errors.New("it is no folder")
	}
	if mounted = isMountPoint(d.folder, info); mounted {
		return true, nil
	}
	if d.last.Mounted && d.last.Folder == d.folder {
		return false, errors.New("nothing is mounted there")
	}
	entries, err := os.ReadDir(d.folder)
	if err != nil {
		return false, err
	}
	if len(entries) == 0 && forMounts(d.folder) {
		return false, errors.New("it is empty and nothing is mounted there; if it is meant, make a file in it")
	}
	return false, nil
}

// forMounts reports whether a folder is one of those that are there for a disk to be
// mounted on (hier(7); macOS).
func forMounts(folder string) bool {
	for _, top := range []string{"/mnt", "/media", "/run/media", "/Volumes"} {
		if folder == top || strings.HasPrefix(folder, top+"/") {
			return true
		}
	}
	return false
}

// spareBytes is what a copy leaves free on a disk, for the presses meanwhile.
const spareBytes = 1 << 20

// roomFor tells whether a folder's disk is too full for a copy of a file.
func roomFor(file, folder string, freeBytes func(folder string) (uint64, bool)) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if free, known := freeBytes(folder); known && free < uint64(info.Size())+spareBytes {
		return syscall.ENOSPC // without how much: it is told again when it reads otherwise
	}
	return nil
}

// copyTo copies a file and flushes the copy.
func copyTo(to, from, folder string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, copyMode)
	if err != nil {
		return err
	}
	giveToOwner(out, folder)
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

func sumOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return "", fmt.Errorf("reading %s: %w", path, err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
