package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"magicbutton/internal/cx"
)

// Whatever bytes stand in a file, they are refused or are something that can be
// stored, and is then the same.
func FuzzPeopleCodecs(f *testing.F) {
	expect := 3
	action := cx.Action{Tag: "bill", Owner: "B", What: "w", Since: day16, Closed: day16, Expect: &expect, By: week47, AddedAt: epoch}
	frozen := cx.Frozen{Week: week47, Zone: "UTC", FrozenAt: epoch, SHA256: cx.Sum([]byte("n")), Numbers: []byte("n")}
	key, err := frozenKey(frozen)
	if err != nil {
		f.Fatal(err)
	}
	contacts := cx.Contacts{Week: week47, Site: "north", Channel: cx.ChannelSMS, Count: 1, SetAt: epoch}
	f.Add(contactsKey(contacts.Key()), storedContacts{contacts, true}.appendTo(nil))
	f.Add(actionKey(cx.Origin{1}, 7), appendAction(nil, action))
	f.Add(key, appendFrozen(nil, frozen))
	f.Fuzz(func(t *testing.T, key, record []byte) {
		if c, err := contactsOf(key, record); err == nil {
			again, err := contactsOf(contactsKey(c.Key()), c.appendTo(nil))
			sameAgain(t, c.Check(), c, again, err)
		}
		if a, err := actionOf(key, record); err == nil {
			k, keyErr := actionKeyOf(a)
			again, err := actionOf(k, appendAction(nil, a))
			sameAgain(t, errors.Join(a.Check(), keyErr), a, again, err)
		}
		if z, err := frozenOf(key, record); err == nil {
			k, keyErr := frozenKey(z)
			again, err := frozenOf(k, appendFrozen(nil, z))
			sameAgain(t, errors.Join(z.Check(), keyErr), z, again, err)
			if !bytes.Equal(k, key) {
				t.Errorf("the key is %x, and then %x", key, k)
			}
		}
	})
}

// sameAgain holds what was read against what was written of it and read again.
func sameAgain(t *testing.T, bad error, first, again any, err error) {
	t.Helper()
	a, _ := json.Marshal(first)
	b, _ := json.Marshal(again)
	if bad != nil || err != nil || !bytes.Equal(a, b) {
		t.Errorf("read %s (%v), and again %s (%v)", a, bad, b, err)
	}
}

// Each bit of a record of people that flips is found.
func TestPeopleSealed(t *testing.T) {
	s := newStore(t, &clock{epoch})
	writeDown(t, s)
	path := closed(t, s)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"contacts": "north\x00phone", "actions": "wrote letter 2", "frozen": "numbers of the week"} {
		flipped := []byte(text)
		flipped[3] ^= 4
		b := bytes.ReplaceAll(good, []byte(text), flipped) // former pages have it, too
		if bytes.Equal(b, good) {
			t.Fatalf("%s: %q is not in the file", name, text)
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		damaged, err := Open(path, Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		report, err := damaged.Check(t.Context(), nil)
		if err != nil || report.OK() || !strings.Contains(report.Damage[0], name) {
			t.Errorf("%s: check found %q, %v", name, report.Damage, err)
		}
		if err := damaged.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, good, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
