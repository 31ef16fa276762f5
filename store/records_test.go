package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
)

var (
	week47 = cx.Week{Year: 2026, Number: 47}
	day16  = cx.Date{Year: 2026, Month: time.November, Day: 16}
)

// people is what people wrote down in a file, as it answers.
type people struct {
	Contacts []cx.Contacts
	Actions  []cx.Action
	Frozen   []cx.Frozen
}

func peopleOf(t testing.TB, s *Store) (p people) {
	t.Helper()
	var errs [3]error
	p.Contacts, errs[0] = s.Contacts(t.Context())
	p.Actions, errs[1] = s.Actions(t.Context())
	p.Frozen, errs[2] = s.Frozen(t.Context(), week47)
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	return p
}

func setContacts(t testing.TB, s *Store, all ...cx.Contacts) {
	t.Helper()
	if err := s.SetContacts(t.Context(), all); err != nil {
		t.Fatal(err)
	}
}

func addAction(t testing.TB, s *Store, what string) cx.Action {
	t.Helper()
	expect := 0
	a, err := s.AddAction(t.Context(), cx.Action{Tag: "bill", Owner: "Billing", What: what, Since: day16, Expect: &expect, By: cx.Week{Year: 2027, Number: 2}})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func freeze(t testing.TB, s *Store, numbers string) {
	t.Helper()
	f := cx.Frozen{Week: week47, Zone: "Europe/Berlin", SHA256: cx.Sum([]byte(numbers)), Numbers: []byte(numbers)}
	if err := s.Freeze(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// writeDown stores some of all that people write down.
func writeDown(t testing.TB, s *Store) {
	t.Helper()
	var contacts []cx.Contacts
	for n := range 30 {
		contacts = append(contacts, cx.Contacts{Week: week47.Add(-n), Count: 400 + n},
			cx.Contacts{Week: week47.Add(-n), Site: "north", Channel: cx.ChannelPhone, Count: n})
	}
	setContacts(t, s, contacts...)
	for n := range 4 {
		addAction(t, s, fmt.Sprintf("wrote letter %d anew", n))
	}
	freeze(t, s, strings.Repeat("numbers of the week; ", 1000)) // longer than a page
	freeze(t, s, "other numbers")
}

func TestContacts(t *testing.T) {
	c := &clock{epoch}
	s := newStore(t, c)
	phone := cx.Contacts{Week: week47, Site: "north", Channel: cx.ChannelPhone, Count: 300}
	setContacts(t, s, cx.Contacts{Week: week47.Add(-1), Count: 0}, cx.Contacts{Week: week47, Count: 400}, phone)
	c.advance(-time.Hour) // the clock goes back: what was said later counts all the same
	setContacts(t, s, cx.Contacts{Week: week47, Count: 412})
	want := []cx.Contacts{
		{Week: week47.Add(-1), SetAt: epoch}, {Week: week47, Count: 412, SetAt: epoch.Add(time.Millisecond)}, phone,
	}
	want[2].SetAt = epoch
	if diff := cmp.Diff(want, peopleOf(t, s).Contacts); diff != "" {
		t.Errorf("contacts (-want +got):\n%s", diff)
	}

	for name, tt := range map[string]struct {
		set  []cx.Contacts
		want string
	}{
		"a channel beside a total":  {[]cx.Contacts{{Week: week47, Channel: cx.ChannelChat, Count: 1}}, "412 are known of 2026-W47, all channels: a total and"},
		"a total beside a channel":  {[]cx.Contacts{{Week: week47, Site: "north", Count: 1}}, `300 are known of 2026-W47, site "north", phone: a total and`},
		"both at once":              {[]cx.Contacts{{Week: week47.Add(1), Count: 1}, {Week: week47.Add(1), Channel: cx.ChannelChat}}, "exclude each other"},
		"too many":                  {[]cx.Contacts{{Week: week47, Count: cx.MaxContacts + 1}}, "are not between 0 and 10000000"},
		"less than none":            {[]cx.Contacts{{Week: week47, Count: -1}}, "-1 contacts"},
		"no week":                   {[]cx.Contacts{{Count: 1}}, "week is missing"},
		"week 53 of 2027":           {[]cx.Contacts{{Week: cx.Week{Year: 2027, Number: 53}}}, "2027 has weeks 1 to 52"},
		"a site that breaks a line": {[]cx.Contacts{{Week: week47, Site: "a\nb"}}, "control character"},
	} {
		t.Run(name, func(t *testing.T) {
			err := s.SetContacts(t.Context(), append([]cx.Contacts{{Week: week47.Add(2), Count: 1}}, tt.set...))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("SetContacts: %v, want %q", err, tt.want)
			}
			if diff := cmp.Diff(want, peopleOf(t, s).Contacts); diff != "" {
				t.Errorf("contacts changed (-want +got):\n%s", diff)
			}
		})
	}

	if err := s.RemoveContacts(t.Context(), []cx.ContactsKey{{Week: week47}, {Week: week47, Site: "nowhere"}}); err != nil {
		t.Fatal(err)
	}
	setContacts(t, s, cx.Contacts{Week: week47, Channel: cx.ChannelChat, Count: 12})
	if got := peopleOf(t, s).Contacts; len(got) != 3 || got[1].Count != 12 {
		t.Errorf("per channel after the total was taken away: %+v", got)
	}
}

func TestActions(t *testing.T) {
	c := &clock{epoch}
	s := newStore(t, c)
	first := addAction(t, s, " wrote the letter anew, not with 4111 1111 1111 1111 \n")
	c.advance(time.Hour)
	second := addAction(t, s, "b")
	if want := "wrote the letter anew, not with [card …1111]"; first.What != want || first.ID != "1-"+s.Origin().String() || !first.AddedAt.Equal(epoch) {
		t.Errorf("added %+v, want %q as 1 at %s", first, want, epoch)
	}
	if diff := cmp.Diff([]cx.Action{second, first}, peopleOf(t, s).Actions); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
	closed, err := s.CloseAction(t.Context(), "1", day16.Add(3))
	if err != nil {
		t.Fatal(err)
	}
	first.Closed = day16.Add(3)
	if diff := cmp.Diff([]cx.Action{second, first}, append(peopleOf(t, s).Actions[:1], closed)); diff != "" {
		t.Errorf("after one was closed (-want +got):\n%s", diff)
	}
	for name, tt := range map[string]struct {
		id   string
		on   cx.Date
		want error
	}{
		"closed already":      {"1", day16.Add(4), ErrActionClosed},
		"unknown":             {"9", day16, ErrNoAction},
		"before it began":     {"2", day16.Add(-1), nil},
		"on no day":           {"2", cx.Date{}, nil},
		"an id that is empty": {"", day16, ErrNoAction},
	} {
		if _, err := s.CloseAction(t.Context(), tt.id, tt.on); err == nil || tt.want != nil && !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	for range 9 {
		addAction(t, s, "c")
	}
	if _, err := s.CloseAction(t.Context(), "1", day16); !errors.Is(err, ErrActionClosed) {
		t.Errorf("1 beside 10 and 11: %v, want ErrActionClosed", err)
	}
	if _, err := s.AddAction(t.Context(), cx.Action{Tag: "Bill", What: "x", Since: day16}); err == nil || !strings.Contains(err.Error(), "owner is missing") || !strings.Contains(err.Error(), `tag "Bill"`) {
		t.Errorf("an action with two faults: %v", err)
	}
}

func TestFreeze(t *testing.T) {
	c := &clock{epoch}
	s := newStore(t, c)
	for _, numbers := range []string{"a", "a", "b", "a"} { // what went back is a revision, too
		freeze(t, s, numbers)
	}
	other := cx.Frozen{Week: week47, Zone: "Asia/Tokyo", Revision: 1, SHA256: cx.Sum([]byte("t")), Numbers: []byte("t")}
	if err := s.Freeze(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	var got []string
	for i, f := range peopleOf(t, s).Frozen {
		got = append(got, fmt.Sprint(f.Zone, " ", f.Revision, " ", string(f.Numbers)))
		if !f.FrozenAt.Equal(epoch.Add(time.Duration(i) * time.Millisecond)) {
			t.Errorf("revision %d is of %s", i, f.FrozenAt)
		}
	}
	want := []string{"Europe/Berlin 1 a", "Europe/Berlin 2 b", "Europe/Berlin 3 a", "Asia/Tokyo 1 t"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("frozen (-want +got):\n%s", diff)
	}
	other.Numbers, other.SHA256, other.Revision = []byte("u"), cx.Sum([]byte("u")), 1
	if err := s.Freeze(t.Context(), other); !errors.Is(err, ErrRevision) {
		t.Errorf("the first revision again: %v, want ErrRevision", err)
	}
	other.SHA256 = cx.Sum([]byte("v"))
	if err := s.Freeze(t.Context(), other); err == nil || !strings.Contains(err.Error(), "is not that of the numbers") {
		t.Errorf("another sum: %v", err)
	}
	if all, err := s.Frozen(t.Context(), week47.Add(-1)); err != nil || len(all) != 0 {
		t.Errorf("another week: %v, %v", all, err)
	}
}

// What is erased of actions is nowhere in the file, stays away when a copy is merged
// or a backup restored, and leaves what reports judge by.
func TestEraseActions(t *testing.T) {
	c := &clock{epoch}
	s := newStore(t, c)
	writeDown(t, s)
	a := addAction(t, s, "told Ms Winter that we are sorry")
	backup := filepath.Join(t.TempDir(), "backup.db")
	if _, err := s.Backup(t.Context(), backup, nil); err != nil {
		t.Fatal(err)
	}
	got, err := s.EraseActions(t.Context(), []string{"5", a.ID}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Actions, []string{a.ID}) || got.Search == nil || got.Search.Elsewhere != 1 { // Billing
		t.Errorf("EraseActions = %+v, search %+v", got, got.Search)
	}
	notIn(t, s.Path(), "Ms Winter")
	a.What, a.Owner = cx.ErasedWords, cx.ErasedWords
	find := func(s *Store) cx.Action { return cx.FindAction(peopleOf(t, s).Actions, a.ID)[0] }
	if diff := cmp.Diff(a, find(s)); diff != "" {
		t.Errorf("the action (-want +got):\n%s", diff)
	}
	if again, err := s.EraseActions(t.Context(), []string{a.ID}, nil); err != nil || !slices.Equal(again.ActionsBefore, []string{a.ID}) || again.Compacted != nil {
		t.Errorf("again: %+v, %v", again, err)
	}

	path := closed(t, s)
	for _, sources := range [][]string{{path, backup}, {backup, path}} {
		to := filepath.Join(t.TempDir(), "all.db")
		merge(t, to, sources...)
		notIn(t, to, "Ms Winter")
	}
	if _, err := Restore(t.Context(), backup, path, RestoreOptions{Replace: true}, nil); err != nil {
		t.Fatal(err)
	}
	notIn(t, path, "Ms Winter")
	s = openStore(t, path, Options{})
	if diff := cmp.Diff(a, find(s)); diff != "" {
		t.Errorf("the action in a restored backup (-want +got):\n%s", diff)
	}
}

// A file of format 2, as its program left it, answers with none of what format 3
// added, and takes all of it once it is opened for writing.
func TestFormat2(t *testing.T) {
	path := oldFile(t, "format2.db.gz")
	reader, err := Open(path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	info, err := reader.Info(t.Context())
	if err != nil || info.Format != 2 {
		t.Errorf("format %d, %v; want 2", info.Format, err)
	}
	if diff := cmp.Diff(people{}, peopleOf(t, reader)); diff != "" {
		t.Errorf("what people wrote down (-want +got):\n%s", diff)
	}
	before := all(t, reader, cx.EventQuery{Voided: true})
	checkClean(t, reader)
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	s := openStore(t, path, Options{})
	writeDown(t, s)
	if got := peopleOf(t, s); len(got.Contacts) != 60 || len(got.Actions) != 4 || len(got.Frozen) != 2 {
		t.Errorf("%d contacts, %d actions, %d frozen; want 60, 4, 2", len(got.Contacts), len(got.Actions), len(got.Frozen))
	}
	if diff := cmp.Diff(before, all(t, s, cx.EventQuery{Voided: true})); diff != "" || len(before) == 0 {
		t.Errorf("%d events (-before +after):\n%s", len(before), diff)
	}
}

// Of two files that disagree the rules decide, in whichever order they are merged.
func TestMergePeople(t *testing.T) {
	dir := t.TempDir()
	one := deskFile(t, dir, "one.db", func(s *Store) {
		setContacts(t, s, cx.Contacts{Week: week47, Count: 1}, cx.Contacts{Week: week47.Add(-1), Count: 10}, cx.Contacts{Week: week47.Add(-2), Count: 7})
		addAction(t, s, "open in one copy")
		freeze(t, s, "same")
	})
	later := copyFile(t, one, filepath.Join(dir, "later.db"))
	changeFile(t, later, func(s *Store) {
		setContacts(t, s, cx.Contacts{Week: week47, Count: 2}) // a millisecond later
		if err := s.RemoveContacts(t.Context(), []cx.ContactsKey{{Week: week47.Add(-2)}}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.CloseAction(t.Context(), "1", day16.Add(5)); err != nil {
			t.Fatal(err)
		}
		freeze(t, s, "changed")
	})
	two := deskFile(t, dir, "two.db", func(s *Store) {
		s.now = func() time.Time { return epoch.Add(time.Hour) }
		setContacts(t, s, cx.Contacts{Week: week47.Add(-1), Channel: cx.ChannelChat, Count: 3}) // counts, and the total of one.db does not
		addAction(t, s, "of another desk")
		freeze(t, s, "changed") // what later.db froze last
	})
	for _, files := range permutations([]string{one, later, two}) {
		to := filepath.Join(t.TempDir(), "all.db")
		for _, f := range files {
			merge(t, to, f)
		}
		got := peopleOf(t, openMerged(t, to))
		var lines []string
		for _, c := range got.Contacts {
			lines = append(lines, strings.TrimSpace(fmt.Sprint(c.Week, " ", c.Channel, " ", c.Count)))
		}
		for _, a := range got.Actions {
			lines = append(lines, a.What+" "+a.Closed.String())
		}
		for _, f := range got.Frozen {
			lines = append(lines, fmt.Sprint(f.Revision, " ", string(f.Numbers)))
		}
		want := []string{
			"2026-W46 chat 3", "2026-W47  2",
			"of another desk 0000-00-00", "open in one copy 2026-11-21",
			"1 same", "2 changed",
		}
		if diff := cmp.Diff(want, lines); diff != "" {
			t.Errorf("%q (-want +got):\n%s", files, diff)
		}
		if ids := cx.FindAction(got.Actions, "1"); len(ids) != 2 {
			t.Errorf("two desks have %d actions called 1", len(ids))
		}
	}
}
