package privacy_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"magicbutton/internal/config"
	"magicbutton/internal/privacy"
	"magicbutton/internal/weblab"
)

const desk = `
[desk]
name = "north <b>&"
site = "Bonn"
zone = "Europe/Berlin"
[[tag]]
code = "praise"
[[button]]
device = "04d9:1203"
key = "Keypad 1"
tap = "praise"
[[button]]
device = "04d9:1203"
key = "Keypad 0"
hold = "undo"
[[button]]
device = "1209:0001#A7"
key = "F13"
tap = "praise"
`

func factsOf(t *testing.T, file string) privacy.Facts {
	t.Helper()
	c, err := config.Parse("desk.toml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return privacy.Facts{
		Config:   c,
		Database: privacy.File{Path: "/home/front/magicbutton.db", Access: "The user front may read and write it, and no other user (-rw-------)."},
		Settings: privacy.File{Path: "/home/front/desk.toml", Access: "The user front may read and write it, the group front may read it (-rw-r-----)."},
		PageKey:  privacy.File{Path: "/home/front/magicbutton.db.page", Access: "The user front may read and write it, and no other user (-rw-------)."},
		Socket:   privacy.File{Path: "/run/user/1000/magicbutton.sock", Access: "The user front may read and write it, and no other user (-rw-------)."},
		Stored:   privacy.Stored{Events: 12, Voided: 2, Notes: 3, Desks: 1, Sites: 1, Here: 12, First: time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)},
		Version:  "1.2.3", MadeAt: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC),
	}
}

// The page says what the configuration does, and not what it does not.
func TestStatements(t *testing.T) {
	site := desk + "[privacy]\nlevel = \"site\"\n"
	for name, tt := range map[string]struct {
		file string
		want []string
		not  []string
	}{
		"devices and keys": {desk, []string{
			"opens these 2, because the configuration names them: 04d9:1203, 1209:0001#A7. No other device is opened.",
			"On 04d9:1203 these keys count, and nothing else: Keypad 1 (praise); Keypad 0 (hold undo).",
			"On 1209:0001#A7 these keys count, and nothing else: F13 (praise).",
			"is no keylogger", "Whoever can read the database file can read all that is in it, notes too",
			"Notes are kept 90 days.", "Events are kept for ever.", "No shared folder is configured.",
			`The privacy level is "desk"`, "(--by desk, --desk)",
		}, []string{`The privacy level is "site"`, "No device is read"}},
		"no device": {"", []string{"No device is read: the configuration names none."}, []string{"agent opens"}},
		"retention": {
			"[retention]\nnotes_days = 1\nevents_days = 400\n",
			[]string{"Notes are kept 1 day.", "Events are kept 400 days."},
			[]string{"for ever"},
		},
		"for ever": {"[retention]\nnotes_days = \"forever\"\n", []string{"Notes are kept for ever"}, nil},
		"shared":   {"[share]\nfolder = \"/mnt/cx\"\n", []string{"into the shared folder /mnt/cx", "whatever the privacy level"}, []string{"No shared folder"}},
		"page": {"[page]\nport = 4711\n", []string{
			"at this computer, 127.0.0.1:4711,", "it opens no network connection, and listens on none but 127.0.0.1", "for no person",
			"The key of these cookies is /home/front/magicbutton.db.page. The user front may read and write it",
		}, []string{"There is no page"}},
		"no page": {"[page]\nenabled = false\n", []string{
			"There is no page for the browser", "it opens no network connection, and listens on none. It looks",
		}, []string{"127.0.0.1", "cookie"}},
		"level site": {site, []string{`The privacy level is "site"`, "What single desks count is not answered, but by magicbutton gather"}, []string{"--by desk"}},
	} {
		t.Run(name, func(t *testing.T) {
			page := privacy.New(factsOf(t, tt.file))
			var all strings.Builder
			for _, s := range append(page.Sections, page.Now) {
				if s.Title == "" || len(s.Statements) == 0 {
					t.Errorf("a section without a word: %q", s)
				}
				all.WriteString(strings.Join(s.Statements, "\n") + "\n")
			}
			for _, want := range tt.want {
				if !strings.Contains(strings.ToLower(all.String()), strings.ToLower(want)) {
					t.Errorf("it does not say %q:\n%s", want, all.String())
				}
			}
			for _, not := range tt.not {
				if strings.Contains(all.String(), not) {
					t.Errorf("it says %q", not)
				}
			}
		})
	}
}

// What a database holds is said of the desks that it is of.
func TestWhose(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*privacy.Facts)
		want   string
		many   bool // it is no desk's page
		unread bool // nor is a device read
	}{
		"this desk": {func(*privacy.Facts) {}, "Events: 12, of this desk, the first of 1 September 2026.", false, false},
		"imported": {
			func(f *privacy.Facts) { f.Stored.Desks, f.Stored.Sites, f.Stored.Here = 3, 2, 5 },
			"Events: 12, 5 of this desk, 7 under other names (3 desks at 2 sites in all): imported, or from when this desk had another name or site, the first of", false, false,
		},
		"none of it": {
			func(f *privacy.Facts) { f.Stored.Here = 0 },
			"Events: 12, none of this desk but of 1 desk: imported, or from when", false, false,
		},
		"gathered": {
			func(f *privacy.Facts) { f.Gathered, f.Stored.Desks, f.Stored.Sites = true, 8, 3 },
			"Events: 12, of 8 desks at 3 sites, gathered from their databases, the first of", true, true,
		},
		"a demo": {
			func(f *privacy.Facts) { f.Demo, f.Stored.Desks, f.Stored.Here = true, 8, 0 },
			"Events: 12, made up, of 8 desks, the first of", true, false,
		},
		"a demo that somebody pressed in": {
			func(f *privacy.Facts) { f.Demo, f.Stored.Desks, f.Stored.Here = true, 9, 1 },
			"Events: 12, made up, of 9 desks, but for 1 of this desk, the first of", true, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := factsOf(t, desk)
			tt.change(&f)
			page := privacy.New(f)
			if got := page.Now.Statements[0]; !strings.HasPrefix(got, tt.want) {
				t.Errorf("it says %q, want %q", got, tt.want)
			}
			var all bytes.Buffer
			if err := page.WriteHTML(&all); err != nil {
				t.Fatal(err)
			}
			if got := !strings.Contains(all.String(), "north"); got != tt.many {
				t.Errorf("it does not name the desk: %v, want %v", got, tt.many)
			}
			if got := !strings.Contains(all.String(), "04d9:1203"); got != tt.unread {
				t.Errorf("it does not name this desk's devices: %v, want %v", got, tt.unread)
			}
		})
	}
}

// The hash is that of what is promised: neither of the day nor of the counts.
func TestHash(t *testing.T) {
	hash := func(change func(*privacy.Facts)) string {
		f := factsOf(t, desk)
		change(&f)
		return privacy.New(f).SHA256()
	}
	first := hash(func(*privacy.Facts) {})
	if len(first) != 64 {
		t.Fatalf("hash %q", first)
	}
	for name, tt := range map[string]struct {
		change func(*privacy.Facts)
		same   bool
	}{
		"another day":     {func(f *privacy.Facts) { f.MadeAt = f.MadeAt.AddDate(0, 1, 0) }, true},
		"more events":     {func(f *privacy.Facts) { f.Stored.Events++ }, true},
		"gathered":        {func(f *privacy.Facts) { f.Gathered = true }, false},
		"a version":       {func(f *privacy.Facts) { f.Version = "1.2.4" }, true},
		"open to a group": {func(f *privacy.Facts) { f.Database.Access = f.Settings.Access }, false},
		"retention":       {func(f *privacy.Facts) { f.Config.Retention.NotesDays = 30 }, false},
		"a key more":      {func(f *privacy.Facts) { f.Config.Buttons = append(f.Config.Buttons, f.Config.Buttons[2]) }, false},
		"level":           {func(f *privacy.Facts) { f.Config.Privacy.Level = config.LevelSite }, false},
		"a shared folder": {func(f *privacy.Facts) { f.Config.Share.Folder = "/mnt/cx" }, false},
	} {
		if got := hash(tt.change); (got == first) != tt.same {
			t.Errorf("%s: the hash is the same: %v, want %v", name, got == first, tt.same)
		}
	}
}

// The page is sound for a browser, a validator and a screen reader, and asks for
// nothing.
func TestPage(t *testing.T) {
	t.Parallel()
	f := factsOf(t, desk+"[share]\nfolder = \"/mnt/cx\"\n")
	f.Copies = []privacy.File{{Path: "/mnt/cx/north.db", Access: "The user front may read and write it, the group cx may read it (-rw-r-----)."}}
	page := privacy.New(f)
	var out bytes.Buffer
	if err := page.WriteHTML(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{page.SHA256(), "north &lt;b&gt;&amp;", "/mnt/cx/north.db", "Events: 12"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the page does not have %q", want)
		}
	}
	browser := weblab.Start(t)
	path := filepath.Join(t.TempDir(), "privacy.html")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := weblab.Validate(t, path); len(got) > 0 {
		t.Errorf("html-validate: %q", got)
	}
	s := httptest.NewServer(http.FileServer(http.Dir(filepath.Dir(path))))
	t.Cleanup(s.Close)
	for name, view := range map[string]weblab.View{"light": {}, "dark": {Dark: true}, "narrow": {Width: 320, Height: 640}} {
		p := browser.Open(t, s.URL+"/privacy.html", view)
		if got := p.Violations(t); len(got) > 0 {
			t.Errorf("%s: axe-core: %q", name, got)
		}
		if got := p.Problems(); len(got) > 0 {
			t.Errorf("%s: %q", name, got)
		}
		for _, url := range p.Requests()[1:] {
			if !strings.HasSuffix(url, "/favicon.ico") { // which the browser itself asks for
				t.Errorf("%s: it asks for %s", name, url)
			}
		}
		if n := weblab.Pages(p.PDF(t)); n > 3 {
			t.Errorf("%s: printed on %d pages", name, n)
		}
		if dir := os.Getenv("PRIVACY_SHOTS"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, name+".png"), p.Screenshot(t), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}
