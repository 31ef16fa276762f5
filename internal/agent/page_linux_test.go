package agent

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"magicbutton/internal/api"
)

// freePort returns a port that nobody had a moment ago.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// startPage runs an agent with a page until the test ends.
func startPage(t testing.TB, b *bus, port int, o Options) *running {
	t.Helper()
	table := func(enabled bool, port int) string {
		return fmt.Sprintf("[page]\nenabled = %t\nport = %d\n", enabled, port)
	}
	r := startOn(t, b, strings.Replace(tagsAndDesk, "[page]\nenabled = false\n", "", 1), table(true, port), o)
	r.page = func(enabled bool, port int) {
		t.Helper()
		text := table(enabled, port)
		r.toml.Store(&text)
		if err := r.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := dial(t, r).Status(t.Context()); err != nil { // it answers when it has opened its page
		t.Fatal(err)
	}
	return r
}

// site returns the page that is open.
func (r *running) site() *site {
	r.web.mu.Lock()
	defer r.web.mu.Unlock()
	return r.web.open
}

// answers reports whether a page is there; any HTTP answer will do.
func answers(port int) bool {
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	resp, err := c.Get(fmt.Sprintf("http://127.0.0.1:%d/", port))
	if err != nil {
		return false
	}
	return resp.Body.Close() == nil
}

func TestPageOpens(t *testing.T) {
	t.Parallel()
	port := freePort(t)
	db := dbPath(t)
	r := startPage(t, nil, port, Options{DB: db})
	c := dial(t, r)
	status, err := c.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "status", status.Page, &api.Page{Address: fmt.Sprintf("http://127.0.0.1:%d/", port)})
	first, err := c.PageTicket(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	second, err := c.PageTicket(t.Context())
	start := fmt.Sprintf("http://127.0.0.1:%d/in#", port)
	if err != nil || !strings.HasPrefix(first.Address, start) || first.Address == second.Address || len(first.Address) < len(start)+20 {
		t.Errorf("tickets %q and %q, %v; want two secrets behind %s", first.Address, second.Address, err, start)
	}
	if !answers(port) {
		t.Error("nobody answers on the page's port")
	}
	key, err := os.ReadFile(db + ".page")
	info, statErr := os.Stat(db + ".page")
	if err != nil || statErr != nil || len(key) != 32 || info.Mode().Perm() != 0o600 {
		t.Errorf("the key has %d bytes and mode %v, %v; want 32 for its owner alone", len(key), info.Mode(), err)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	if answers(port) {
		t.Error("the page is there after the agent stopped")
	}
}

// A port that somebody else has keeps nobody from pressing; the page opens when the port
// is free.
func TestPagePortTaken(t *testing.T) {
	t.Parallel()
	other, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	port := other.Addr().(*net.TCPAddr).Port
	var log logged
	db := dbPath(t)
	r := startPage(t, nil, port, Options{DB: db, Log: log.logger(), pageRetry: 10 * time.Millisecond})
	c := dial(t, r)
	if _, err := c.Log(t.Context(), api.NewEvent{Tag: "praise"}); err != nil {
		t.Errorf("Log = %v", err)
	}
	status, err := c.Status(t.Context())
	if err != nil || status.Page == nil || !strings.Contains(status.Page.Problem, fmt.Sprintf("port %d is taken", port)) || status.Page.Since == nil {
		t.Errorf("status %+v, %v; want that the port is taken, and since when", status.Page, err)
	}
	_, err = c.PageTicket(t.Context())
	wantCode(t, err, api.CodeConflict)
	if e := problem(err); e == nil || !strings.Contains(e.Message, "taken") || !strings.Contains(e.Hint, "[page]") {
		t.Errorf("ticket: %+v, want why there is none, and what to do", e)
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	within(t, 20*time.Second, "the page opens", func() bool { return r.Status().Page.Problem == "" })
	if !answers(port) {
		t.Error("nobody answers on the page's port")
	}
	if got := strings.Count(log.String(), "did not open the page"); got != 1 {
		t.Errorf("the log says %d times that the page did not open, want once:\n%s", got, log.String())
	}
}

func TestPageReload(t *testing.T) {
	t.Parallel()
	one, two := freePort(t), freePort(t)
	r := startPage(t, nil, one, Options{DB: dbPath(t)})
	held, err := net.Dial("tcp4", fmt.Sprintf("127.0.0.1:%d", one)) // a page that is open and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	opened := r.site()
	r.page(true, one)
	if r.site() != opened || !answers(one) {
		t.Error("a reload that changes nothing closed the page")
	}
	r.page(true, two)
	if answers(one) || !answers(two) {
		t.Errorf("moved: the old port answers %t, the new one %t", answers(one), answers(two))
	}
	r.page(false, two)
	if answers(two) || r.Status().Page != nil {
		t.Errorf("taken out: it answers %t, status %+v", answers(two), r.Status().Page)
	}
	_, err = r.web.ticket()
	if e := problem(err); e == nil || !strings.Contains(e.Message, "enabled = false") {
		t.Errorf("ticket: %v, want that there is no page", err)
	}
	r.page(true, one)
	if !answers(one) {
		t.Error("put back: nobody answers")
	}
}

// A program that holds a connection to the page does not keep the agent from stopping.
func TestStopDespiteHeldPage(t *testing.T) {
	t.Parallel()
	port := freePort(t)
	var log logged
	r := startPage(t, nil, port, Options{DB: dbPath(t), Log: log.logger()})
	hold := func(request string) {
		held, err := net.Dial("tcp4", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = held.Close() })
		_, _ = fmt.Fprintf(held, request, port)
	}
	for range 10 {
		hold("POST /tap HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: 10\r\n")
	}
	if err := r.stop(); err != nil {
		t.Errorf("Run = %v", err)
	}
	if strings.Contains(log.String(), "cut off") {
		t.Errorf("the stop waited for requests that nobody had made:\n%s", log.String())
	}
}

func TestPageKey(t *testing.T) {
	whole := bytes.Repeat([]byte{7}, 32)
	for name, test := range map[string]struct {
		before func(path string) error
		made   string // what is said, "" where it stays
		fault  string
	}{
		"none":           {func(string) error { return nil }, "there was none", ""},
		"whole":          {func(p string) error { return os.WriteFile(p, whole, 0o600) }, "", ""},
		"short":          {func(p string) error { return os.WriteFile(p, whole[:31], 0o600) }, "it was 31 bytes long, not 32", ""},
		"empty":          {func(p string) error { return os.WriteFile(p, nil, 0o600) }, "it was 0 bytes long, not 32", ""},
		"read by others": {func(p string) error { return os.WriteFile(p, whole, 0o644) }, "others could read it (-rw-r--r--)", ""},
		"a link":         {func(p string) error { return os.Symlink("elsewhere", p) }, "", "no file of its own"},
		"a folder":       {func(p string) error { return os.Mkdir(p, 0o700) }, "", "no file of its own"},
	} {
		t.Run(name, func(t *testing.T) {
			db := filepath.Join(t.TempDir(), "desk.db")
			if err := os.WriteFile(db, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := test.before(db + ".page"); err != nil {
				t.Fatal(err)
			}
			key, made, err := pageKey(db)
			if len(key) != 32 || made != test.made || (err != nil) != (test.fault != "") || err != nil && !strings.Contains(err.Error(), test.fault) {
				t.Fatalf("pageKey = %x, %q, %v; want made %q, fault %q", key, made, err, test.made, test.fault)
			}
			if kept := test.made == "" && err == nil; kept != bytes.Equal(key, whole) {
				t.Errorf("the key is the old one: %t, want %t", bytes.Equal(key, whole), kept)
			}
			if err != nil {
				return
			}
			again, made, err := pageKey(db)
			if err != nil || made != "" || !bytes.Equal(again, key) {
				t.Errorf("asked again: %x, %q, %v; want the same", again, made, err)
			}
			names, err := filepath.Glob(filepath.Join(filepath.Dir(db), "*"))
			if err != nil || len(names) != 2 {
				t.Errorf("beside the database are %q, %v; want the key alone", names, err)
			}
		})
	}
}
