package cx

import (
	"strings"
	"testing"
	"unicode"
)

// The card numbers are the networks' published test numbers, which no bank gives
// out; those of 17 to 19 digits are made up so that no shorter part of them passes.
func TestScrubNoteCards(t *testing.T) {
	tests := []struct{ name, note, want string }{
		{"13 digits", "4222222222222", "[card …2222]"},
		{"14 digits, Diners", "30569309025904", "[card …5904]"},
		{"15 digits, American Express", "378282246310005", "[card …0005]"},
		{"16 digits, Visa", "4111111111111111", "[card …1111]"},
		{"16 digits, Mastercard", "5555555555554444", "[card …4444]"},
		{"17 digits keep none", "50183994767247545", "[card]"},
		{"18 digits keep none", "501883877990099665", "[card]"},
		{"19 digits keep none", "5018365314219222958", "[card]"},
		{"in a sentence", "paid with 4111 1111 1111 1111, twice", "paid with [card …1111], twice"},
		{"dashes", "4111-1111-1111-1111", "[card …1111]"},
		{"dots", "4111.1111.1111.1111", "[card …1111]"},
		{"slashes", "4111/1111/1111/1111", "[card …1111]"},
		{"mixed", "4111 1111-1111.1111", "[card …1111]"},
		{"after every digit", "4-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1", "[card …1111]"},
		{"no-break spaces", "4111\u00a01111\u202f1111\u20071111", "[card …1111]"},
		{"en dashes and minus", "4111–1111−1111‑1111", "[card …1111]"},
		{"full-width with its hyphens", "４１１１－１１１１－１１１１－１１１１", "[card …1111]"},
		{"Arabic-Indic", "٤١١١ ١١١١ ١١١١ ١١١١", "[card …1111]"},
		{"Devanagari", "४१११११११११११११११", "[card …1111]"},
		{"mathematical", "𝟒𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏", "[card …1111]"},
		{"two scripts", "4111 १११११ 1111111", "[card …1111]"},
		{"zero-width space", "4111\u200b1111\u200b1111\u200b1111", "[card …1111]"},
		{"soft hyphens and spaces", "4111\u00ad 1111 \u00ad1111\u00ad1111", "[card …1111]"},
		{"keycaps", strings.Join(strings.Split("4111111111111111", ""), "\ufe0f\u20e3"), "[card …1111]"},
		{"glued to letters", "visa4111111111111111exp", "visa[card …1111]exp"},
		{"invalid UTF-8 stays", "\xff4111111111111111\xfe", "\xff[card …1111]\xfe"},
		{"full stop behind", "It is 4111111111111111. Thanks", "It is [card …1111]. Thanks"},
		{"trailing separator stays", "4111111111111111 - visa", "[card …1111] - visa"},
		{"with its expiry date", "4111 1111 1111 1111 12/28", "[card]"},
		{"with its security code", "4111111111111111 123", "[card]"},
		{"with all of it", "4111 1111 1111 1111 12/28 123 is it", "[card] is it"},
		{"glued to its expiry date", "41111111111111111228", "[card]"},
		{"two with a space", "4111111111111111 5555555555554444", "[card]"},
		{"two glued", "41111111111111115555555555554444", "[card]"},
		{"two with a word", "4111111111111111 or 378282246310005", "[card …1111] or [card …0005]"},
		{"two on two lines", "4111111111111111\n378282246310005", "[card …1111]\n[card …0005]"},
		{"after another number", "2 4111111111111111", "[card]"},
		{"zeros before", "0000004111111111111111", "[card]"},
		{"in the middle of many digits", "98989898984111111111111111989898", "[card]"},
		{"an IMEI has the same check digit", "490154203237518", "[card …7518]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, n := ScrubNote(tt.note)
			if got != tt.want {
				t.Errorf("ScrubNote(%q) = %q, want %q", tt.note, got, tt.want)
			}
			if want := strings.Count(tt.want, "[card"); n != want {
				t.Errorf("ScrubNote(%q) took out %d, want %d", tt.note, n, want)
			}
		})
	}
}

func TestScrubNoteCodes(t *testing.T) {
	tests := []struct{ name, note, want string }{
		{"colon", "cvv: 123", "cvv: [code]"},
		{"equals", "CVC2=1234", "CVC2=[code]"},
		{"space", "cid 999", "cid [code]"},
		{"nothing between", "cvv123", "cvv[code]"},
		{"a code that begins with 2", "cvv234 and cvc2345", "cvv[code] and cvc2[code]"},
		{"cvv2", "Cvv2 is 987", "Cvv2 is [code]"},
		{"words between", "the cvv number is 123", "the cvv number is [code]"},
		{"security code", "Security Code – 4321", "Security Code – [code]"},
		{"next line", "cvv:\n123", "cvv:\n[code]"},
		{"brackets", "cvc [123]", "cvc [[code]]"},
		{"digit by digit", "cvv 1 2 3", "cvv [code]"},
		{"Arabic-Indic", "cvv ١٢٣", "cvv [code]"},
		{"expiry date behind", "cvv 123 12/28", "cvv [code] 12/28"},
		{"another number far behind", "cvv 123 exp 1228", "cvv [code] exp 1228"},
		{"after a card", "4111111111111111, cvv 123", "[card …1111], cvv [code]"},
		{"before a card", "cid 123, 378282246310005", "cid [code], [card …0005]"},
		{"a card after the word", "cid 4111 1111 1111 1111", "cid [card …1111]"},
		{"two words", "cvv/cvc 123", "cvv/cvc [code]"},
		{"twice", "cvv 123 or cvv 321", "cvv [code] or cvv [code]"},
		{"five digits", "cid 12345", ""},
		{"two digits", "cid 12", ""},
		{"inside a word", "acid 123, cider 456, placid 789", ""},
		{"far away", "cvv was refused, order 123", ""},
		{"no digits", "what is a cvv?", ""},
		{"at the end", "cvv", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := tt.want
			if want == "" {
				want = tt.note
			}
			got, n := ScrubNote(tt.note)
			if got != want {
				t.Errorf("ScrubNote(%q) = %q, want %q", tt.note, got, want)
			}
			if want := strings.Count(tt.want, "[code]") + strings.Count(tt.want, "[card"); n != want {
				t.Errorf("ScrubNote(%q) took out %d, want %d", tt.note, n, want)
			}
		})
	}
}

func TestScrubNoteKeeps(t *testing.T) {
	tests := []struct{ name, note string }{
		{"nothing", ""},
		{"words", "the parcel never came"},
		{"12 digits", "411111111111"},
		{"wrong check digit", "4111111111111113"},
		{"phone number", "+49 30 901820, +1 (212) 555-0123, 0049 171 1234567"},
		{"two phone numbers on two lines", "01701234567\n01719876543"},
		{"order number", "order 2026-1122-000-451"},
		{"UPS tracking number", "1Z999AA10123456784"},
		{"Royal Mail tracking number", "RA123456785GB"},
		{"FedEx tracking number", "7712 3456 7890"},
		{"zeros", "0000000000000000"},
		{"two spaces", "4111  1111  1111  1111"},
		{"commas", "4111,1111,1111,1111"},
		{"two lines", "4111 1111\n1111 1111"},
		{"letters between", "4111x1111x1111x1111"},
		{"superscripts are no digits", "⁴¹¹¹¹¹¹¹¹¹¹¹¹¹¹¹"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, n := ScrubNote(tt.note); got != tt.note || n != 0 {
				t.Errorf("ScrubNote(%q) = %q, %d; want it as it is", tt.note, got, n)
			}
		})
	}
}

func TestDigitValue(t *testing.T) {
	digits := 0
	for r := rune(0); r <= unicode.MaxRune; r++ {
		v, ok := digitValue(r)
		if ok != unicode.Is(unicode.Nd, r) {
			t.Fatalf("digitValue(%U) says digit: %v, want %v", r, ok, !ok)
		}
		if !ok {
			continue
		}
		if want := byte(digits % 10); v != want { // scripts come one after the other, 0 to 9
			t.Errorf("digitValue(%U) = %d, want %d", r, v, want)
		}
		digits++
	}
	if digits == 0 || digits%10 != 0 {
		t.Errorf("%d digits, want whole scripts of ten", digits)
	}
}

func FuzzScrubNote(f *testing.F) {
	for _, s := range []string{
		"4111 1111 1111 1111 cvv 123", "cvv2 [code] cid [card …1111]", "000041111111111111110000", "cvv cid 123 4 5 6",
		"3782-822463-10005/4222222222222", "٤١١١١١١١١١١١١١١١", "cvv234cvc 1 2 3", "[card [code] 123", "security code\u00a0:\u200b1.2/3",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, note string) {
		clean, n := ScrubNote(note)
		if got := leftCard(clean); got != "" {
			t.Errorf("ScrubNote(%q) = %q, which holds the card number %s", note, clean, got)
		}
		if n == 0 && clean != note {
			t.Errorf("ScrubNote(%q) = %q with nothing taken out", note, clean)
		}
		if again, n := ScrubNote(clean); again != clean || n != 0 {
			t.Errorf("ScrubNote(%q) = %q, and scrubbed again %q", note, clean, again)
		}
	})
}

// leftCard looks for a card number in another way than the code under test: it
// keeps the digits of each run and tries every part of them, with a table for what
// doubling does. ASCII digits and a few separators only.
func leftCard(s string) string {
	const separators = " .-/\u00a0\u202f"
	var run strings.Builder
	runes := []rune(s)
	for i, r := range runes {
		switch {
		case r >= '0' && r <= '9':
			run.WriteRune(r)
			continue
		case strings.ContainsRune(separators, r) && i > 0 && !strings.ContainsRune(separators, runes[i-1]):
			continue
		}
		if got := leftIn(run.String()); got != "" {
			return got
		}
		run.Reset()
	}
	return leftIn(run.String())
}

// doubled is what a doubled digit adds to Luhn's sum.
var doubled = map[rune]int{'0': 0, '1': 2, '2': 4, '3': 6, '4': 8, '5': 1, '6': 3, '7': 5, '8': 7, '9': 9}

func leftIn(digits string) string {
	for from := range digits {
		for to := from + 13; to <= len(digits) && to <= from+19; to++ {
			sum := 0
			for i, r := range digits[from:to] {
				if (to-from-i)%2 == 0 {
					sum += doubled[r]
				} else {
					sum += int(r - '0')
				}
			}
			if sum%10 == 0 && strings.Trim(digits[from:to], "0") != "" {
				return digits[from:to]
			}
		}
	}
	return ""
}

// A fuzzer seldom finds valid numbers by itself; here one of each length is
// put into every place of a longer run.
func TestScrubNoteAnywhereInARun(t *testing.T) {
	cards := []string{
		"4222222222222", "30569309025904", "378282246310005", "4111111111111111",
		"50183994767247545", "501883877990099665", "5018365314219222958",
	}
	for _, card := range cards {
		if leftIn(card) == "" {
			t.Fatalf("%s is no card number", card)
		}
		for before := range 12 {
			for after := range 12 {
				for _, glue := range []string{"", " ", "-", "/"} {
					note := "a" + strings.Repeat("7", before) + glue + card + glue + strings.Repeat("3", after) + "b"
					clean, n := ScrubNote(note)
					if left := leftCard(clean); left != "" || n != 1 {
						t.Errorf("ScrubNote(%q) = %q, %d; holds %q", note, clean, n, left)
					}
				}
			}
		}
	}
}

func BenchmarkScrubNote(b *testing.B) {
	note := strings.Repeat("the customer paid 129.90 on 2026-11-16 and nothing came; ", 20)
	b.SetBytes(int64(len(note)))
	for b.Loop() {
		ScrubNote(note)
	}
}
