package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
	"magicbutton/internal/localsock"
)

// serve answers on the socket of a database as an agent that is out of order
// might, and returns a client of it.
func serve(t *testing.T, answer http.HandlerFunc) *Client {
	t.Helper()
	db := filepath.Join(t.TempDir(), "desk.db")
	if err := os.WriteFile(db, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := localsock.Listen(db)
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: answer}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		_ = s.Close()
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	c, err := Dial(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func say(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, text) }
}

// TestCutOffStream: a stream that does not say that it ended was cut off, however
// whole its last line is.
func TestCutOffStream(t *testing.T) {
	id := cx.MakeID(epoch, cx.Origin{1}, 1).String()
	event := `{"event":{"id":"` + id + `","tag":"praise","conversation":"` + id + `"}}` + "\n"
	for _, test := range []struct {
		name, answer string
		events       int
		want         string // "" is no error
	}{
		{"whole", event + event + `{"end":true}`, 2, ""},
		{"empty", `{"end":true}`, 0, ""},
		{"nothing", "", 0, "unexpected EOF"},
		{"no end", event, 1, "unexpected EOF"},
		{"within a line", event + event[:20], 1, "unexpected EOF"},
		{"no JSON", event + "oops", 1, "reading the agent's answer"},
		{"error", event + `{"error":{"code":"storage","message":"the disk is gone"}}`, 1, "the disk is gone"},
		{"bad event", `{"event":{"tag":""}}`, 0, "reading events"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := serve(t, say(test.answer))
			n, last := 0, error(nil)
			for _, err := range c.Events(t.Context(), cx.EventQuery{}) {
				if last != nil {
					t.Error("the stream went on after an error")
				}
				if last = err; err == nil {
					n++
				}
			}
			if n != test.events || (last == nil) != (test.want == "") || last != nil && !strings.Contains(last.Error(), test.want) {
				t.Errorf("%d events, then %v; want %d, then %q", n, last, test.events, test.want)
			}
		})
	}
}

func TestCheckCutOff(t *testing.T) {
	for name, answer := range map[string]string{
		"no report": `{"end":true}`,
		"no end":    `{"check":{"events":7}}`,
	} {
		if r, err := serve(t, say(answer)).Check(t.Context(), nil); err == nil || r.Events != 0 {
			t.Errorf("%s: %+v, %v; want an error", name, r, err)
		}
	}
}

// TestStopReading: a caller may stop in the middle of a stream.
func TestStopReading(t *testing.T) {
	gone := make(chan struct{})
	id := cx.MakeID(epoch, cx.Origin{1}, 1).String()
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, `{"event":{"id":"`+id+`","tag":"praise","conversation":"`+id+`"}}`)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		close(gone)
	})
	for _, err := range c.Follow(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	<-gone // the agent hears of it
}

func TestErrors(t *testing.T) {
	for _, test := range []struct {
		name   string
		answer http.HandlerFunc
		want   *Error // nil for one without a code
		text   string
	}{
		{
			"with a hint", func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusConflict)
				fmt.Fprint(w, `{"code":"conflict","message":"no","hint":"do"}`)
			},
			&Error{Code: CodeConflict, Message: "no", Hint: "do"}, "no",
		},
		{"no JSON", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "oops", http.StatusBadGateway) }, nil, "502"},
		{"JSON of another kind", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusTeapot)
			fmt.Fprint(w, `{"foo":1}`)
		}, nil, "418"},
		{"answer without sense", say("[1,"), nil, "reading the agent's answer"},
		{"gone", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, nil, "talking to the agent: EOF"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := serve(t, test.answer).Status(t.Context())
			if err == nil || !strings.Contains(err.Error(), test.text) {
				t.Fatalf("error %v, want one with %q", err, test.text)
			}
			var got *Error
			errors.As(err, &got)
			if d := cmp.Diff(test.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestStatusOfEachCode(t *testing.T) {
	for code, want := range map[Code]int{
		CodeBad: 400, CodeNotFound: 404, CodeMethod: 405, CodeConflict: 409,
		CodeInternal: 500, CodeBehind: 503, CodeStorage: 507, "of the future": 500,
	} {
		if got := (&Error{Code: code}).Status(); got != want {
			t.Errorf("status of %s = %d, want %d", code, got, want)
		}
	}
}

func TestDialNobody(t *testing.T) {
	if _, err := Dial(t.Context(), filepath.Join(t.TempDir(), "desk.db")); !errors.Is(err, localsock.ErrNobody) {
		t.Errorf("Dial = %v, want localsock.ErrNobody", err)
	}
}

// TestCloseUnused: a client that asked nothing leaves no connection open.
func TestCloseUnused(t *testing.T) {
	db := filepath.Join(t.TempDir(), "desk.db")
	if err := os.WriteFile(db, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := localsock.Listen(db)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := Dial(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	var conn net.Conn
	if conn, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second)) // else a leak would wait for ever
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the agent's end = %v, want io.EOF", err)
	}
}

// TestCancelled: whoever gives up is not told that the agent is at fault.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	if _, err := c.Status(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Status = %v, want context.Canceled", err)
	}
}
