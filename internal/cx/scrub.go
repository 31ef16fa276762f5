package cx

import (
	"strings"
	"unicode"
)

// Card numbers have 13 to 19 digits (ISO/IEC 7812-1) and security codes 3 or 4.
const (
	minCardDigits = 13
	maxCardDigits = 19
	minCodeDigits = 3
	maxCodeDigits = 4
)

// codeWords are the words after which 3 or 4 digits are a security code.
var codeWords = []string{"cvv2", "cvc2", "cvv", "cvc", "cid", "security code"}

// ScrubNote takes out of a note what must never reach a disk (PCI DSS,
// requirement 3): card numbers keep their last four digits, and the digits
// after cvv, cvc, cid or "security code" go. A card number is 13 to 19 digits
// of any script that pass the Luhn check, with at most one space, dot, dash or
// slash between two of them. It returns the scrubbed note and how many were
// taken out; scrubbing again changes nothing.
func ScrubNote(note string) (string, int) {
	runes := []rune(note)
	codes := 0
	runes, codes = scrubCodes(runes)
	var out strings.Builder
	cards := 0
	for i := 0; i < len(runes); {
		digits, ends := digitRun(runes[i:])
		if len(digits) == 0 {
			out.WriteRune(runes[i])
			i++
			continue
		}
		out2, n := scrubRun(runes[i:i+ends[len(ends)-1]], digits, ends)
		out.WriteString(out2)
		cards += n
		i += ends[len(ends)-1]
	}
	if cards+codes == 0 {
		return note, 0
	}
	return out.String(), cards + codes
}

// digitRun reads digits from the start of r with at most one separator between
// two; ends[i] is the index after digit i.
func digitRun(r []rune) (digits []int, ends []int) {
	for i := 0; i < len(r); {
		v := digitValue(r[i])
		if v < 0 && i > 0 && isSeparator(r[i]) && i+1 < len(r) {
			i++
			v = digitValue(r[i])
		}
		if v < 0 {
			break
		}
		i++
		digits, ends = append(digits, v), append(ends, i)
	}
	return digits, ends
}

// scrubRun rewrites one run of digits: each card number in it, the longest
// first from the left, is replaced.
func scrubRun(r []rune, digits, ends []int) (string, int) {
	var out strings.Builder
	found, from := 0, 0 // from: index in r of what is not yet written
	for i := 0; i < len(digits); {
		n := cardLength(digits[i:])
		if n == 0 {
			i++
			continue
		}
		start := 0
		if i > 0 {
			start = ends[i-1]
			for digitValue(r[start]) < 0 {
				start++ // the separator before the number stays
			}
		}
		out.WriteString(string(r[from:start]))
		out.WriteString("[card …")
		for _, d := range digits[i+n-4 : i+n] {
			out.WriteByte(byte('0' + d))
		}
		out.WriteString("]")
		from, i = ends[i+n-1], i+n
		found++
	}
	out.WriteString(string(r[from:]))
	return out.String(), found
}

// cardLength returns how many of the first digits are a card number, else 0.
func cardLength(digits []int) int {
	for n := min(len(digits), maxCardDigits); n >= minCardDigits; n-- {
		if luhn(digits[:n]) {
			return n
		}
	}
	return 0
}

// luhn reports whether the check digit is right (ISO/IEC 7812-1, annex B). A
// row of equal zeros passes it and is no card number.
func luhn(digits []int) bool {
	sum, any := 0, 0
	for i, d := range digits {
		any |= d
		if (len(digits)-i)%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0 && any != 0
}

// scrubCodes takes out the 3 or 4 digits that follow a word for a security code.
func scrubCodes(r []rune) ([]rune, int) {
	var out []rune
	found := 0
	for i := 0; i < len(r); {
		n := wordAt(r, i)
		if n == 0 {
			out = append(out, r[i])
			i++
			continue
		}
		out = append(out, r[i:i+n]...)
		i += n
		gap := i
		for gap < len(r) && gap-i < 12 && digitValue(r[gap]) < 0 && !isLineEnd(r[gap]) {
			gap++ // ": ", " is ", " = ": what people write between word and code
		}
		end := gap
		for end < len(r) && digitValue(r[end]) >= 0 {
			end++
		}
		if k := end - gap; k >= minCodeDigits && k <= maxCodeDigits {
			out = append(append(out, r[i:gap]...), []rune("[code]")...)
			i = end
			found++
		}
	}
	return out, found
}

// wordAt returns the length of the code word that begins at r[i], else 0.
func wordAt(r []rune, i int) int {
	if i > 0 && unicode.IsLetter(r[i-1]) {
		return 0
	}
	for _, w := range codeWords {
		n := len(w)
		if i+n <= len(r) && strings.EqualFold(string(r[i:i+n]), w) &&
			(i+n == len(r) || !unicode.IsLetter(r[i+n])) {
			return n
		}
	}
	return 0
}

func isLineEnd(r rune) bool { return r == '\n' }

// isSeparator reports whether r may stand between two digits of a card number:
// white space of any width (the no-break spaces too), a dot, a dash or a slash.
func isSeparator(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Dash, r) || r == '.' || r == '/' || r == '\u00ad' || r == '\u2212'
}

// digitValue returns the value of a decimal digit of any script, else -1.
// Unicode keeps the digits 0 to 9 of a script together, in order, so the value
// is the distance from the start of the range, modulo ten.
func digitValue(r rune) int {
	if r >= '0' && r <= '9' {
		return int(r - '0')
	}
	if r < 0x80 || !unicode.Is(unicode.Nd, r) {
		return -1
	}
	for _, t := range unicode.Nd.R16 {
		if uint32(r) >= uint32(t.Lo) && uint32(r) <= uint32(t.Hi) {
			return int(uint32(r)-uint32(t.Lo)) % 10
		}
	}
	for _, t := range unicode.Nd.R32 {
		if uint32(r) >= t.Lo && uint32(r) <= t.Hi {
			return int(uint32(r)-t.Lo) % 10
		}
	}
	return -1
}
