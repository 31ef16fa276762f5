package labels

import (
	"math"
	"slices"
	"strings"
	"unicode"
)

// fitted is a text with the size at which it fits a box.
type fitted struct {
	// Text is what is shown, with soft hyphens where a word is longer than a line.
	Text string
	// Full is the whole text where Text had to be cut, else "".
	Full string
	// Pt is the size in points.
	Pt float64
}

// Whole is the text as it was given.
func (f fitted) Whole() string {
	if f.Full != "" {
		return f.Full
	}
	return strings.ReplaceAll(f.Text, string(softHyphen), "")
}

const (
	mmPerPt = 25.4 / 72
	// lineHeight in em, as in the style sheet.
	lineHeight = 1.15
	sizeStep   = 0.25 // points
	softHyphen = '\u00ad'
)

// box is where a text goes.
type box struct {
	width, height float64 // millimetres
	sizes
}

// sizes of a text, in points: the bounds, and what can be read with ease.
type sizes struct{ smallest, comfortable, largest float64 }

// fit finds the largest size at which a text fits. It breaks words only where
// that makes the text a good deal larger, and cuts the text only where even the
// smallest size is too large. A browser has the last word on where lines end: the
// widths here are those of wide fonts, so that what fits here fits there.
func (b box) fit(text string) fitted {
	var best [3]float64 // the largest size for each way to break
	for pt := math.Floor(b.largest/sizeStep) * sizeStep; pt >= b.smallest; pt -= sizeStep {
		if ok, way := b.fits(text, pt); ok && best[way] == 0 {
			best[way] = pt
		}
	}
	// So many times larger is worth a hyphen: little where whole words are too small
	// to read with ease, much where they are not.
	worth := 1.25
	if best[whole] >= b.comfortable {
		worth = 2
	}
	pt := best[whole]
	if best[hyphenated] > pt*worth {
		pt = best[hyphenated]
	}
	if pt == 0 {
		pt = best[torn]
	}
	if pt > 0 {
		return fitted{Text: b.hyphens(text, pt), Pt: pt}
	}
	return b.cut(text)
}

// oneLine finds the largest size at which a name stays on its line; below the
// smallest, the line's end is lost.
func (b box) oneLine(name string) fitted {
	pt := b.width / (max(width(name), 0.1) * mmPerPt)
	return fitted{Text: name, Pt: math.Floor(min(max(pt, b.smallest), b.largest)/sizeStep) * sizeStep}
}

// cut shortens a text until it fits at the smallest size.
func (b box) cut(text string) fitted {
	runes := []rune(text)
	for len(runes) > 0 {
		runes = runes[:len(runes)-1]
		short := strings.TrimSpace(string(runes)) + "…"
		if ok, _ := b.fits(short, b.smallest); ok {
			return fitted{Text: b.hyphens(short, b.smallest), Full: text, Pt: b.smallest}
		}
	}
	return fitted{Text: "…", Full: text, Pt: b.smallest}
}

// way says what became of the words of a text.
type way int

const (
	whole      way = iota
	hyphenated     // a word is broken between syllables
	torn           // a word is broken anywhere
)

// fits lays a text out in lines, as a browser does.
func (b box) fits(text string, pt float64) (bool, way) {
	line := b.width / (pt * mmPerPt) // in em
	most := int(b.height / (pt * mmPerPt * lineHeight))
	used, at, worst := 1, 0.0, whole
	for word := range strings.FieldsSeq(text) {
		pieces, how := pieces(word, line)
		worst = max(worst, how)
		for i, p := range pieces {
			gap := 0.0
			if i == 0 && at > 0 {
				gap = advance(' ')
			}
			if w := width(p); at+gap+w+room(pieces, i, how) <= line {
				at += gap + w
			} else {
				used, at = used+1, w
			}
		}
	}
	if worst == torn {
		used++ // where a browser tears a word is its own affair
	}
	return used <= most, worst
}

// room is what a hyphen after a piece takes.
func room(pieces []string, i int, how way) float64 {
	if how == hyphenated && i < len(pieces)-1 {
		return advance('-')
	}
	return 0
}

// pieces breaks a word where a line of so many em may end in it.
func pieces(word string, line float64) ([]string, way) {
	var out []string
	worst := whole
	for _, part := range natural(word) {
		parts, how := broken(part, line)
		out, worst = append(out, parts...), max(worst, how)
	}
	return out, worst
}

// broken breaks a part of a word that is longer than a line.
func broken(part string, line float64) ([]string, way) {
	if width(part) <= line {
		return []string{part}, whole
	}
	syllables := strings.Split(hyphenate(part), string(softHyphen))
	tooLong := func(s string) bool { return width(s)+advance('-') > line }
	if slices.ContainsFunc(syllables, tooLong) {
		return strings.Split(part, ""), torn
	}
	return syllables, hyphenated
}

// natural breaks a word where a line may end without a mark: after a hyphen, and
// beside a character of a script that has no spaces.
func natural(word string) []string {
	var out []string
	start := 0
	previous := rune(0)
	for i, r := range word {
		if i > start && !isMark(r) && (previous == '-' || isWide(r) || isWide(previous)) {
			out = append(out, word[start:i])
			start = i
		}
		if !isMark(r) {
			previous = r
		}
	}
	return append(out, word[start:])
}

// hyphens puts soft hyphens into the words that are longer than a line.
func (b box) hyphens(text string, pt float64) string {
	words := strings.Fields(text)
	for i, word := range words {
		parts := natural(word)
		for j, part := range parts {
			if syllables, how := broken(part, b.width/(pt*mmPerPt)); how == hyphenated {
				parts[j] = strings.Join(syllables, string(softHyphen))
			}
		}
		words[i] = strings.Join(parts, "")
	}
	return strings.Join(words, " ")
}

// width is how wide a text runs, in em.
func width(s string) float64 {
	w := 0.0
	for _, r := range s {
		w += advance(r)
	}
	return w
}

// advance is the width of a character in em: the wider of Arial Bold and DejaVu
// Sans Condensed Bold, by groups, rounded up.
func advance(r rune) float64 {
	switch {
	case isMark(r) || r == softHyphen:
		return 0
	case isWide(r):
		return 1.05
	case strings.ContainsRune(" ijlI|!'.,:;", r):
		return 0.36
	case strings.ContainsRune("ftr-()[]/\"", r):
		return 0.44
	case strings.ContainsRune("mMwWÆŒ@%—…ЖМШЩЮжмшщю", r):
		return 1
	case unicode.IsUpper(r):
		return 0.76
	case r < 0x80:
		return 0.65
	}
	return 0.76 // Cyrillic, Greek, Arabic, Devanagari, Thai, …
}

// isMark reports whether a character takes no place of its own.
func isMark(r rune) bool { return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) }

// isWide reports whether a character is as wide as it is tall, and a line may end
// beside it: East Asian scripts and emoji.
func isWide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) ||
		r >= 0x3000 && r <= 0x30ff || r >= 0xff01 && r <= 0xff60 || // CJK punctuation, full-width forms
		r >= 0x2600 && r <= 0x27bf || r >= 0x1f000 && r <= 0x1faff // symbols and emoji
}
