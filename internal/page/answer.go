package page

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"
	"unicode/utf8"

	"magicbutton/internal/api"
)

// The codes of errors that the local API does not have.
const (
	codeNotLetIn  api.Code = "not_let_in"
	codeForeign   api.Code = "foreign"
	codeProof     api.Code = "proof"
	codeHost      api.Code = "misdirected"
	codeBusy      api.Code = "busy"
	codeTooLarge  api.Code = "too_large"
	codeMediaType api.Code = "media_type"
	codeSlow      api.Code = "slow"
)

var statuses = map[api.Code]int{
	codeNotLetIn:  http.StatusUnauthorized,
	codeForeign:   http.StatusForbidden,
	codeProof:     http.StatusForbidden,
	codeHost:      http.StatusMisdirectedRequest,
	codeBusy:      http.StatusServiceUnavailable,
	codeTooLarge:  http.StatusRequestEntityTooLarge,
	codeMediaType: http.StatusUnsupportedMediaType,
	codeSlow:      http.StatusRequestTimeout,
}

// openHint says how a browser is let in.
const openHint = "run this on the same computer: magicbutton open"

var (
	errNotLetIn = &api.Error{Code: codeNotLetIn, Message: "this browser was not let in", Hint: openHint}
	errTicket   = &api.Error{Code: codeNotLetIn, Message: "this ticket was used already, or is older than a minute", Hint: openHint}
	errForeign  = &api.Error{Code: codeForeign, Message: "another site asked for this"}
	errProof    = &api.Error{Code: codeProof, Message: "this page was not made by the agent that runs now", Hint: "load it again"}
	errScript   = &api.Error{Code: codeForeign, Message: "the page is to be opened, not read by a script", Hint: "load it again"}
	errStranger = &api.Error{Code: codeForeign, Message: "this page belongs to another user of this computer"}
	errHost     = &api.Error{Code: codeHost, Message: "this is not the page's address"}
	errBusy     = &api.Error{Code: codeBusy, Message: "too many pages are open", Hint: "close some of them"}
)

func noPath(r *http.Request) error {
	return &api.Error{Code: api.CodeNotFound, Message: fmt.Sprintf("no such path: %q", clip(r.URL.Path))}
}

// clip shortens what an answer repeats.
func clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// answer answers with a value or an error, as JSON.
func answer(w http.ResponseWriter, r *http.Request, v any, err error) {
	if err != nil {
		fail(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, v)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the browser has gone: nobody is left to tell
}

// fail answers with an error: as a page where a browser shows the answer, else as JSON.
func fail(w http.ResponseWriter, r *http.Request, err error) {
	var e *api.Error
	if !errors.As(err, &e) {
		e = &api.Error{Code: api.CodeInternal, Message: err.Error()}
	}
	status, ok := statuses[e.Code]
	if !ok {
		status = e.Status()
	}
	if status == http.StatusUnauthorized { // RFC 9110, section 15.5.2, wants a scheme
		w.Header().Set("WWW-Authenticate", "Magicbutton")
		clearStorage(w.Header())
	}
	if !strings.Contains(r.Header.Get("Accept"), "text/html") {
		writeJSON(w, status, e)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_ = failure.Execute(w, e)
}

// failure is the page of an error. It needs no file, as whoever may not come in gets
// none.
var failure = template.Must(template.New("failure").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Magic button</title>
<h1>Magic button</h1>
<p>{{.Message}}.</p>
{{with .Hint}}<p>{{.}}</p>{{end}}
</html>
`))

// withBody hands over the JSON body of a request, which is read strictly.
func withBody[T any](f func(*http.Request, T) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var body T
		if err := readBody(w, r, &body); err != nil {
			fail(w, r, api.Bad(err))
			return
		}
		v, err := f(r, body)
		answer(w, r, v, err)
	}
}

// readBody reads one JSON object.
func readBody(w http.ResponseWriter, r *http.Request, into any) error {
	// A form of another site can send no JSON without asking first.
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/json" {
		return &api.Error{Code: codeMediaType, Message: "want a body of the type application/json"}
	}
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return &api.Error{Code: codeTooLarge, Message: fmt.Sprintf("the body is larger than %d bytes", tooLarge.Limit)}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &api.Error{Code: codeSlow, Message: fmt.Sprintf("the body did not come within %v", readTimeout)}
	case err != nil:
		return fmt.Errorf("reading the body: %w", err)
	case !utf8.Valid(b):
		return errors.New("the body is not valid UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("reading the body: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("the body is more than one JSON value")
	}
	return nil
}
