package cli

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"magicbutton/hid"
)

const devicesPage = "../../docs/devices.md"

// TestDevicesPage: docs/devices.md has every profile, and says what works where in
// the words of the help.
func TestDevicesPage(t *testing.T) {
	b, err := os.ReadFile(devicesPage)
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	for _, w := range whatWorks {
		if row := fmt.Sprintf("| %s | %s | %s | %s |\n", w.kind, w.linux, w.windows, w.mac); !strings.Contains(page, row) {
			t.Errorf("%s lacks what the help has: %s", devicesPage, row)
		}
	}
	head, rest, ok := strings.Cut(page, " -update -->\n")
	old, tail, closed := strings.Cut(rest, "<!-- /profiles -->")
	if !ok || !closed {
		t.Fatalf("%s has no place for the profiles", devicesPage)
	}
	table := profileTable()
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
		if err := os.WriteFile(devicesPage, []byte(head+" -update -->\n"+table+"<!-- /profiles -->"+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := gocmp.Diff(table, old); diff != "" {
		t.Errorf("the profiles in %s; -update writes them (-want +got):\n%s", devicesPage, diff)
	}
}

// profileTable is all profiles as the page shows them, those with one name in one row.
func profileTable() string {
	type row struct{ ids, keys, light, confirmed string }
	var names []string
	rows := map[string]row{}
	for p := range hid.Profiles() {
		r, known := rows[p.Name]
		if !known {
			names = append(names, p.Name)
		}
		var ids []string
		for _, product := range p.ProductIDs {
			ids = append(ids, hid.Match{VendorID: p.VendorID, ProductID: product}.String())
		}
		if p.VendorID == 0 {
			ids = []string{"others by their name"}
		}
		if r.ids != "" {
			r.ids += ", "
		}
		r.ids += strings.Join(ids, ", ")
		r.keys, r.light = profileKeys(p), map[bool]string{true: "its own", false: "–"}[p.HasLamp()]
		r.confirmed = cmp.Or(r.confirmed, map[bool]string{true: "yes", false: "no"}[p.Confirmed])
		rows[p.Name] = r
	}
	var out strings.Builder
	out.WriteString("| model | ids | keys | light | confirmed |\n|---|---|---|---|---|\n")
	for _, name := range names {
		r := rows[name]
		fmt.Fprintf(&out, "| %s | %s | %s | %s | %s |\n", name, r.ids, r.keys, r.light, r.confirmed)
	}
	return out.String()
}

func profileKeys(p *hid.Profile) string {
	text := "as its own descriptor says"
	if d, ok := p.Descriptor(); ok {
		text = d.Summary()
	}
	if p.Rows > 1 {
		text += fmt.Sprintf(", %d × %d", p.Rows, p.Columns)
	}
	switch {
	case p.Burst:
		text += "; tap only, a whole text at once"
	case p.TapOnly:
		text += "; tap only"
	}
	return text
}
