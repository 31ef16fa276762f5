package cx

import (
	"strings"
	"testing"
)

func TestParseWords(t *testing.T) {
	// Each word is read as itself, "" as "", and near misses are guessed.
	parsers := map[string]struct {
		parse func(string) (string, error)
		words string
	}{
		"stage":   {text(ParseStage), "discover,buy,pay,receive,set-up,use,get-help,return,renew"},
		"channel": {text(ParseChannel), "phone,in-person,email,chat,sms,social"},
		"domain":  {text(ParseDomain), "service,experience,success"},
		"driver":  {text(ParseDriver), "efficiency,convenience,friendly-service,knowledgeable-service,easy-payment"},
		"kind":    {text(ParseKind), "praise,problem,question,idea,other"},
		"source":  {text(ParseSource), "device,terminal,page,cli,api,import"},
		"clock":   {text(ParseClock), "suspect"},
	}
	for what, p := range parsers {
		t.Run(what, func(t *testing.T) {
			for word := range strings.SplitSeq(p.words+",", ",") {
				if got, err := p.parse(word); err != nil || got != word {
					t.Errorf("parse(%q) = %q, %v", word, got, err)
				}
				if word == "" {
					continue
				}
				upper := strings.ToUpper(word)
				want := "unknown " + what + ` "` + upper + `" (did you mean "` + word + `"?)`
				if got, err := p.parse(upper); said(err) != want || got != "" {
					t.Errorf("parse(%q) = %q, %v; want %s", upper, got, err, want)
				}
			}
			want := "unknown " + what + ` "zzzzzz" (known: ` + strings.ReplaceAll(p.words, ",", ", ") + ")"
			if got, err := p.parse("zzzzzz"); said(err) != want || got != "" {
				t.Errorf("parse(zzzzzz) = %q, %v; want %s", got, err, want)
			}
		})
	}
	if _, err := ParseKind(strings.Repeat("x", 1e6)); len(said(err)) > 200 {
		t.Errorf("an error of %d characters", len(said(err)))
	}
}

func text[T ~string](parse func(string) (T, error)) func(string) (string, error) {
	return func(s string) (string, error) {
		v, err := parse(s)
		return string(v), err
	}
}

// A caller that changes what it was given changes nothing for others.
func TestListsAreCopies(t *testing.T) {
	Stages()[0], Channels()[0], Dimensions()[0] = "x", "x", "x"
	for what, first := range map[string]string{
		"discover": string(Stages()[0]), "phone": string(Channels()[0]), "tag": string(Dimensions()[0]),
	} {
		if first != what {
			t.Errorf("the first word is %q, want %q", first, what)
		}
	}
}

func TestSourceLive(t *testing.T) {
	for source, want := range map[Source]bool{
		SourceDevice: true, SourceTerminal: true, SourcePage: true, SourceCLI: true,
		SourceAPI: false, SourceImport: false, "": false,
	} {
		if got := source.Live(); got != want {
			t.Errorf("%q.Live() = %v, want %v", source, got, want)
		}
	}
}

func TestNearest(t *testing.T) {
	codes := []string{"refund-slow", "refund", "praise", "how-to", "staff", "out-of-stock", "merged_into"}
	tests := []struct{ name, in, want string }{
		{"itself", "praise", "praise"},
		{"capitals", "PRAISE", "praise"},
		{"one letter more", "praises", "praise"},
		{"one less", "prase", "praise"},
		{"another", "prayse", "praise"},
		{"swapped neighbours", "parise", "praise"},
		{"several", "refnd-slwo", "refund-slow"},
		{"the nearer of two", "refunds", "refund"},
		{"more than a third", "prxxxe", ""},
		{"short", "hwo-to", "how-to"},
		{"nothing like it", "weather", ""},
		{"a word of it", "slow", "refund-slow"},
		{"a word of it, mistyped", "stokc", "out-of-stock"},
		{"its beginning, mistyped", "out-fo", "out-of-stock"},
		{"its beginning, with an underscore", "merged", "merged_into"},
		{"the whole before a beginning", "refnd", "refund"},
		{"one letter of a short word", "at", ""},
		{"its end of several words", "of-stock", ""},
		{"empty", "", ""},
		{"endless", strings.Repeat("praise", 1e5), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Nearest(tt.in, codes); got != tt.want {
				t.Errorf("Nearest(%.20q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
	if got := Nearest("bat", []string{"cat", "rat"}); got != "cat" {
		t.Errorf("of equals Nearest gives %q, want the first", got)
	}
	if got := Nearest("refnd", []string{"praise", "refund-slow"}); got != "refund-slow" {
		t.Errorf("for the beginning of a name Nearest gives %q", got)
	}
	if got := Nearest("x", nil); got != "" {
		t.Errorf("among none the nearest is %q", got)
	}
}

func TestEditDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "", 3},
		{"abc", "abc", 0},
		{"abc", "acb", 1},
		{"abc", "axc", 1},
		{"kitten", "sitting", 3},
		{"ab", "ba", 1},
		{"ca", "abc", 3},
	}
	for _, tt := range tests {
		if got := editDistance(tt.a, tt.b); got != tt.want {
			t.Errorf("editDistance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}
