package export

import "time"

const millisPerDay = 24 * 60 * 60 * 1000

// instants writes instants as [instantCell] does. Events come in the order of
// time, so that the text of the day is nearly always the one before.
type instants struct {
	day  int64  // since 1970, of text
	text []byte // "2006-01-02T", empty before the first
}

// append writes an instant to the end of b.
func (i *instants) append(b []byte, t time.Time) []byte {
	ms := t.UnixMilli()
	day := ms / millisPerDay
	if ms%millisPerDay < 0 {
		day--
	}
	if day != i.day || len(i.text) == 0 {
		i.day, i.text = day, time.Unix(day*24*60*60, 0).UTC().AppendFormat(i.text[:0], "2006-01-02T")
	}
	n := uint(ms - day*millisPerDay)
	s := n / 1000
	n %= 1000
	h, m := s/3600, s/60%60
	s %= 60
	b = append(b, i.text...)
	return append(b,
		'0'+byte(h/10), '0'+byte(h%10), ':', '0'+byte(m/10), '0'+byte(m%10), ':', '0'+byte(s/10), '0'+byte(s%10), '.',
		'0'+byte(n/100), '0'+byte(n/10%10), '0'+byte(n%10), 'Z')
}
