package cli

import (
	"testing"

	"magicbutton/internal/cx"
)

// Whatever a file has, either a line of it is named or each of its numbers can be
// stored, no two of them about the same.
func FuzzReadContacts(f *testing.F) {
	for _, s := range []string{
		"week,contacts\n2026-W47,412\n", "\ufeffChannel,contacts,week,site\nchat,1,2026-w47,'=x\n", "week;contacts\n", "week,contacts\n\"2026",
		"week,contacts,site\n2026-W47,1\n2026-W47,2,\n", "",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		all, bad := readContacts(b)
		seen := make(map[cx.ContactsKey]bool)
		for _, c := range all {
			if err := c.Check(); err != nil || seen[c.Key()] {
				t.Errorf("%+v is taken: %v", c, err)
			}
			seen[c.Key()] = true
		}
		for k := range seen {
			if total := (cx.ContactsKey{Week: k.Week, Site: k.Site}); k.Channel != "" && seen[total] {
				t.Errorf("a total and numbers per channel of %s are taken", k.Week)
			}
		}
		if len(b) == 0 && len(bad) == 0 {
			t.Error("an empty file is taken")
		}
	})
}
