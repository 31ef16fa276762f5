package labels

import (
	"strings"
	"testing"
)

func TestHyphenate(t *testing.T) {
	tests := map[string]string{
		"Rechnungskorrekturanfrage": "Rech-nungs-kor-rek-turanf-rage",
		"understood":                "under-stood",
		"machen":                    "machen",
		"Lieferverzögerung":         "Lie-fer-ver-zöge-rung",
		"xxxxxxxx":                  "xxxxxxxx",
		"abc":                       "abc",
		"":                          "",
		"счёт-фактура":              "счёт-фак-тура",
	}
	for word, want := range tests {
		got := hyphenate(word)
		if strings.ReplaceAll(got, "\u00ad", "") != word {
			t.Errorf("hyphenate(%q) = %q: another word", word, got)
		}
		if got = strings.ReplaceAll(got, "\u00ad", "-"); got != want {
			t.Errorf("hyphenate(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestFit(t *testing.T) {
	cap12 := box{11, 8, sizes{3.5, 5, 24}}
	tests := []struct {
		name, text string
		least      float64 // points
		hyphens    bool
	}{
		{"one_word", "UNDO", 8, false},
		{"three_words", "Bill not clear", 6, false},
		{"long_word", "Kundenzufriedenheitsumfrage", 5, true},
		{"no_spaces", "配送が遅れている", 7, false},
		{"one_very_long_word", strings.Repeat("x", 40), 3.5, false},
		{"empty", "", 8, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := cap12.fit(test.text)
			if got.Full != "" || got.Whole() != test.text {
				t.Errorf("fit(%q) = %+v, want it whole", test.text, got)
			}
			if got.Pt < test.least {
				t.Errorf("fit(%q) has %v pt, want %v at least", test.text, got.Pt, test.least)
			}
			if hyphens := strings.ContainsRune(got.Text, softHyphen); hyphens != test.hyphens {
				t.Errorf("fit(%q) = %q: hyphens %v, want %v", test.text, got.Text, hyphens, test.hyphens)
			}
		})
	}
	t.Run("cut", func(t *testing.T) {
		long := strings.Repeat("word ", 60)
		got := cap12.fit(long)
		if got.Full != long || got.Pt != cap12.smallest || !strings.HasSuffix(got.Text, "…") || len(got.Text) < 40 {
			t.Errorf("fit of 300 characters = %+v, want it cut at the smallest size", got)
		}
	})
	t.Run("no_room", func(t *testing.T) {
		if got := (box{0.1, 0.1, sizes{4, 4, 9}}).fit("word"); got.Text != "…" || got.Full != "word" {
			t.Errorf("fit into nothing = %+v, want …", got)
		}
	})
}
