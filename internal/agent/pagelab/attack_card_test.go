package pagelab_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"

	"github.com/chromedp/chromedp/kb"

	"magicbutton/internal/agent"
	"magicbutton/internal/api"
	"magicbutton/internal/weblab"
)

// numbers are card numbers that nobody has, and no two digits of which repeat so that a compressed file would hide them.
var numbers = []string{
	"4539148803436467", "5425233430109903", "4916338506082832", "6011009901394242", "378282246310005", "3056930902597",
}

// keeper is a test whose browser keeps its profile, and ends when it is told to.
type keeper struct {
	testing.TB
	dir  string
	ends []func()
}

func (k *keeper) TempDir() string  { return k.dir }
func (k *keeper) Cleanup(f func()) { k.ends = append(k.ends, f) }

// end does what was to be done after the test.
func (k *keeper) end() {
	for len(k.ends) > 0 {
		f := k.ends[len(k.ends)-1]
		k.ends = k.ends[:len(k.ends)-1]
		f()
	}
}

// digitsOf is the digits of any script in a text, with a blank where something is between them that nobody types into a number.
func digitsOf(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Nd, r):
			zero := r // the ten digits of a script stand in a row: Unicode, section 4.6
			for unicode.Is(unicode.Nd, zero-1) && r-zero < 9 {
				zero--
			}
			if r < 0x80 {
				zero = '0'
			}
			b.WriteByte('0' + byte(r-zero)%10)
		case strings.ContainsRune(" .-/_+\u00a0\u2011\u2013", r):
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// wide reads bytes as UTF-16, as browsers keep much of their text.
func wide(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(b[2*i]) | uint16(b[2*i+1])<<8
	}
	return string(utf16.Decode(units))
}

// leaks returns which numbers can be read in some bytes, all but the last four digits of each.
func leaks(b []byte) (found []string) {
	texts := []string{string(b), wide(b)}
	if len(b) > 0 {
		texts = append(texts, wide(b[1:]))
	}
	for _, text := range texts {
		digits := digitsOf(text)
		for _, n := range numbers {
			if strings.Contains(digits, n[:len(n)-4]) {
				found = append(found, n)
			}
		}
	}
	return found
}

// leaksIn reads every file of a folder. It returns which numbers are in which, and whether a word is in any.
func leaksIn(t testing.TB, dir, word string) (found []string, control bool) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return nil //nolint:nilerr // a running browser takes files away; its sockets and links are no files
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return nil //nolint:nilerr // as above
		}
		for _, n := range leaks(b) {
			found = append(found, n+" in "+strings.TrimPrefix(path, dir))
		}
		control = control || strings.Contains(string(b), word) || strings.Contains(wide(b), word)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found, control
}

func TestLeaksAreFound(t *testing.T) {
	t.Parallel()
	n := numbers[0]
	arabic := strings.Map(func(r rune) rune { return r - '0' + '٠' }, n)
	for what, text := range map[string]string{
		"plain": n, "spaces": "x " + n[:4] + " " + n[4:8] + " " + n[8:], "dashes": n[:4] + "-" + n[4:8] + "-" + n[8:], "Arabic": arabic, "escaped blank": n[:4] + "+" + n[4:],
	} {
		units := utf16.Encode([]rune(text))
		b := []byte{0}
		for _, u := range units {
			b = append(b, byte(u), byte(u>>8))
		}
		if len(leaks([]byte("abc"+text))) == 0 || len(leaks(b)) == 0 {
			t.Errorf("%s: not found in UTF-8 (%q) or in UTF-16", what, leaks([]byte(text)))
		}
	}
	if got := leaks([]byte("[card …6467] 4539 and 1488")); len(got) > 0 {
		t.Errorf("found %q where there is none", got)
	}
}

// TestCardNumbers types card numbers wherever a person can, in a real browser and beside it. Afterwards they are in no file
// of the agent or of the browser's profile, and not in the log with all that it can say. (An address that somebody types
// into the browser's own bar is in its history, whatever the page does; here programs ask for such addresses.)
func TestCardNumbers(t *testing.T) {
	t.Parallel()
	var log journal
	d := newDeskAs(t, setting{options: agent.Options{Log: log.logger()}, more: "[press]\nguard = 0\nsame_conversation = 0\n"})
	k := &keeper{TB: t, dir: t.TempDir()}
	t.Cleanup(k.end) // where the test ends early
	b := weblab.Start(k)
	p := open(k, b, d, weblab.View{})
	typeCards(p, d)
	tellCards(t, d)
	if found, there := leaksIn(t, filepath.Dir(d.db), "zebra"); len(found) > 0 || !there {
		t.Errorf("while it runs, in the agent's files: %q; the word beside them is there: %t", found, there)
	}
	// Words that are not saved stay in the page's memory: those that were left with Escape, and those that wait for the agent.
	p.keys("n")
	p.keys("left " + numbers[3])
	p.keys(kb.Escape)
	d.stop()
	p.waitText("#state", "The agent is not running")
	p.keys("n" + " and then " + numbers[4])
	p.keys(kb.Enter)
	p.waitText("#note-state", "NOT saved")
	if found, _ := leaksIn(t, k.dir, ""); len(found) > 0 {
		t.Errorf("in the profile of the running browser: %q", found)
	}
	k.end()
	if found, there := leaksIn(t, k.dir, fmt.Sprintf("127.0.0.1:%d", d.port)); len(found) > 0 || !there {
		t.Errorf("in the browser's profile: %q; the page's address is there: %t", found, there)
	}
	if found, there := leaksIn(t, filepath.Dir(d.db), "zebra"); len(found) > 0 || !there {
		t.Errorf("in the agent's files: %q; the word beside them is there: %t", found, there)
	}
	if found := leaks([]byte(log.String())); len(found) > 0 || !strings.Contains(log.String(), "stored") {
		t.Errorf("in the log: %q", found)
	}
	cards := 0
	for _, e := range d.stored() {
		cards += strings.Count(e.Note, "[card …")
	}
	if cards != 6 {
		t.Errorf("%d of the numbers were stored as their last digits, want 6: what was not typed proves nothing", cards)
	}
}

// typeCards types numbers into notes in the page: of a press, of a tap of the pad, and of one that is amended.
func typeCards(p *tab, d *desk) {
	n := numbers[0]
	note := func(text string) {
		p.keys("n")
		p.keys(text)
		p.keys(kb.Enter)
		p.waitText("#note-state", "This is what is stored")
	}
	d.press(refundKey)
	p.waitText("#hand-title", "Refund slow")
	note("zebra paid with " + n[:4] + " " + n[4:8] + " " + n[8:12] + " " + n[12:])
	n = numbers[1]
	p.keys("3")
	p.waitText("#hand-title", "Praise")
	note("card " + n[:4] + "-" + n[4:8] + "-" + n[8:12] + "-" + n[12:])
	d.press(billKey)
	p.waitText("#hand-title", "Bill not understood")
	note(strings.Map(func(r rune) rune { return r - '0' + '٠' }, numbers[2]))
	note(" or " + numbers[5])
}

// tellCards tells the agent numbers in every other way: a tap with a note, an amendment, the local API, addresses.
func tellCards(t testing.TB, d *desk) {
	t.Helper()
	rep := letIn(d)
	n := numbers[3]
	id := rep.tap("cards", "how-to", n[:6]+"."+n[6:])
	words, err := json.Marshal("\u00a0" + n[:8] + "\u00a0" + n[8:])
	if err != nil {
		t.Fatal(err)
	}
	if status, body := rep.post("/events/"+id+"/amend", `{"note":`+string(words)+`}`); status != http.StatusOK {
		t.Fatalf("amending: %d: %s", status, body)
	}
	c, err := api.Dial(t.Context(), d.db)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Log(t.Context(), api.NewEvent{Tag: "idea", Note: "of " + numbers[4]}); err != nil {
		t.Fatal(err)
	}
	// Whatever is refused is not repeated in the log either.
	for _, path := range []string{"/tag/" + n, "/" + n, "/?card=" + n, "/events/" + n + "/history", "/prove?session=" + n + "&challenge=" + n} {
		rep.get(path)
		newProgram(d).get(path)
		d.raw(d.request("GET "+path+" HTTP/1.1", n+".example", "Cookie: card="+n, "Referer: http://x/"+n, "User-Agent: "+n))
	}
	for _, body := range []string{`{"tag":"` + n + `","ref":"` + n + `"}`, `{"` + n + `":1}`, n, `{"tag":"praise","ref":"` + strings.Repeat(n, 6) + `","note":"` + n + `"}`} {
		if status, _ := rep.post("/tap", body); status < 400 {
			t.Errorf("%s is answered %d", body, status)
		}
		rep.post("/events/"+id+"/amend", body)
		rep.post("/in", `{"ticket":"`+n+`"}`)
	}
	d.raw("GET /" + n + " HTTP/9.9\r\n" + n + "\r\n\r\n")
}
