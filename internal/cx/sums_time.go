package cx

import "time"

// Fit says how the boundaries of what a tally counts apart cut a stretch of time.
type Fit int

const (
	// FitWhole is not at all: all of it is counted together, or none.
	FitWhole Fit = iota
	// FitSteps is between steps of the length asked for, from 1970 on, in UTC.
	FitSteps
	// FitEvents is anywhere: only the events themselves say.
	FitEvents
)

// Fit reports how the stretch from one instant up to, and without, another is
// cut, all in Unix milliseconds.
func (s *Sums) Fit(from, to, step int64) Fit {
	fit := FitWhole
	var first *bucket
	for at := from; at < to; {
		now := s.spanOf(at)
		if at == from {
			first = now.bucket
		} else if now.bucket != first {
			fit = max(fit, FitSteps)
		}
		if at = now.to; at < to && at%step != 0 {
			return FitEvents
		}
	}
	return fit
}

// spanOf is find, remembering some.
func (s *Sums) spanOf(ms int64) span {
	recent := &s.recent[uint64(ms)/uint64(time.Hour/time.Millisecond)%uint64(len(s.recent))]
	if ms < recent.from || ms >= recent.to {
		*recent = s.find(ms)
	}
	return *recent
}

// find returns the span that an instant lies in.
func (s *Sums) find(ms int64) span {
	at := time.UnixMilli(ms)
	if before, ok := s.outside(at, ms); ok {
		return before
	}
	day := s.calendar.day(at)
	now := span{from: day.from, to: day.to}
	key := bucketKey{week: day.week}
	if s.byDay {
		key.day = day.date
	}
	if s.byWeekday {
		key.weekday = day.weekdayNumber
	}
	if s.byHour {
		key.hour = now.cutToHour(at.In(s.query.Zone), ms)
	}
	if !s.query.From.IsZero() {
		now.from = max(now.from, ceilMillis(s.query.From))
	}
	if !s.query.To.IsZero() {
		now.to = min(now.to, ceilMillis(s.query.To))
	}
	now.bucket = s.bucket(key)
	return now
}

// outside returns the span before or after the period, where the instant is in it.
func (s *Sums) outside(at time.Time, ms int64) (span, bool) {
	if s.query.Contains(at) {
		return span{}, false
	}
	const never = 1 << 62
	if !s.query.From.IsZero() && at.Before(s.query.From) {
		return span{from: -never, to: ceilMillis(s.query.From)}, true
	}
	return span{from: ceilMillis(s.query.To), to: never}, true
}

// ceilMillis returns the first whole millisecond that is not before t.
func ceilMillis(t time.Time) int64 {
	ms := t.UnixMilli()
	if time.UnixMilli(ms).Before(t) {
		ms++
	}
	return ms
}

// cutToHour narrows the span to the hour that the clock shows, and returns it.
func (s *span) cutToHour(at time.Time, ms int64) int8 {
	const hour = int64(time.Hour / time.Millisecond)
	begin, end := at.ZoneBounds()
	_, offset := at.Zone()
	local := ms + int64(offset)*1000
	into := (local%hour + hour) % hour
	s.from, s.to = max(s.from, ms-into), min(s.to, ms-into+hour)
	if !begin.IsZero() {
		s.from = max(s.from, begin.UnixMilli())
	}
	if !end.IsZero() {
		s.to = min(s.to, end.UnixMilli())
	}
	return int8(at.Hour())
}

// bucket returns the bucket of a part of the time.
func (s *Sums) bucket(key bucketKey) *bucket {
	b := s.buckets[key]
	if b != nil {
		return b
	}
	b = &bucket{}
	if cells := len(s.seriesValues) * len(s.placeValues); cells <= s.spare {
		s.spare -= cells
		b.full = make([]sum, cells)
	} else {
		b.sparse = make(map[int32]sum)
	}
	s.buckets[key] = b
	return b
}
