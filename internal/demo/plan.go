package demo

import "magicbutton/internal/cx"

// Weeks is how many weeks are made: a year, and the week that the last one is
// compared with a year ago.
const Weeks = 53

// theme is what is said of one tag in the whole year.
type theme struct {
	tag string
	// weekly is how many events an ordinary week has at the beginning of the year,
	// and growth which part of that is added by its end.
	weekly, growth float64
	// shares say where it is said: in the shops, on the phone, in the chat.
	shares [placeKinds]float64
	// noted is which part of the events has a note.
	noted float64
	// tried is which part had tried another channel before.
	tried float64
	// stages are where the cause may lie beside the tag's own stage, for one event
	// in five each time; for a tag without a stage, for two in three.
	stages []cx.Stage
	// seen are the weeks in which it is said at all; none is always.
	seen []span
	key  string // of the keypads
}

// span is a stretch of weeks, counted back from the last one, which is 0.
type span struct{ from, to int }

func (s span) has(ago int) bool { return s.to <= ago && ago <= s.from }

// The weeks in which something happens, counted back from the last one.
var (
	incident = span{11, 9} // a billing run charged many customers twice
	courier  = span{1, 0}  // the parcels come with another courier
)

// themes are all tags. The keys are those of a numeric keypad (HID Usage Tables
// 1.5, keyboard page).
var themes = []theme{
	{
		tag: "how-to", weekly: 112, growth: 0.16, shares: [...]float64{0.5, 0.3, 0.2}, noted: 0.06, tried: 0.06,
		stages: []cx.Stage{cx.StageSetUp, cx.StageSetUp, cx.StageBuy}, key: "keyboard:0x59",
	},
	{
		tag: "bill-unclear", weekly: 98, growth: -0.04, shares: [...]float64{0.25, 0.55, 0.2}, noted: 0.1, tried: 0.08,
		stages: []cx.Stage{cx.StageRenew, cx.StageBuy}, key: "keyboard:0x5a",
	},
	{
		tag: "praise", weekly: 92, growth: 0.05, shares: [...]float64{0.6, 0.25, 0.15}, noted: 0.06,
		stages: []cx.Stage{cx.StageGetHelp, cx.StageGetHelp, cx.StageBuy, cx.StageSetUp, cx.StageReceive}, key: "keyboard:0x5b",
	},
	{
		tag: "delivery-late", weekly: 74, growth: 0.03, shares: [...]float64{0.1, 0.55, 0.35}, noted: 0.09, tried: 0.12,
		stages: []cx.Stage{cx.StageBuy}, key: "keyboard:0x5c",
	},
	{
		tag: "no-human", weekly: 52, shares: [...]float64{0.35, 0.5, 0.15}, noted: 0.06, tried: 0.5,
		stages: []cx.Stage{cx.StagePay, cx.StageReceive}, key: "keyboard:0x5d",
	},
	{
		tag: "refund-slow", weekly: 42, growth: 0.2, shares: [...]float64{0.35, 0.45, 0.2}, noted: 0.09, tried: 0.12,
		stages: []cx.Stage{cx.StagePay}, key: "keyboard:0x5e",
	},
	{
		tag: "bounced", weekly: 36, growth: 0.05, shares: [...]float64{0.15, 0.65, 0.2}, noted: 0.08, tried: 0.6,
		stages: []cx.Stage{cx.StagePay, cx.StageReturn}, key: "keyboard:0x5f",
	},
	{
		tag: "staff", weekly: 25, growth: -0.15, shares: [...]float64{0.45, 0.4, 0.15}, noted: 0.1, tried: 0.05,
		stages: []cx.Stage{cx.StageBuy, cx.StageReturn}, key: "keyboard:0x60",
	},
	{
		tag: "app-login", weekly: 19, shares: [...]float64{0.1, 0.4, 0.5}, noted: 0.07, tried: 0.2,
		stages: []cx.Stage{cx.StageSetUp}, seen: []span{{Weeks - 1, 4}}, key: "keyboard:0x61",
	},
	{
		tag: "preorder-wait", weekly: 17, shares: [...]float64{0.55, 0.25, 0.2}, noted: 0.08, tried: 0.05,
		stages: []cx.Stage{cx.StageReceive}, seen: []span{{Weeks - 1, 44}, {0, 0}}, key: "keyboard:0x55",
	},
	{
		tag: "esim-setup", weekly: 18, shares: [...]float64{0.35, 0.35, 0.3}, noted: 0.35, tried: 0.25,
		stages: []cx.Stage{cx.StageBuy}, seen: []span{{0, 0}}, key: "keyboard:0x56",
	},
	{
		tag: "idea", weekly: 13, growth: 0.1, shares: [...]float64{0.5, 0.25, 0.25}, noted: 0.35,
		stages: []cx.Stage{cx.StageUse, cx.StageUse, cx.StagePay, cx.StageDiscover}, key: "keyboard:0x57",
	},
	{
		tag: "other", weekly: 55, shares: [...]float64{0.35, 0.45, 0.2}, noted: 0.13, tried: 0.04,
		stages: []cx.Stage{cx.StageDiscover, cx.StageRenew, cx.StageUse}, key: "keyboard:0x62",
	},
}

// change is something that makes a tag be said more often for some weeks.
type change struct {
	tag   string
	weeks span
	times float64
	notes string // the part of notes.txt with what is said then; "" is the tag's own
}

var changes = []change{
	{"bill-unclear", incident, 3.2, "charged-twice"},
	{"no-human", incident, 1.5, ""}, // as the lines are busy
	{"delivery-late", courier, 1.8, "new-courier"},
}

// pairs are tags that one conversation has at times: of the events of a tag, how
// many get one of the other tag as the second of their conversation.
var pairs = []struct {
	tag, second string
	part        float64
}{
	{"bounced", "no-human", 0.25},
	{"delivery-late", "refund-slow", 0.08},
	{"bill-unclear", "bounced", 0.05},
	{"how-to", "praise", 0.06},
	{"no-human", "staff", 0.04},
}

// expected returns how many events of the theme an ordinary week has, so many weeks
// ago.
func (t theme) expected(ago int) float64 {
	if len(t.seen) > 0 && !anyHas(t.seen, ago) {
		return 0
	}
	n := t.weekly * (1 + t.growth*float64(Weeks-1-ago)/(Weeks-1))
	for _, c := range changes {
		if c.tag == t.tag && c.weeks.has(ago) {
			n *= c.times
		}
	}
	return n
}

// notes returns the part of notes.txt with what is said so many weeks ago.
func (t theme) notes(ago int) string {
	for _, c := range changes {
		if c.tag == t.tag && c.weeks.has(ago) && c.notes != "" {
			return c.notes
		}
	}
	return t.tag
}

func anyHas(spans []span, ago int) bool {
	for _, s := range spans {
		if s.has(ago) {
			return true
		}
	}
	return false
}
