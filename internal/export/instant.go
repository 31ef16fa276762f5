package export

import "time"

// instants writes instants as [instantCell] does. Most lie in the second of the one
// before, as an event's two do, or at least on its day.
type instants struct {
	second int64  // since 1970, of text
	day    int64  // since 1970, of text
	text   []byte // "2006-01-02T15:04:05.000Z", empty before the first
}

const (
	secondsPerDay = 24 * 60 * 60
	millisPerDay  = 1000 * secondsPerDay
)

// append writes an instant, in Unix ms, to the end of b.
func (i *instants) append(b []byte, ms int64) []byte {
	n := uint64(ms - 1000*i.second)
	if n >= 1000 || len(i.text) == 0 {
		n = i.to(ms)
	}
	end := i.text[len(i.text)-4:]
	end[0], end[1], end[2] = '0'+byte(n/100), '0'+byte(n/10%10), '0'+byte(n%10)
	return append(b, i.text...)
}

// to makes text that of another second, and returns the ms in it.
func (i *instants) to(ms int64) uint64 {
	i.second = ms / 1000
	if ms%1000 < 0 {
		i.second--
	}
	day := i.second / secondsPerDay
	if i.second%secondsPerDay < 0 {
		day--
	}
	if day != i.day || len(i.text) == 0 {
		i.day, i.text = day, time.Unix(day*secondsPerDay, 0).UTC().AppendFormat(i.text[:0], instantLayout)
	}
	s := uint(i.second - day*secondsPerDay)
	h, m := s/3600, s/60%60
	s %= 60
	at := i.text[len(i.text)-len("15:04:05.000Z"):]
	at[0], at[1] = '0'+byte(h/10), '0'+byte(h%10)
	at[3], at[4] = '0'+byte(m/10), '0'+byte(m%10)
	at[6], at[7] = '0'+byte(s/10), '0'+byte(s%10)
	return uint64(ms - 1000*i.second)
}
