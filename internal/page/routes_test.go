package page

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
)

func TestPage(t *testing.T) {
	s := newTestServer(t)
	for _, test := range []struct {
		path   string
		status int
		parts  []string
	}{
		{"/", 200, []string{`data-session="` + session + `"`, `data-ready=""`, `data-version="v1 &lt;test&gt;"`}},
		{"/tag/praise", 200, []string{`data-ready="praise"`}},
		{"/tag/prais", 404, []string{`data-ready="prais"`}},
		{"/tag/old", 404, []string{`data-ready="old"`}},
		{"/tag/x'onload=alert(1)", 404, nil},
	} {
		rec := s.do(t, request{path: test.path})
		if rec.Code != test.status || rec.Header().Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s: %d %s", test.path, rec.Code, rec.Header().Get("Content-Type"))
		}
		for _, part := range test.parts {
			if !strings.Contains(rec.Body.String(), part) {
				t.Errorf("%s: no %s in the page", test.path, part)
			}
		}
		if strings.Contains(rec.Body.String(), "'onload=") {
			t.Errorf("%s: the address is markup", test.path)
		}
	}
}

// TestFiles: what the page is made of comes with its type, and nothing of it is secret.
func TestFiles(t *testing.T) {
	s := newTestServer(t)
	for path, mediaType := range map[string]string{
		"/app.js": "text/javascript; charset=utf-8", "/in.js": "text/javascript; charset=utf-8",
		"/app.css": "text/css; charset=utf-8", "/icon.svg": "image/svg+xml", "/in": "text/html; charset=utf-8",
	} {
		rec := s.do(t, request{path: path, noCookie: true})
		if rec.Code != 200 || rec.Header().Get("Content-Type") != mediaType || rec.Body.Len() == 0 {
			t.Errorf("%s: %d %s, %d bytes", path, rec.Code, rec.Header().Get("Content-Type"), rec.Body.Len())
		}
		again := s.do(t, request{path: path, header: map[string]string{"If-None-Match": rec.Header().Get("ETag")}})
		if again.Code != 304 {
			t.Errorf("%s, which the browser has: %d", path, again.Code)
		}
	}
}

func TestTap(t *testing.T) {
	s := newTestServer(t)
	tap := func(body string) (status int, out map[string]any) {
		rec := s.do(t, request{method: "POST", path: "/tap", body: body})
		if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
			t.Fatalf("%s: %v", rec.Body, err)
		}
		return rec.Code, out
	}
	body := `{"tag":"refund-slow","ref":"r1","note":"card 4111 1111 1111 1111","stage":"return"}`
	status, first := tap(body)
	e := first["event"].(map[string]any)
	if status != 200 || first["result"] != "stored" || first["scrubbed"] != 1.0 || e["note"] != "card [card …1111]" ||
		e["label"] != "Refund: still </script> waiting" || e["seq"] != 1.0 {
		t.Errorf("%d %v", status, first)
	}
	status, again := tap(body)
	if status != 200 || again["duplicate"] != true || again["event"].(map[string]any)["id"] != e["id"] || len(s.desk.events) != 1 {
		t.Errorf("again: %d %v", status, again)
	}
	for result, want := range map[Result]int{Refused: 200, Waiting: 202, NotSaved: 507, "odd": 500} {
		s.desk.result = result
		status, out := tap(`{"tag":"praise","ref":"` + string(result) + `"}`)
		if status != want || out["result"] != string(result) || out["reason"] != "the disk is full" {
			t.Errorf("%s: %d %v", result, status, out)
		}
	}
	status, out := tap(`{"tag":"old","ref":"r2"}`)
	if status != 400 || out["code"] != "bad_request" || out["message"] != `tag "old" is retired` {
		t.Errorf("retired: %d %v", status, out)
	}
}

func TestCorrect(t *testing.T) {
	s := newTestServer(t)
	id := s.desk.press("praise", cx.ID{}).ID.String()
	post := func(path, body string) (int, string) {
		rec := s.do(t, request{method: "POST", path: path, body: body})
		return rec.Code, rec.Body.String()
	}
	status, b := post("/events/"+id+"/amend", `{"note":" ٤١١١١١١١١١١١١١١١ and cvv 123\r\n"}`)
	var c corrected
	if err := json.Unmarshal([]byte(b), &c); err != nil {
		t.Fatal(err)
	}
	if status != 200 || c.Scrubbed != 2 || c.Event.Note != "[card …1111] and cvv [code]" || c.Event.Rev != 1 {
		t.Errorf("note: %d %s", status, b)
	}
	if status, b := post("/events/"+id+"/amend", `{"conversation":""}`); status != 200 || !strings.Contains(b, `"scrubbed":0`) {
		t.Errorf("own conversation: %d %s", status, b)
	}
	if status, b := post("/events/"+id+"/void", `{}`); status != 200 || !strings.Contains(b, `"voided":true`) {
		t.Errorf("void: %d %s", status, b)
	}
	if status, b := post("/events/"+id+"/void", `{}`); status != 409 || !strings.Contains(b, `"code":"conflict"`) {
		t.Errorf("void again: %d %s", status, b)
	}
	if status, b := post("/events/"+cx.MakeID(s.desk.now(), origin, 99).String()+"/amend", `{"note":""}`); status != 404 {
		t.Errorf("no such event: %d %s", status, b)
	}
	rec := s.do(t, request{path: "/events/" + id + "/history"})
	var states []cardEvent
	if err := json.Unmarshal(rec.Body.Bytes(), &states); err != nil {
		t.Fatal(err)
	}
	var notes []string
	for _, e := range states {
		notes = append(notes, e.Note)
	}
	if d := cmp.Diff([]string{"", c.Event.Note, c.Event.Note}, notes); d != "" {
		t.Errorf("history (-want +got):\n%s", d)
	}
}

// TestKeys: each stage and channel has a key of its own, and none that the page uses.
func TestKeys(t *testing.T) {
	seen := map[string]string{"n": "note", "z": "undo", "j": "down", "k": "up", "?": "help"}
	for _, c := range append(append([]choice{}, stageChoices...), channelChoices...) {
		if used, ok := seen[c.Key]; ok || len(c.Key) != 1 {
			t.Errorf("key %q of %s is %s", c.Key, c.Code, used)
		}
		seen[c.Key] = c.Code
		_, asStage := cx.ParseStage(c.Code)
		_, asChannel := cx.ParseChannel(c.Code)
		if asStage != nil && asChannel != nil {
			t.Errorf("%s is neither a stage nor a channel", c.Code)
		}
	}
	if len(stageChoices) != len(cx.Stages()) || len(channelChoices) != len(cx.Channels()) {
		t.Error("a stage or a channel is missing")
	}
}
