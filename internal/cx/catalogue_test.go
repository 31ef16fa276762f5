package cx

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var problemTests = []struct {
	name string
	tags []Tag
	want []TagError
}{
	{"empty code", []Tag{{}}, []TagError{{0, "", errors.New("tag is empty")}}},
	{
		"unknown words, all of them",
		[]Tag{{Code: "a", Stage: "x", Domain: "servic", Driver: "speed", Kind: "praize"}},
		[]TagError{
			{0, "a", errors.New(`unknown stage "x" (known: discover, buy, pay, receive, set-up, use, get-help, return, renew)`)},
			{0, "a", errors.New(`unknown domain "servic" (did you mean "service"?)`)},
			{0, "a", errors.New(`unknown driver "speed" (known: efficiency, convenience, friendly-service, knowledgeable-service, easy-payment)`)},
			{0, "a", errors.New(`unknown kind "praize" (did you mean "praise"?)`)},
		},
	},
	{
		"label",
		[]Tag{{Code: "a", Label: strings.Repeat("ü", 81)}},
		[]TagError{{0, "a", errors.New("label has 81 characters, at most 80 are allowed")}},
	},
	{
		"minutes",
		[]Tag{{Code: "a", Minutes: -1}, {Code: "b", Minutes: 1441}, {Code: "c", Minutes: math.NaN()}, {Code: "d", Minutes: 1440}},
		[]TagError{
			{0, "a", errors.New("minutes -1 is not between 0 and 1440")},
			{1, "b", errors.New("minutes 1441 is not between 0 and 1440")},
			{2, "c", errors.New("minutes NaN is not between 0 and 1440")},
		},
	},
	{
		"twice",
		[]Tag{{Code: "a"}, {Code: "b"}, {Code: "a"}},
		[]TagError{{2, "a", errors.New("the code is given twice, first as tag 1")}},
	},
	{
		"merged into nothing",
		[]Tag{{Code: "refund"}, {Code: "b", MergedInto: "refnd"}, {Code: "c", MergedInto: "weather"}},
		[]TagError{
			{1, "b", errors.New(`merged into unknown tag "refnd" (did you mean "refund"?)`)},
			{2, "c", errors.New(`merged into unknown tag "weather"`)},
		},
	},
	{
		"merged into itself",
		[]Tag{{Code: "a", MergedInto: "a"}},
		[]TagError{{0, "a", errors.New("merged in a circle: a → a")}},
	},
	{
		"a circle and a way into it",
		[]Tag{{Code: "a", MergedInto: "b"}, {Code: "b", MergedInto: "a"}, {Code: "c", MergedInto: "a"}, {Code: "d"}},
		[]TagError{
			{0, "a", errors.New("merged in a circle: a → b → a")},
			{1, "b", errors.New("merged in a circle: b → a → b")},
		},
	},
	{
		"on the way to nothing",
		[]Tag{{Code: "a", MergedInto: "b"}, {Code: "b", MergedInto: "weather"}, {Code: "c", MergedInto: "a"}},
		[]TagError{{1, "b", errors.New(`merged into unknown tag "weather"`)}},
	},
	{
		"a circle too long to read",
		[]Tag{
			{Code: "a", MergedInto: "b"},
			{Code: "b", MergedInto: "c"},
			{Code: "c", MergedInto: "d"},
			{Code: "d", MergedInto: "e"},
			{Code: "e", MergedInto: "f"},
			{Code: "f", MergedInto: "g"},
			{Code: "g", MergedInto: "a"},
		},
		[]TagError{
			{0, "a", errors.New("merged in a circle: a → b → c → d → e → f → … → a")},
			{1, "b", errors.New("merged in a circle: b → c → d → e → f → g → … → b")},
			{2, "c", errors.New("merged in a circle: c → d → e → f → g → a → … → c")},
			{3, "d", errors.New("merged in a circle: d → e → f → g → a → b → … → d")},
			{4, "e", errors.New("merged in a circle: e → f → g → a → b → c → … → e")},
			{5, "f", errors.New("merged in a circle: f → g → a → b → c → d → … → f")},
			{6, "g", errors.New("merged in a circle: g → a → b → c → d → e → … → g")},
		},
	},
}

func TestNewCatalogueProblems(t *testing.T) {
	for _, tt := range problemTests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := NewCatalogue(tt.tags)
			joined, ok := err.(interface{ Unwrap() []error })
			if !ok {
				t.Fatalf("NewCatalogue = %v, %v; want problems", c, err)
			}
			var got []TagError
			for _, e := range joined.Unwrap() {
				var problem *TagError
				if !errors.As(e, &problem) {
					t.Fatalf("%v is no TagError", e)
				}
				got = append(got, *problem)
			}
			sameText := cmp.Comparer(func(a, b error) bool { return said(a) == said(b) })
			if diff := cmp.Diff(tt.want, got, sameText); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if len(c.Tags()) != 0 {
				t.Errorf("a catalogue of %d tags in spite of %v", len(c.Tags()), err)
			}
		})
	}
	cause := errors.New("why")
	if err := error(&TagError{1, "a", cause}); !errors.Is(err, cause) || err.Error() != `tag "a": why` {
		t.Errorf("TagError reads %q", err)
	}
}

func testCatalogue(t *testing.T) Catalogue {
	t.Helper()
	return mustCatalogue(t,
		Tag{Code: "oldest", MergedInto: "old"},
		Tag{Code: "old", MergedInto: "refund", Retired: true},
		Tag{Code: "refund", Label: "Refund is slow", Domain: DomainExperience, Driver: DriverEasyPayment, Kind: KindProblem},
		Tag{Code: "praise", Domain: DomainService, Driver: DriverFriendly, Kind: KindPraise},
		Tag{Code: "fax", Label: "Fax", Retired: true, Domain: DomainService},
	)
}

func TestCatalogueLooksUp(t *testing.T) {
	c := testCatalogue(t)
	if diff := cmp.Diff([]string{"oldest", "old", "refund", "praise", "fax"}, c.Codes()); diff != "" {
		t.Errorf("Codes (-want +got):\n%s", diff)
	}
	for code, want := range map[string]string{
		"oldest": "refund", "old": "refund", "refund": "refund", "praise": "praise", "fax": "fax", "gone": "gone",
	} {
		got := c.Counted(code)
		if got.Code != want || got.Unlisted != (code == "gone") {
			t.Errorf("Counted(%q) = %+v, want %s", code, got, want)
		}
	}
	if got := c.Counted("oldest"); got.Domain != DomainExperience || got.Name() != "Refund is slow" {
		t.Errorf("Counted(oldest) = %+v, want all of refund", got)
	}
	if tag, ok := c.Tag("oldest"); !ok || tag.MergedInto != "old" || tag.Name() != "oldest" {
		t.Errorf("Tag(oldest) = %+v, %v; want the tag itself", tag, ok)
	}
	if tag, ok := c.Tag("gone"); ok {
		t.Errorf("Tag(gone) = %+v", tag)
	}
	c.Tags()[2].Code = "changed"
	if _, ok := c.Tag("refund"); !ok || c.Counted("refund").Code != "refund" {
		t.Error("a change of what Tags returned changed the catalogue")
	}
}

func TestZeroCatalogue(t *testing.T) {
	var c Catalogue
	if _, err := c.Usable("praise"); said(err) != `unknown tag "praise"` {
		t.Errorf("Usable(praise) = %v", err)
	}
	if got := c.Counted("praise"); got.Code != "praise" || !got.Unlisted {
		t.Errorf("Counted(praise) = %+v", got)
	}
	if len(c.Tags())+len(c.Codes())+len(c.UsableTags())+len(c.With(c).Tags()) != 0 {
		t.Error("the zero catalogue has tags")
	}
}

func TestUsable(t *testing.T) {
	c := testCatalogue(t).With(mustCatalogue(t,
		Tag{Code: "oldest", MergedInto: "refund"}, Tag{Code: "refund"}, Tag{Code: "praise"}, Tag{Code: "fax", Retired: true}))
	for code, want := range map[string]string{
		"praise": "",
		"prase":  `unknown tag "prase" (did you mean "praise"?)`,
		"old":    `unknown tag "old"`, // unlisted: in the file, no longer configured
		"oldest": `tag "oldest" is merged into "refund": use that`,
		"fax":    `tag "fax" is retired`,
		"fay":    `unknown tag "fay"`, // a retired tag is no suggestion
		"":       `unknown tag ""`,
	} {
		tag, err := c.Usable(code)
		if said(err) != want {
			t.Errorf("Usable(%q) = %v, want %s", code, err, want)
		}
		if (err == nil) != (tag.Code == code && code != "") {
			t.Errorf("Usable(%q) = %+v, %v", code, tag, err)
		}
	}
	var usable []string
	for _, tag := range c.UsableTags() {
		usable = append(usable, tag.Code)
	}
	if diff := cmp.Diff([]string{"refund", "praise"}, usable); diff != "" {
		t.Errorf("UsableTags (-want +got):\n%s", diff)
	}
}

func TestCatalogueWith(t *testing.T) {
	yes := true
	tests := []struct {
		name             string
		file, configured []Tag
		want             []Tag
	}{
		{"new file", nil, []Tag{{Code: "a"}, {Code: "b"}}, []Tag{{Code: "a"}, {Code: "b"}}},
		{"no configuration", []Tag{{Code: "a"}}, nil, []Tag{{Code: "a", Unlisted: true}}},
		{
			"the configuration wins",
			[]Tag{{Code: "a", Label: "old", Retired: true}},
			[]Tag{{Code: "a", Label: "new", Preventable: &yes}},
			[]Tag{{Code: "a", Label: "new", Preventable: &yes}},
		},
		{
			"what left it stays as it was, behind",
			[]Tag{{Code: "a", Label: "A", Kind: KindIdea}, {Code: "b"}},
			[]Tag{{Code: "c"}, {Code: "b"}},
			[]Tag{{Code: "c"}, {Code: "b"}, {Code: "a", Label: "A", Kind: KindIdea, Unlisted: true}},
		},
		{
			"what comes back is listed again",
			[]Tag{{Code: "a", Unlisted: true}},
			[]Tag{{Code: "a"}},
			[]Tag{{Code: "a"}},
		},
		{
			"merges turned round make no circle",
			[]Tag{{Code: "a", MergedInto: "b"}, {Code: "b", MergedInto: "c"}, {Code: "c"}},
			[]Tag{{Code: "c", MergedInto: "a"}, {Code: "a"}},
			[]Tag{{Code: "c", MergedInto: "a"}, {Code: "a"}, {Code: "b", MergedInto: "c", Unlisted: true}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := mustCatalogue(t, tt.file...).With(mustCatalogue(t, tt.configured...))
			if diff := cmp.Diff(tt.want, got.Tags(), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("With (-want +got):\n%s", diff)
			}
			if again := got.With(mustCatalogue(t, tt.configured...)); !cmp.Equal(again.Tags(), got.Tags()) {
				t.Errorf("the same configuration again gives %v, want %v", again.Tags(), got.Tags())
			}
		})
	}
}
