package usblab

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

//go:embed modules.txt
var moduleList string

// kit is what the set-up script put on this machine.
type kit struct {
	qemu    string
	kernel  string
	busybox string
	modules map[string]string // name to file, those that are not built in
}

// findKit looks for everything that a guest needs. Without it the test is skipped,
// and on a CI machine (CI=true) it fails: there, a skipped lab would go unnoticed.
func findKit(t testing.TB) kit {
	t.Helper()
	k, err := lookForKit()
	if err == nil {
		return k
	}
	message := fmt.Sprintf("no USB lab on this machine (run tools/setup-lab.sh): %v", err)
	if os.Getenv("CI") == "true" {
		t.Fatal(message)
	}
	t.Skip(message)
	return k
}

func lookForKit() (kit, error) {
	root, err := checkout()
	if err != nil {
		return kit{}, err
	}
	qemu, err := exec.LookPath("qemu-system-x86_64")
	if err != nil {
		return kit{}, err
	}
	linux := filepath.Join(root, ".cache", "usblab", "linux")
	k := kit{
		qemu:    qemu,
		kernel:  filepath.Join(linux, "kernel"),
		busybox: filepath.Join(linux, "busybox"),
		modules: map[string]string{},
	}
	for _, file := range []string{k.kernel, k.busybox} {
		if _, err := os.Stat(file); err != nil {
			return kit{}, err
		}
	}
	for _, name := range moduleNames() {
		file := filepath.Join(linux, "modules", name+".ko")
		if _, err := os.Stat(file); err == nil {
			k.modules[name] = file
		}
	}
	return k, nil
}

// moduleNames lists the kernel modules in the order in which they are loaded.
func moduleNames() []string {
	var names []string
	for line := range strings.Lines(moduleList) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			names = append(names, line)
		}
	}
	return names
}

// checkout finds the root of the module that the test runs in.
func checkout() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		} else if !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("no go.mod above %s", start)
		}
	}
}
