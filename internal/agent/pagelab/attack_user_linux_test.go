package pagelab_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// nobody is the user that owns nothing: "nobody" of Debian and most others.
const nobody = 65534

// theft is what another user of the machine knows and tries, and what came of it.
type theft struct {
	Port                   int
	Cookie, Ticket, Event  string
	Files                  []string
	Answers                map[string]string // by request: the answer's status and body
	Read                   []string          // the files that it could read
	Connections, Connected int               // how many it holds open
}

// TestAnotherUser lets a program of another user try, who knows the cookie and a ticket.
func TestAnotherUser(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root can be another user")
	}
	d, rep, event := newAttacked(t)
	// The folders of tests are root's alone: open them, so that what keeps the user out is each file's own mode.
	for _, dir := range []string{filepath.Dir(d.db), filepath.Dir(filepath.Dir(d.db))} {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(d.db + "*")
	if err != nil || len(files) < 3 {
		t.Fatalf("the files of the desk: %q, %v", files, err)
	}
	transaction, file := d.state()
	cards := rep.cards()
	ticket := d.ticket()
	done, release := runAsNobody(t, theft{Port: d.port, Cookie: rep.cookie(), Ticket: ticket, Event: event, Files: files, Connections: idleConnections})
	for request, answer := range done.Answers {
		if !strings.HasPrefix(answer, "403 ") && answer != "hung up" {
			t.Errorf("%s of another user: %.200s, want 403", request, answer)
		}
		tellsNothing(t, request, nil, answer)
	}
	if len(done.Answers) < 8 || done.Connected < idleConnections/2 {
		t.Errorf("the other user tried %d requests and holds %d connections: it proved nothing", len(done.Answers), done.Connected)
	}
	if len(done.Read) > 0 {
		t.Errorf("another user can read %q", done.Read)
	}
	d.unchanged("another user", transaction, file)
	// While its connections are open the rep goes on.
	d.press(billKey)
	sees(t, cards, "bill-unclear")
	if status, body := newProgram(d).post("/in", fmt.Sprintf(`{"ticket":%q}`, ticket)); status != http.StatusOK {
		t.Errorf("the ticket that another user tried is answered %d: %s; it was not used", status, body)
	}
	if status, _ := letIn(d).get("/"); status != http.StatusOK {
		t.Errorf("a page that is opened beside another user's connections: %d", status)
	}
	release()
}

const theftVariable = "PAGE_LAB_THEFT"

// runAsNobody runs this very program as another user, until it is released.
func runAsNobody(t testing.TB, try theft) (done theft, release func()) {
	t.Helper()
	dir, err := os.MkdirTemp("", "pagelab") //nolint:usetesting // those are root's alone
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	program, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "thief")
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, program, 0o755); err != nil {
		t.Fatal(err)
	}
	what, err := json.Marshal(try)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "-test.run", "^TestTheft$", "-test.count", "1")
	cmd.Dir, cmd.Env, cmd.Stderr = "/", []string{theftVariable + "=" + string(what)}, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting a program as another user: %v", err)
	}
	release = func() {
		_ = in.Close()
		_ = cmd.Wait() // what it found has been told
	}
	t.Cleanup(release)
	if err := json.NewDecoder(out).Decode(&done); err != nil {
		t.Fatalf("what the other user tells: %v", err)
	}
	return done, release
}

// TestTheft is what the other user's program does; called otherwise it does nothing.
func TestTheft(t *testing.T) {
	var th theft
	what := os.Getenv(theftVariable)
	if what == "" {
		return
	}
	if err := json.Unmarshal([]byte(what), &th); err != nil {
		t.Fatal(err)
	}
	th.Answers = make(map[string]string)
	host := fmt.Sprintf("127.0.0.1:%d", th.Port)
	ask := func(method, path, body string) {
		th.Answers[method+" "+path] = "hung up"
		c, err := net.Dial("tcp4", host)
		if err != nil {
			return
		}
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(patience))
		fmt.Fprintf(c, "%s %s HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
			method, path, host, th.Cookie, len(body), body)
		r, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			return
		}
		defer r.Body.Close()
		b, _ := io.ReadAll(io.LimitReader(r.Body, 10_000))
		th.Answers[method+" "+path] = fmt.Sprintf("%d %s", r.StatusCode, b)
	}
	gets, posts := paths(th.Event)
	for _, path := range append(gets, "/app.js", "/in", "/prove?session="+strings.Repeat("a", 32)+"&challenge="+strings.Repeat("b", 32), "/nothing") {
		ask("GET", path, "")
	}
	for _, path := range posts {
		ask("POST", path, bodyFor(path))
	}
	ask("POST", "/in", fmt.Sprintf(`{"ticket":%q}`, th.Ticket))
	for _, file := range th.Files {
		if f, err := os.Open(file); err == nil {
			th.Read = append(th.Read, file)
			f.Close()
		}
	}
	for range th.Connections {
		if c, err := net.Dial("tcp4", host); err == nil {
			defer c.Close()
			th.Connected++
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(th); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
}
