package cx

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Card numbers have 13 to 19 digits (ISO/IEC 7812-1) and security codes 3 or 4.
const (
	minCardDigits = 13
	maxCardDigits = 19
	minCodeDigits = 3
	maxCodeDigits = 4
)

// maxPlainDigits is the longest run of digits that keeps its last four: beyond
// 16 they may be the security code behind the number of a 15- or 16-digit card.
const maxPlainDigits = 16

// What stands in a note in the place of what was taken out.
const (
	cardMark      = "[card]"
	cardMarkStart = "[card" // of [card] and of [card …1111]
	codeMark      = "[code]"
)

// codeWords are the words after which 3 or 4 digits are a security code; a word
// comes before its own beginning.
var codeWords = []string{"cvv2", "cvv", "cvc2", "cvc", "cid", "security code"}

// maxCodeGap is how many characters may stand between such a word and its code:
// ": ", " = ", " number is ".
const maxCodeGap = 12

// ScrubNote takes out of a note what must never reach a disk (PCI DSS,
// requirement 3) and returns the note without it and how often it took
// something out. Scrubbing again changes nothing.
//
// Card numbers: a run is digits of any script with at most one space, dot, dash
// or slash between two, on one line; characters that nobody sees do not count.
// A run goes as a whole when any 13 to 19 digits in a row of it pass the Luhn
// check. So a run of 20 digits and more goes too, where it holds a number with an
// expiry date, a security code or a second number behind it. The price is that
// other numbers go by chance as well: one in ten of 13 digits, a quarter of 14, two
// thirds of 16, nearly all from 19 on, and every IMEI, which has the same check
// digit. Shorter ones, such as telephone numbers, stay.
// A run of 16 digits or fewer that is a card number keeps its last four.
//
// Security codes: 3 or 4 digits after cvv, cvc, cid or "security code".
func ScrubNote(note string) (string, int) {
	if strings.IndexFunc(note, isDigit) < 0 { // as most are
		return note, 0
	}
	// Cards first: the first group of a number after "cvv" looks like a code.
	note, cards := scrubCards(note)
	note, codes := scrubCodes(note)
	return note, cards + codes
}

func scrubCards(s string) (string, int) {
	var out strings.Builder
	found, written := 0, 0
	for i := 0; i < len(s); {
		run := digitRun(s[i:])
		if len(run) == 0 {
			_, n := utf8.DecodeRuneInString(s[i:])
			i += n
			continue
		}
		end := i + run[len(run)-1].to
		if holdsCard(run) {
			out.WriteString(s[written:i])
			writeCardMark(&out, run)
			written = end
			found++
		}
		i = end
	}
	out.WriteString(s[written:])
	return out.String(), found
}

func writeCardMark(out *strings.Builder, run []digit) {
	if len(run) > maxPlainDigits || !luhn(run) {
		out.WriteString(cardMark)
		return
	}
	out.WriteString(cardMarkStart + " …")
	for _, d := range run[len(run)-4:] {
		out.WriteByte('0' + d.value)
	}
	out.WriteString("]")
}

// scrubCodes takes out the 3 or 4 digits that follow a word for a security code.
func scrubCodes(s string) (string, int) {
	var out strings.Builder
	found, written := 0, 0
	for i := 0; i < len(s); {
		from, to := codeAfterWord(s, i)
		if to == 0 {
			i++
			continue
		}
		out.WriteString(s[written:from])
		out.WriteString(codeMark)
		i, written = to, to
		found++
	}
	out.WriteString(s[written:])
	return out.String(), found
}

// codeAfterWord finds the security code after a code word that begins at s[i];
// to is 0 for none. Each word is tried: in cvv234 the 2 belongs to the code.
func codeAfterWord(s string, i int) (from, to int) {
	for _, w := range codeWords {
		end := i + len(w)
		if end > len(s) || !strings.EqualFold(s[i:end], w) {
			continue
		}
		before, _ := utf8.DecodeLastRuneInString(s[:i])
		after, _ := utf8.DecodeRuneInString(s[end:])
		if unicode.IsLetter(before) || unicode.IsLetter(after) {
			continue // acid, cider
		}
		if from, to := codeIn(s[end:]); to > 0 {
			return end + from, end + to
		}
	}
	return 0, 0
}

// codeIn finds the security code in what follows a code word; to is 0 for none.
func codeIn(s string) (from, to int) {
	for gap, i := 0, 0; gap <= maxCodeGap && i < len(s); gap++ {
		if strings.HasPrefix(s[i:], codeMark) || strings.HasPrefix(s[i:], cardMarkStart) {
			return 0, 0 // what the word spoke of is gone already
		}
		run := digitRun(s[i:])
		if len(run) == 0 {
			_, n := utf8.DecodeRuneInString(s[i:])
			i += n
			continue
		}
		group := 1 // digits up to the first separator
		for group < len(run) && run[group].from == run[group-1].to {
			group++
		}
		for _, n := range [...]int{group, len(run)} {
			if n >= minCodeDigits && n <= maxCodeDigits {
				return i, i + run[n-1].to
			}
		}
		return 0, 0
	}
	return 0, 0
}

// digit is one digit of a run and where its bytes are.
type digit struct {
	value    byte // 0 to 9
	from, to int
}

// digitRun reads the run of digits (see [ScrubNote]) with which s begins.
func digitRun(s string) []digit {
	var run []digit
	for i, separators := 0, 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		v, ok := digitValue(r)
		switch {
		case ok:
			run = append(run, digit{v, i, i + n})
			separators = 0
		case len(run) == 0:
			return nil
		case isUnseen(r):
		case isSeparator(r) && separators == 0:
			separators++
		default:
			return run
		}
		i += n
	}
	return run
}

// holdsCard reports whether any 13 to 19 digits in a row could be a card number.
func holdsCard(run []digit) bool {
	for i := range run {
		for n := minCardDigits; n <= maxCardDigits && i+n <= len(run); n++ {
			if luhn(run[i : i+n]) {
				return true
			}
		}
	}
	return false
}

// luhn reports whether 13 digits or more have the right check digit (ISO/IEC
// 7812-1, annex B). A row of zeros passes it and is no card number.
func luhn(digits []digit) bool {
	if len(digits) < minCardDigits {
		return false
	}
	sum, any := 0, 0
	for i, d := range digits {
		v := int(d.value)
		any |= v
		if (len(digits)-i)%2 == 0 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0 && any != 0
}

// isSeparator reports whether r may stand between two digits of a card number:
// a space of any width that does not end the line, a dot, a dash or a slash.
func isSeparator(r rune) bool {
	switch r {
	case '.', '/', '\t', '·', '．', '／': // the last two are what full-width keyboards type
		return true
	}
	return unicode.In(r, unicode.Zs, unicode.Dash)
}

// isUnseen reports whether r has no place of its own in a line: zero-width
// spaces, soft hyphens, marks of direction, and marks upon the digit before.
func isUnseen(r rune) bool {
	return r >= 0x80 && unicode.In(r, unicode.Cf, unicode.Mn, unicode.Me)
}

func isDigit(r rune) bool {
	_, ok := digitValue(r)
	return ok
}

// digitValue returns the value of a decimal digit of any script. Unicode keeps
// the digits 0 to 9 of a script together and in order (Unicode Standard, 4.6), and
// each of the tables' ranges begins with a 0.
func digitValue(r rune) (byte, bool) {
	if r < 0x80 {
		return byte(r - '0'), r >= '0' && r <= '9'
	}
	if !unicode.Is(unicode.Nd, r) {
		return 0, false
	}
	for _, t := range unicode.Nd.R16 {
		if r >= rune(t.Lo) && r <= rune(t.Hi) {
			return byte((r - rune(t.Lo)) % 10), true
		}
	}
	for _, t := range unicode.Nd.R32 {
		if r >= rune(t.Lo) && r <= rune(t.Hi) {
			return byte((r - rune(t.Lo)) % 10), true
		}
	}
	return 0, false
}
