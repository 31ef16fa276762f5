package demo

import (
	"time"

	"magicbutton/internal/cx"
)

// placeKind says how a desk works.
type placeKind int

const (
	inShop placeKind = iota
	onPhone
	inChat
	placeKinds
)

// kindOfPlace is when and how customers come to desks of a kind.
type kindOfPlace struct {
	channel cx.Channel
	// contacts is how many conversations an ordinary week has, tagged or not.
	contacts float64
	// days are the weights of Monday to Saturday; closed on Sundays. Monday has 1.2
	// to 1.4 of an average working day, as calls have.
	days [6]float64
	// hours are the weights of the hours from opens on, and saturday those of the
	// hours from saturdayOpens on.
	opens, saturdayOpens int
	hours, saturday      []float64
	// before are channels that customers had tried.
	before []cx.Channel
}

var kinds = [placeKinds]kindOfPlace{
	inShop: {
		channel: cx.ChannelInPerson, contacts: 880,
		days:  [...]float64{1.24, 0.94, 0.91, 0.93, 0.98, 1.2},
		opens: 9, hours: []float64{0.6, 0.9, 1, 1.3, 1.2, 0.9, 0.9, 1.1, 1.4, 1.1},
		saturdayOpens: 9, saturday: []float64{0.7, 1.1, 1.5, 1.6, 1.5, 1.2, 1, 0.7},
		before: []cx.Channel{cx.ChannelPhone, cx.ChannelPhone, cx.ChannelChat, cx.ChannelEmail},
	},
	onPhone: {
		channel: cx.ChannelPhone, contacts: 1180,
		days:  [...]float64{1.36, 1.02, 0.93, 0.87, 0.82, 0.42},
		opens: 8, hours: []float64{0.9, 1.3, 1.5, 1.4, 1.1, 1, 1.2, 1.2, 1.1, 0.9, 0.7, 0.5},
		saturdayOpens: 9, saturday: []float64{0.8, 1.2, 1.3, 1.1, 0.8, 0.6},
		before: []cx.Channel{cx.ChannelChat, cx.ChannelChat, cx.ChannelEmail, cx.ChannelInPerson},
	},
	inChat: {
		channel: cx.ChannelChat, contacts: 520,
		days:  [...]float64{1.26, 1, 0.95, 0.92, 0.87, 0.55},
		opens: 8, hours: []float64{0.5, 0.7, 0.9, 1, 1.1, 1, 1, 1.1, 1.2, 1.3, 1.4, 1.2},
		saturdayOpens: 9, saturday: []float64{0.8, 1, 1.1, 1, 0.9, 0.8},
		before: []cx.Channel{cx.ChannelEmail, cx.ChannelSocial, cx.ChannelPhone},
	},
}

// deskOf is a desk of the company.
type deskOf struct {
	name, site string
	kind       placeKind
	share      float64 // of the conversations of its kind
	device     string  // its keypad; "" where hotkeys of a computer are the buttons
}

// desks are all desks. Their keypads are of one model, told apart by their serial
// numbers.
var desks = []deskOf{
	{"harbour-1", "Harbour", inShop, 0.3, "04d9:1203#HB1"},
	{"harbour-2", "Harbour", inShop, 0.2, "04d9:1203#HB2"},
	{"station-1", "Station", inShop, 0.3, "04d9:1203#ST1"},
	{"station-2", "Station", inShop, 0.2, "04d9:1203#ST2"},
	{"phone-1", "Contact centre", onPhone, 0.36, "04d9:1203#CC1"},
	{"phone-2", "Contact centre", onPhone, 0.34, "04d9:1203#CC2"},
	{"phone-3", "Contact centre", onPhone, 0.3, "04d9:1203#CC3"},
	{"chat-1", "Contact centre", inChat, 1, ""},
}

// weight returns which part of an ordinary week's conversations falls on a day:
// 0 where nobody works.
func (k *kindOfPlace) weight(d cx.Date) float64 {
	if d.Weekday() == time.Sunday || isHoliday(d) {
		return 0
	}
	sum := 0.0
	for _, w := range k.days {
		sum += w
	}
	w := k.days[(d.Weekday()+6)%7] / sum
	if isQuiet(d) {
		w *= 0.45
	}
	return w
}

// day returns the opening hour of a day and the weights of the hours from it on.
func (k *kindOfPlace) day(d cx.Date) (opens int, hours []float64) {
	if d.Weekday() == time.Saturday {
		return k.saturdayOpens, k.saturday
	}
	return k.opens, k.hours
}

// holidays are the days on which all of Germany is closed and that have a date of
// their own.
var holidays = []struct {
	month time.Month
	day   int
}{
	{time.January, 1},
	{time.May, 1},
	{time.October, 3},
	{time.December, 25},
	{time.December, 26},
}

// afterEaster are those that go with Easter Sunday, in days after it: Good Friday,
// Easter Monday, Ascension, Whit Monday.
var afterEaster = []int{-2, 1, 39, 50}

func isHoliday(d cx.Date) bool {
	for _, h := range holidays {
		if d.Month == h.month && d.Day == h.day {
			return true
		}
	}
	easter := easterSunday(d.Year)
	for _, n := range afterEaster {
		if d == easter.Add(n) {
			return true
		}
	}
	return false
}

// isQuiet reports whether a day lies between the years, when few come.
func isQuiet(d cx.Date) bool { return d.Month == time.December && d.Day >= 24 }

// easterSunday returns Easter Sunday of the Gregorian calendar (Meeus, Astronomical
// Algorithms, 1991, chapter 8).
func easterSunday(year int) cx.Date {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return cx.Date{Year: year, Month: time.Month(n / 31), Day: n%31 + 1}
}
