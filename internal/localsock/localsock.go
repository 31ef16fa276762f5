// Package localsock is the local socket between the agent and the commands on
// the same machine. Where it lies follows from the database alone, so that
// socket and database are one to one and nothing has to be configured: two
// commands that mean the same file meet, whatever their environment says.
package localsock

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
)

// ErrNobody means that nobody listens for the database: no agent runs.
var ErrNobody = errors.New("no agent listens")

// maxPath is the longest path that fits every system's sockaddr_un: 104 bytes
// on the BSDs and macOS (sys/un.h), with its closing zero.
const maxPath = 103

// Listen makes the socket of a database and listens on it. The database must
// exist, and the caller must hold its lock: whatever socket file is found then
// belongs to a process that is gone, and is removed.
func Listen(db string) (net.Listener, error) {
	name, err := socketName(db)
	if err != nil {
		return nil, err
	}
	var errs []error
	for _, dir := range dirs(db) {
		l, err := listenIn(dir, name, owner(db))
		if err == nil {
			return l, nil
		}
		errs = append(errs, err)
	}
	return nil, fmt.Errorf("listening for commands: %w", errors.Join(errs...))
}

// listenIn makes the socket for the user who owns the database: root, who may run
// an agent for somebody else, must not lock them out of their own folder.
func listenIn(dir, name string, uid int) (net.Listener, error) {
	path := filepath.Join(dir, name)
	if len(path) > maxPath {
		return nil, fmt.Errorf("socket path %s is longer than %d bytes", path, maxPath)
	}
	if err := makePrivate(dir, uid); err != nil {
		return nil, err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return listenPrivate(path, uid)
}

// Path returns where the socket of a database is, or, while there is none, the
// first place where [Listen] would make it.
func Path(db string) (string, error) {
	name, err := socketName(db)
	if err != nil {
		return "", err
	}
	list := dirs(db)
	for _, dir := range list {
		path := filepath.Join(dir, name)
		if _, err := os.Lstat(path); err == nil {
			return path, nil
		}
	}
	if len(list) == 0 {
		return "", fmt.Errorf("finding the socket of %s: this user has no folder for it", db)
	}
	return filepath.Join(list[0], name), nil
}

// Dial connects to the agent of a database. It returns [ErrNobody] where none
// listens that this user can see, and an error for which
// errors.Is(err, fs.ErrPermission) holds where this user may not talk to it. A
// folder that this user may not enter proves nothing: it stays when an agent stops,
// and holds the sockets of all databases of its owner.
func Dial(ctx context.Context, db string) (net.Conn, error) {
	name, err := socketName(db)
	if errors.Is(err, fs.ErrPermission) { // the way to the database is barred, too
		return nil, ErrNobody
	}
	if err != nil {
		return nil, err
	}
	for _, dir := range dirs(db) {
		var d net.Dialer
		path := filepath.Join(dir, name)
		conn, err := d.DialContext(ctx, "unix", path)
		switch {
		case err == nil:
			return conn, nil
		case isNobody(err), isHidden(path):
			continue
		default:
			return nil, fmt.Errorf("talking to the agent: %w", err)
		}
	}
	return nil, ErrNobody
}

func isNobody(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ENOTDIR) || isNobodyOS(err)
}

// isHidden reports whether this user may not even see a file.
func isHidden(path string) bool {
	_, err := os.Lstat(path)
	return errors.Is(err, fs.ErrPermission)
}

// socketName derives the file name from the database's canonical path. 16 hex
// digits are 64 bits: no two databases of one machine will meet.
func socketName(db string) (string, error) {
	path, err := canonical(db)
	if err != nil {
		return "", fmt.Errorf("finding the socket of %s: %w", db, err)
	}
	sum := sha256.Sum256([]byte(path))
	return hex.EncodeToString(sum[:8]) + ".sock", nil
}

// canonical returns the absolute path without symbolic links. The file itself
// need not exist.
func canonical(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	whole, err := filepath.EvalSymlinks(path)
	if err == nil {
		return whole, nil
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(path))
	if errors.Is(err, fs.ErrNotExist) {
		return path, nil // no folder, so no database and no agent
	}
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, filepath.Base(path)), nil
}
