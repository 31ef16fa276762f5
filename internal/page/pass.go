package page

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// passAge is how long a browser that does not come back stays let in.
const passAge = 30 * 24 * time.Hour

// passes are the cookies of the browsers that were let in. Nothing is kept of them:
// the key tells which are good, so that they are so after the agent's next start.
type passes struct {
	key  []byte
	port int
	now  func() time.Time
}

// cookieName has the port in it, as a browser sends a cookie to every port of a host.
func (p passes) cookieName() string { return "magicbutton-" + strconv.Itoa(p.port) }

// mac signs words for one purpose, and for this address alone: what another port's
// page proves is no proof here. No word contains a line feed.
func (p passes) mac(purpose string, words ...string) []byte {
	h := hmac.New(sha256.New, p.key)
	fmt.Fprintf(h, "magicbutton page %s\n%s\n%s", hostPort(p.port), purpose, strings.Join(words, "\n"))
	return h.Sum(nil)
}

// newSession names a browser.
func newSession() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never returns an error: crypto/rand since Go 1.24
	return hex.EncodeToString(b[:])
}

// sessionChars is the length of a session's name.
const sessionChars = 2 * 16

// cookie lets a session in for the next [passAge].
func (p passes) cookie(session string) *http.Cookie {
	until := strconv.FormatInt(p.now().Add(passAge).Unix(), 10)
	return &http.Cookie{
		Name:  p.cookieName(),
		Value: session + "." + until + "." + p.sign(session, until),
		Path:  "/", MaxAge: int(passAge.Seconds()),
		HttpOnly: true, SameSite: http.SameSiteStrictMode,
	}
}

// sign says that a session is let in until then.
func (p passes) sign(session, until string) string {
	return hex.EncodeToString(p.mac("cookie", session, until))
}

// session returns the session of a request. Whoever serves another port of this host
// can give the browser a cookie of the same name: it does not hide the good one.
func (p passes) session(r *http.Request) (string, bool) {
	for _, c := range r.CookiesNamed(p.cookieName()) {
		if s, ok := p.check(c.Value); ok {
			return s, true
		}
	}
	return "", false
}

func (p passes) check(value string) (session string, ok bool) {
	parts := strings.Split(value, ".")
	if len(parts) != 3 || !isHex(parts[0], sessionChars, sessionChars) {
		return "", false
	}
	if !hmac.Equal([]byte(parts[2]), []byte(p.sign(parts[0], parts[1]))) {
		return "", false
	}
	seconds, err := strconv.ParseInt(parts[1], 10, 64)
	left := time.Unix(seconds, 0).Sub(p.now())
	// A clock that was wrong for a day must not let a browser in for years.
	return parts[0], err == nil && left > 0 && left <= passAge+24*time.Hour
}

// proofKey is the secret that a session's page shares with the agent, and nobody
// else: a cookie goes to any program that has the port.
func (p passes) proofKey(session string) []byte { return p.mac("proof", session) }

// The bounds of a challenge, in hexadecimal digits: 128 bits are never asked twice.
const minChallenge, maxChallenge = 32, 128

// prove answers a page that asks whether this is the agent it was loaded from.
func (p passes) prove(session, challenge string) (string, bool) {
	if !isHex(session, sessionChars, sessionChars) || !isHex(challenge, minChallenge, maxChallenge) {
		return "", false
	}
	h := hmac.New(sha256.New, p.proofKey(session))
	h.Write([]byte(challenge))
	return hex.EncodeToString(h.Sum(nil)), true
}

const (
	// runHeader names the agent's run beside a proof.
	runHeader = "X-Magicbutton-Run"
	// passHeader carries a page's pass.
	passHeader = "X-Magicbutton-Pass"
)

// pass is what a page shows beside its cookie: that the agent made it. A page of another
// program that had the port before has this address and the browser's cookie, yet no
// proof key. The pass is for one run of the agent: whoever takes the port after that
// gets with a late request what is good for nothing. No challenge looks like its words.
func (p passes) pass(session, run string) string {
	h := hmac.New(sha256.New, p.proofKey(session))
	h.Write([]byte("pass " + run))
	return hex.EncodeToString(h.Sum(nil))
}

// passed reports whether a session's request carries its pass: a stream in its address,
// as a browser's EventSource sends no header.
func (p passes) passed(r *http.Request, session, run string) bool {
	shown := r.Header.Get(passHeader)
	if shown == "" && r.URL.Path == "/stream" {
		shown = r.URL.Query().Get("pass")
	}
	return hmac.Equal([]byte(shown), []byte(p.pass(session, run)))
}

// isHex reports whether s is so many lower-case hexadecimal digits.
func isHex(s string, least, most int) bool {
	if len(s) < least || len(s) > most {
		return false
	}
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
