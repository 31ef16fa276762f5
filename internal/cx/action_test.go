package cx

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestActionCheck(t *testing.T) {
	day, some := Date{2026, time.November, 16}, 3
	good := Action{Tag: "bill", Owner: "Kim", What: "wrote it anew", Since: day}
	tests := []struct {
		name   string
		change func(*Action)
		want   string // "" is good
	}{
		{"as it is", func(*Action) {}, ""},
		{"with a prediction", func(a *Action) { a.Expect, a.By = &some, day.Week() }, ""},
		{"none expected", func(a *Action) { a.Expect, a.By = new(int), day.Week() }, ""},
		{"closed at once", func(a *Action) { a.Closed = day }, ""},
		{"lines", func(a *Action) { a.What = "a\nb" }, ""},
		{"tag in capitals", func(a *Action) { a.Tag = "Bill" }, `tag "Bill"`},
		{"no owner", func(a *Action) { a.Owner = "" }, "owner is missing"},
		{"an owner of 81", func(a *Action) { a.Owner = strings.Repeat("ä", 81) }, "owner has 81 characters"},
		{"an owner of lines", func(a *Action) { a.Owner = "a\nb" }, "owner contains the control character"},
		{"nothing done", func(a *Action) { a.What = "" }, "what was done is missing"},
		{"2001 characters", func(a *Action) { a.What = strings.Repeat("ä", 2001) }, "2001 characters"},
		{"no day", func(a *Action) { a.Since = Date{} }, "since is missing"},
		{"February 30", func(a *Action) { a.Since = Date{2026, time.February, 30} }, "is not a day of the calendar"},
		{"1999", func(a *Action) { a.Since = Date{1999, time.December, 31} }, "outside the years 2000 to 2100"},
		{"2101", func(a *Action) { a.Since = Date{2101, time.January, 1} }, "outside the years 2000 to 2100"},
		{"closed before", func(a *Action) { a.Closed = day.Add(-1) }, "closed on 2026-11-15, before 2026-11-16"},
		{"expected never", func(a *Action) { a.Expect = &some }, "without the week by which"},
		{"a week and no number", func(a *Action) { a.By = day.Week() }, "without how many"},
		{"by a week before", func(a *Action) { a.Expect, a.By = &some, day.Week().Add(-1) }, "by week 2026-W46 is before"},
		{"by a week that is none", func(a *Action) { a.Expect, a.By = &some, Week{2027, 53} }, "2027 has weeks 1 to 52"},
		{"fewer than none", func(a *Action) { n := -1; a.Expect, a.By = &n, day.Week() }, "-1 expected events"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := good
			tt.change(&a)
			err := a.Check()
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("Check: %v, want %q", err, tt.want)
			}
		})
	}
}

func TestActionIDs(t *testing.T) {
	one, two := Origin{1, 2, 3, 4, 5}, Origin{0xff, 2, 3, 4, 5}
	var all []Action
	for _, id := range []string{ActionID(one, 1), ActionID(two, 1), ActionID(one, 2), ActionID(one, 20)} {
		all = append(all, Action{ID: id})
		origin, n, err := ParseActionID(strings.ToLower(id))
		if err != nil || ActionID(origin, n) != id {
			t.Errorf("%s is read as %s, %d, %v", id, origin, n, err)
		}
	}
	for typed, want := range map[string][]string{
		"1":                     {all[0].ID, all[1].ID},
		"1-":                    {all[0].ID, all[1].ID},
		"2":                     {all[2].ID}, // and not 20
		"20":                    {all[3].ID},
		"1-z":                   {all[1].ID},
		"l-z":                   {all[1].ID}, // an l is a 1
		all[0].ID:               {all[0].ID},
		"3":                     nil,
		"":                      nil,
		"-":                     nil,
		all[0].ID + "0":         nil,
		one.String():            nil,
		"2-" + two.String():     nil,
		"1 ":                    nil,
		"1-" + one.String()[:2]: {all[0].ID},
	} {
		var got []string
		for _, a := range FindAction(all, typed) {
			got = append(got, a.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("FindAction(%q) = %q, want %q", typed, got, want)
		}
	}
	for _, bad := range []string{"", "3", "0-" + one.String(), "03-" + one.String(), "x-" + one.String(), "1-00000000", "1-UUUUUUUU", "1-" + one.String() + "0", "1099511627776-" + one.String()} {
		if _, _, err := ParseActionID(bad); err == nil {
			t.Errorf("ParseActionID(%q): no error", bad)
		}
	}
	ids := []string{"10-A", "9-B", "1-C", "1-A"}
	slices.SortFunc(ids, compareActionIDs)
	if want := []string{"1-A", "1-C", "9-B", "10-A"}; !slices.Equal(ids, want) {
		t.Errorf("in order: %q, want %q", ids, want)
	}
}

// What is not said is not in JSON, and what is comes back.
func TestActionJSON(t *testing.T) {
	for _, want := range []string{
		`{"id":"","tag":"a","owner":"b","what":"c","since":"2026-11-16"}`,
		`{"id":"","tag":"a","owner":"b","what":"c","since":"2026-11-16","expect":0,"by":"2026-W51","closed":"2026-12-01"}`,
	} {
		var a Action
		if err := json.Unmarshal([]byte(want), &a); err != nil {
			t.Fatal(err)
		}
		if got, err := json.Marshal(a); err != nil || string(got) != want {
			t.Errorf("%s is written as %s (%v)", want, got, err)
		}
	}
	if err := json.Unmarshal([]byte(`{"since":"2026-02-30"}`), &Action{}); err == nil {
		t.Error("February 30 is read")
	}
}

func TestContactsCheck(t *testing.T) {
	week := Week{2026, 53}
	for name, tt := range map[string]struct {
		c    Contacts
		want string
	}{
		"none":            {Contacts{Week: week}, ""},
		"most":            {Contacts{Week: week, Site: "Zürich", Channel: ChannelSMS, Count: 10_000_000}, ""},
		"one too many":    {Contacts{Week: week, Count: 10_000_001}, "10000001 contacts are not between"},
		"fewer than none": {Contacts{Week: week, Count: -1}, "-1 contacts are not between"},
		"no week":         {Contacts{}, "week is missing"},
		"a long site":     {Contacts{Week: week, Site: strings.Repeat("x", 81)}, "site has 81 characters"},
		"a channel":       {Contacts{Week: week, Channel: "phon"}, `did you mean "phone"`},
		"1999":            {Contacts{Week: Week{1999, 52}}, "outside the years"},
		"week 0":          {Contacts{Week: Week{2026, 0}}, "2026 has weeks 1 to 53"},
	} {
		if err := tt.c.Check(); tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

func TestFrozenCheck(t *testing.T) {
	good := Frozen{Week: Week{2026, 47}, Zone: "UTC", SHA256: Sum([]byte("n")), Numbers: []byte("n")}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	// SHA-256 of "abc": FIPS 180-4, appendix B.1.
	if got := Sum([]byte("abc")); got != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Errorf("Sum(abc) = %s", got)
	}
	for name, f := range map[string]Frozen{
		"other numbers": {Week: good.Week, Zone: "UTC", SHA256: good.SHA256, Numbers: []byte("m")},
		"no zone":       {Week: good.Week, SHA256: good.SHA256, Numbers: good.Numbers},
		"no numbers":    {Week: good.Week, Zone: "UTC", SHA256: Sum(nil)},
		"no week":       {Zone: "UTC", SHA256: good.SHA256, Numbers: good.Numbers},
	} {
		if f.Check() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
