package labels

import (
	"slices"
	"strings"
	"unicode"
)

// The letters that make a syllable, and the pairs that one sound is written with.
const vowels = "aeiouyäöüåæøœáàâãéèêëíìîïóòôõúùûыаеёиоуэюяіїєαεηιουω"

var sounds = []string{"ch", "ck", "sh", "ph", "th", "qu", "gh", "wh", "rh", "st"}

// hyphenate puts soft hyphens between the syllables of a word. It knows no
// language: a syllable begins with the last consonant before a vowel, which is
// the rule of most that use an alphabet and right often enough for words that would
// not fit a line at all. No part is shorter than three letters.
func hyphenate(word string) string {
	const shortest = 3
	runes := []rune(word)
	lower := []rune(strings.ToLower(word))
	if len(lower) != len(runes) { // a letter whose lower case is two
		return word
	}
	var out []rune
	last := 0 // where the part began
	for i, r := range runes {
		if i-last >= shortest && len(runes)-i >= shortest && begins(lower, i) {
			out = append(out, softHyphen)
			last = i
		}
		out = append(out, r)
	}
	return string(out)
}

// begins reports whether a syllable begins with the letter at i.
func begins(w []rune, i int) bool {
	if !unicode.IsLetter(w[i-1]) || !unicode.IsLetter(w[i]) || isVowel(w[i]) || !anyVowel(w[:i]) {
		return false
	}
	if pair(w, i-1) { // never between two letters of one sound
		return false
	}
	next := i + 1
	if pair(w, i) {
		next++
	}
	return next < len(w) && isVowel(w[next])
}

// pair reports whether the letters at i and after it are written for one sound.
func pair(w []rune, i int) bool {
	if i+1 >= len(w) {
		return false
	}
	return slices.Contains(sounds, string(w[i:i+2]))
}

func isVowel(r rune) bool { return strings.ContainsRune(vowels, r) }

func anyVowel(w []rune) bool {
	return slices.ContainsFunc(w, isVowel)
}
