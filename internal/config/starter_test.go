package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
)

func TestStarterTags(t *testing.T) {
	yes := true
	want := []cx.Tag{
		{Code: "praise", Label: "Praise: something went well", Domain: "service", Driver: "friendly-service", Kind: "praise"},
		{Code: "bill-unclear", Label: "Bill not understood", Stage: "pay", Domain: "experience", Driver: "easy-payment", Kind: "problem", Preventable: &yes},
		{Code: "delivery-late", Label: "Delivery late or unknown", Stage: "receive", Domain: "experience", Driver: "convenience", Kind: "problem", Preventable: &yes},
		{Code: "item-damaged", Label: "Item damaged or wrong", Stage: "receive", Domain: "experience", Kind: "problem", Preventable: &yes},
		{Code: "out-of-stock", Label: "Out of stock", Stage: "buy", Domain: "experience", Driver: "convenience", Kind: "problem", Preventable: &yes},
		{Code: "how-to", Label: "How do I use it?", Stage: "use", Domain: "success", Driver: "knowledgeable-service", Kind: "question", Preventable: &yes},
		{Code: "refund-slow", Label: "Refund slow", Stage: "return", Domain: "experience", Driver: "efficiency", Kind: "problem", Preventable: &yes},
		{Code: "bounced", Label: "Sent from channel to channel", Stage: "get-help", Domain: "service", Driver: "efficiency", Kind: "problem", Preventable: &yes},
		{Code: "no-human", Label: "Could not reach a person", Stage: "get-help", Domain: "service", Driver: "convenience", Kind: "problem", Preventable: &yes},
		{Code: "staff", Label: "Staff: attitude or knowledge", Stage: "get-help", Domain: "service", Driver: "knowledgeable-service", Kind: "problem", Preventable: &yes},
		{Code: "idea", Label: "Idea or wish", Domain: "success", Kind: "idea"},
		{Code: "other", Label: "Something else", Kind: "other"},
	}
	if diff := cmp.Diff(want, Default().Catalogue.Tags()); diff != "" {
		t.Errorf("the starter's tags (-want +got):\n%s", diff)
	}
}

// The built-in configuration is that of a desk that says nothing, with tags.
func TestDefault(t *testing.T) {
	want := mustParse(t, "")
	want.Path = ""
	got := Default()
	got.Catalogue = want.Catalogue
	if diff := cmp.Diff(want, got, sameConfig); diff != "" {
		t.Errorf("Default() without its tags (-want +got):\n%s", diff)
	}
}

// What the starter shows behind a # can be used by taking that away.
func TestStarterComments(t *testing.T) {
	var uncommented []string
	for line := range strings.SplitSeq(string(starter("Desk 1")), "\n") {
		if rest, ok := strings.CutPrefix(line, "# "); ok && !strings.HasPrefix(rest, " ") && (strings.Contains(rest, " = ") || strings.HasPrefix(rest, "[")) {
			line = rest
		}
		uncommented = append(uncommented, line)
	}
	got := mustParse(t, strings.Join(uncommented, "\n"))
	if len(got.Buttons) != 2 || got.Desk.Site != "Berlin" || got.Desk.Channel != "phone" || got.Desk.Zone.String() != "Europe/Berlin" {
		t.Errorf("with all its comments taken the starter gives %+v and %+v", got.Desk, got.Buttons)
	}
	// All other comments show the defaults.
	want := Default()
	want.Path, want.Desk, want.Buttons = got.Path, got.Desk, got.Buttons
	if got.Share.Folder != "/mnt/cx" {
		t.Errorf("with all its comments taken the starter shares in %q", got.Share.Folder)
	}
	got.Share = Share{}
	if got.Report.CostPerHour != 40 || got.Report.Currency != "EUR" {
		t.Errorf("with all its comments taken the starter reports %+v", got.Report)
	}
	got.Report.CostPerHour, got.Report.Currency = 0, ""
	if diff := cmp.Diff(want, got, sameConfig); diff != "" {
		t.Errorf("what the starter shows (-default +shown):\n%s", diff)
	}
}

func TestInit(t *testing.T) {
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "some", "folders", "desk.toml")
	if err := Init(path); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if c.Desk.Name != host || len(c.Catalogue.Tags()) != 12 {
		t.Errorf("Init wrote desk %q with %d tags, want %q with 12", c.Desk.Name, len(c.Catalogue.Tags()), host)
	}
	if got := names(t, filepath.Dir(path)); !cmp.Equal(got, []string{"desk.toml"}) {
		t.Errorf("Init left %q, want the file alone", got)
	}
}

// Whatever stands under the name stays as it is.
func TestInitNeverOverwrites(t *testing.T) {
	tests := []struct {
		name string
		make func(path string) error
	}{
		{"file", func(path string) error { return os.WriteFile(path, []byte("mine"), 0o600) }},
		{"empty file", func(path string) error { return os.WriteFile(path, nil, 0o600) }},
		{"folder", func(path string) error { return os.Mkdir(path, 0o700) }},
		{"dangling link", func(path string) error { return os.Symlink("nowhere.toml", path) }},
		{"link to a file", func(path string) error {
			target := path + ".target"
			return errors.Join(os.WriteFile(target, []byte("mine"), 0o600), os.Symlink(target, path))
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "desk.toml")
			if err := tt.make(path); err != nil {
				t.Fatal(err)
			}
			before := names(t, filepath.Dir(path))
			err := Init(path)
			if !errors.Is(err, fs.ErrExist) || !strings.Contains(err.Error(), path) {
				t.Errorf("Init: %v, want one that is fs.ErrExist and names the file", err)
			}
			if data, err := os.ReadFile(path); err == nil && len(data) > 0 && string(data) != "mine" {
				t.Errorf("Init overwrote it: %.40q", data)
			}
			if diff := cmp.Diff(before, names(t, filepath.Dir(path))); diff != "" {
				t.Errorf("Init changed the folder (-before +after):\n%s", diff)
			}
		})
	}
}

func TestInitNoFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(file, "desk.toml")
	if err := Init(path); err == nil || errors.Is(err, fs.ErrExist) || !strings.Contains(err.Error(), file) {
		t.Errorf("Init(%q): %v, want an error that names what is no folder", path, err)
	}
}

func names(tb testing.TB, dir string) []string {
	tb.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		tb.Fatal(err)
	}
	var out []string
	for _, e := range list {
		out = append(out, e.Name())
	}
	return out
}
