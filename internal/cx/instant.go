package cx

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ParseInstant reads an RFC 3339 instant with any offset, in UTC to the millisecond: what
// is finer is cut off, as an id would. The year may have five digits, as an id of a device
// whose clock was as wild as that can carry.
func ParseInstant(s string) (time.Time, error) {
	text, shift := fourDigitYear(s)
	t, err := time.Parse(time.RFC3339, strings.ToUpper(text))
	if err != nil {
		return time.Time{}, err
	}
	return time.UnixMilli(t.UTC().AddDate(shift, 0, 0).UnixMilli()).UTC(), nil
}

// fourDigitYear brings a year of five digits, which an id can carry (it ends in
// 10889) and RFC 3339 cannot, into the range that package time reads. The
// calendar repeats every 400 years, so 8000 earlier has the same days.
func fourDigitYear(s string) (text string, shift int) {
	const years = 8000
	if len(s) < 6 || s[5] != '-' {
		return s, 0
	}
	year, err := strconv.ParseUint(s[:5], 10, 32)
	if err != nil || year < 10000 || year-years > 9999 {
		return s, 0
	}
	return fmt.Sprintf("%04d", year-years) + s[5:], years
}
