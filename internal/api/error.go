package api

import (
	"errors"
	"net/http"
)

// Code says what kind of error an [Error] is, for a program to branch on.
type Code string

// The codes.
const (
	// CodeBad means that the request itself is wrong and will stay so.
	CodeBad Code = "bad_request"
	// CodeNotFound means that there is no such event or path, or nothing to undo.
	CodeNotFound Code = "not_found"
	// CodeMethod means that the path is not for this method.
	CodeMethod Code = "method"
	// CodeConflict means that the request contradicts what is stored.
	CodeConflict Code = "conflict"
	// CodeStorage means that the database could not do it: nothing was saved.
	CodeStorage Code = "storage"
	// CodeBehind means that the client read a stream too slowly and missed events.
	CodeBehind Code = "behind"
	// CodeInternal is everything else.
	CodeInternal Code = "internal"
)

// statuses is the one table from codes to HTTP statuses.
var statuses = map[Code]int{
	CodeBad:      http.StatusBadRequest,
	CodeNotFound: http.StatusNotFound,
	CodeMethod:   http.StatusMethodNotAllowed,
	CodeConflict: http.StatusConflict,
	CodeStorage:  http.StatusInsufficientStorage,
	CodeBehind:   http.StatusServiceUnavailable, // a stream's status was sent long before
	CodeInternal: http.StatusInternalServerError,
}

// Error is an error that a person can act on. It crosses the wire whole, so that
// a command says the same whether or not an agent runs.
type Error struct {
	Code    Code   `json:"code"`
	Message string `json:"message"`
	// Hint is what to do about it, "" for none.
	Hint string `json:"hint,omitempty"`
}

func (e *Error) Error() string { return e.Message }

// Status returns the HTTP status of the error.
func (e *Error) Status() int {
	if s, ok := statuses[e.Code]; ok {
		return s
	}
	return http.StatusInternalServerError
}

// Bad returns err as one with [CodeBad], or nil.
func Bad(err error) error { return As(CodeBad, err) }

// As returns err as an [Error] with a code, unless it is one already; nil stays
// nil.
func As(code Code, err error) error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Code: code, Message: err.Error()}
}
