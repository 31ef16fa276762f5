package usblab

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Build compiles a package with its USB part into a static program, which runs in
// the guest as it is, and returns the file, which lasts as long as the test. A test
// binary compiles it once.
func Build(t testing.TB, pkg string) string {
	t.Helper()
	once, _ := programs.LoadOrStore(pkg, sync.OnceValues(func() ([]byte, error) {
		return compile(pkg, staticArgs, staticEnv)
	}))
	compiled := once.(func() ([]byte, error)) //nolint:errcheck // nothing else is ever stored in programs
	program, err := compiled()
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), filepath.Base(pkg))
	if err := os.WriteFile(out, program, 0o755); err != nil {
		t.Fatal(err)
	}
	return out
}

// What makes a static program with USB.
var (
	staticArgs = []string{
		// netgo and osusergo: glibc's own cannot be linked statically.
		"-tags", "netgo,osusergo",
		"-ldflags", `-linkmode external -extldflags "-static"`,
	}
	staticEnv = []string{
		"CGO_ENABLED=1",
		// Without iconv: a static program finds none of glibc's converters, and hidapi
		// would then give every device an empty serial number.
		"CGO_CFLAGS=-g -O2 -DNO_ICONV",
	}
)

// programs holds what Build compiled: package to func() ([]byte, error).
var programs sync.Map

// helper is the guest's first process, compiled once for all guests of a test binary.
var helper = sync.OnceValues(func() ([]byte, error) {
	return compile("magicbutton/internal/usblab/guest", []string{"-ldflags", "-s -w"}, []string{"CGO_ENABLED=0"})
})

// compile returns the program that a package is.
func compile(pkg string, args, env []string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "usblab")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	out := filepath.Join(dir, "program")
	if err := build(pkg, out, args, env); err != nil {
		return nil, err
	}
	return os.ReadFile(out)
}

func build(pkg, out string, args, env []string) error {
	cmd := exec.Command("go", append(append([]string{"build", "-o", out}, args...), pkg)...)
	cmd.Env = append(os.Environ(), append(env, "GOOS=linux", "GOARCH=amd64")...)
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building %s for the guest: %w\n%s", pkg, err, text)
	}
	return noteSources(pkg, cmd.Env)
}

// noteSources looks at each file that a package is built from, so that the go
// command, which caches a test's result, knows that the test depends on them.
func noteSources(pkg string, env []string) error {
	const files = `{{if not .Standard}}{{$d := .Dir}}{{$d}}
{{range .GoFiles}}{{$d}}/{{.}}
{{end}}{{range .CgoFiles}}{{$d}}/{{.}}
{{end}}{{range .EmbedFiles}}{{$d}}/{{.}}
{{end}}{{end}}`
	list := exec.Command("go", "list", "-deps", "-f", files, pkg)
	list.Env = env
	text, err := list.Output()
	if err != nil {
		return fmt.Errorf("listing the sources of %s: %w", pkg, err)
	}
	for file := range strings.Lines(string(text)) {
		_, _ = os.Stat(strings.TrimSpace(file)) // os.Stat itself takes the note
	}
	return nil
}
