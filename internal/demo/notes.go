package demo

import (
	_ "embed"
	"math/rand/v2"
	"strings"
)

//go:embed notes.txt
var notesText string

// phrases are the sentences of notes.txt, with their choices, by part.
type phrases map[string][]string

func readPhrases(text string) phrases {
	all := make(phrases)
	part := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			part = strings.Trim(line, "[]")
		default:
			all[part] = append(all[part], line)
		}
	}
	return all
}

// note makes a note of a part: mostly one sentence, else two.
func (p phrases) note(rng *rand.Rand, part string) string {
	sentences := p[part]
	i := rng.IntN(len(sentences))
	text, _ := choose(rng, sentences[i])
	if rng.IntN(3) > 0 {
		return text
	}
	other := (i + 1 + rng.IntN(len(sentences)-1)) % len(sentences)
	more, _ := choose(rng, sentences[other])
	return text + "; " + more
}

// choose writes a text with one of each choice in it, up to its end or to what ends
// a choice that it is a part of, and returns what is left.
func choose(rng *rand.Rand, text string) (chosen, rest string) {
	var out strings.Builder
	for {
		i := strings.IndexAny(text, "{|}")
		if i < 0 {
			out.WriteString(text)
			return out.String(), ""
		}
		out.WriteString(text[:i])
		if text[i] != '{' {
			return out.String(), text[i:]
		}
		var options []string
		for text[i] != '}' {
			var option string
			option, text = choose(rng, text[i+1:])
			options, i = append(options, option), 0
		}
		out.WriteString(options[rng.IntN(len(options))])
		text = text[1:]
	}
}
