package usblab

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"magicbutton/internal/usblab/wire"
)

// archive is a cpio archive in the newc format, as the kernel unpacks it at boot
// (kernel documentation, driver-api/early-userspace/buffer-format).
type archive struct {
	bytes.Buffer
	inode int
	dirs  map[string]bool // already written
}

// File types of a newc header's mode, as in stat(2).
const (
	modeDir  = 0o040000
	modeFile = 0o100000
)

// add writes a file, after the folders above it.
func (a *archive) add(name string, perm uint32, data []byte) {
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	a.addDir(path.Dir(name))
	a.entry(name, modeFile|perm, data)
}

func (a *archive) addDir(name string) {
	if name == "." || a.dirs[name] {
		return
	}
	a.addDir(path.Dir(name))
	if a.dirs == nil {
		a.dirs = map[string]bool{}
	}
	a.dirs[name] = true
	a.entry(name, modeDir|0o755, nil)
}

// end writes the entry that closes an archive.
func (a *archive) end() { a.entry("TRAILER!!!", 0, nil) }

func (a *archive) entry(name string, mode uint32, data []byte) {
	a.inode++
	// magic, inode, mode, uid, gid, links, mtime, size, device (2), special device (2), name's size, checksum
	fmt.Fprintf(a, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x",
		a.inode, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name)+1, 0)
	a.WriteString(name + "\x00")
	a.pad()
	a.Write(data)
	a.pad()
}

// pad fills up to a multiple of four bytes.
func (a *archive) pad() {
	for a.Len()%4 != 0 {
		a.WriteByte(0)
	}
}

// initramfs makes the guest's root file system.
func initramfs(k kit, o Options) ([]byte, error) {
	var a archive
	copyIn := func(name, file string) error {
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		a.add(name, 0o755, data)
		return nil
	}
	first, err := helper()
	if err != nil {
		return nil, err
	}
	a.add("/init", 0o755, first)
	if err := copyIn("/bin/busybox", k.busybox); err != nil {
		return nil, err
	}
	var load strings.Builder
	for _, name := range moduleNames() {
		file := k.modules[name]
		if file == "" {
			continue // built into the kernel
		}
		if err := copyIn(path.Join(wire.ModuleDir, name+".ko"), file); err != nil {
			return nil, err
		}
		params := o.ModuleParams[name]
		if name == "dummy_hcd" {
			params = fmt.Sprintf("num=%d %s", GadgetPorts, params)
		}
		fmt.Fprintf(&load, "%s %s\n", name, params)
	}
	a.add(wire.ModuleList, 0o644, []byte(load.String()))
	a.add("/etc/passwd", 0o644, []byte("root:x:0:0::/root:/bin/sh\nrep:x:1000:1000::/home/rep:/bin/sh\n"))
	a.add("/etc/group", 0o644, []byte("root:x:0:\nrep:x:1000:\n"))
	a.addDir("root")
	a.addDir("tmp")
	a.addDir("run")
	for _, name := range slices.Sorted(maps.Keys(o.Files)) {
		if err := copyIn(name, o.Files[name]); err != nil {
			return nil, err
		}
	}
	a.end()
	return a.Bytes(), nil
}
