package usblab

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Fault is a change of a module that a program is linked with.
type Fault struct {
	Module, File string // file within the module
	Old, New     string // Old is there once
}

// BuildFaulty is Build with a fault in it, for a control: a test must find a program that has it at fault.
func BuildFaulty(t testing.TB, pkg string, f Fault) string {
	t.Helper()
	flag, err := f.modfile(t.TempDir())
	if err != nil {
		t.Fatalf("putting a fault into %s: %v", f.Module, err)
	}
	program, err := compile(pkg, append([]string{flag}, staticArgs...), staticEnv)
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), filepath.Base(pkg))
	if err := os.WriteFile(out, program, 0o755); err != nil {
		t.Fatal(err)
	}
	return out
}

// modfile copies the module, changes it, and returns the go command's flag for a go.mod that names the copy.
func (f Fault) modfile(dir string) (flag string, err error) {
	original, err := goOutput("list", "-m", "-f", "{{.Dir}}", f.Module)
	if err != nil {
		return "", err
	}
	replaced := filepath.Join(dir, "module")
	if err := os.CopyFS(replaced, os.DirFS(original)); err != nil {
		return "", err
	}
	file := filepath.Join(replaced, f.File)
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(text), f.Old); n != 1 {
		return "", fmt.Errorf("%s has %q %d times, want once", f.File, f.Old, n)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), f.Old, f.New, 1)), 0o600); err != nil {
		return "", err
	}
	goMod, err := goOutput("env", "GOMOD")
	if err != nil {
		return "", err
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join(filepath.Dir(goMod), name))
		if err != nil {
			return "", err
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			return "", err
		}
	}
	mod := filepath.Join(dir, "go.mod")
	_, err = goOutput("mod", "edit", "-replace", f.Module+"="+replaced, mod)
	return "-modfile=" + mod, err
}

// goOutput runs the go command and returns the line that it prints.
func goOutput(args ...string) (string, error) {
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}
