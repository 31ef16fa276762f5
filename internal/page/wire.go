package page

import (
	"encoding/json"
	"time"

	"magicbutton/internal/api"
	"magicbutton/internal/config"
	"magicbutton/internal/cx"
)

// The messages of a stream. Each is the whole of what it tells.
const (
	msgAll     = "all"     // everything: first, and when it may all be different
	msgCard    = "card"    // one conversation
	msgGone    = "gone"    // a card that is no more
	msgRefused = "refused" // a press that was counted already
	msgUnsaved = "unsaved" // a press that was not saved
	msgTrouble = "trouble" // what keeps the database from taking events, or null
	msgGlance  = "glance"  // the desk's counts
	msgBye     = "bye"     // the agent stops
)

// everything is what a page shows.
type everything struct {
	Desk             string    `json:"desk"`
	Site             string    `json:"site"`
	Zone             string    `json:"zone"` // "" for the machine's own
	Version          string    `json:"version"`
	Run              string    `json:"run"` // another one after the agent's next start
	Now              string    `json:"now"`
	SameConversation float64   `json:"same_conversation_s"`
	Guard            int64     `json:"guard_ms"` // how soon a tag that is tapped again is not counted; 0 for never
	Undo             float64   `json:"undo_s"`
	MaxCards         int       `json:"max_cards"`
	Tags             []tag     `json:"tags"`
	Stages           []choice  `json:"stages"`
	Channels         []choice  `json:"channels"`
	Cards            []card    `json:"cards"` // the newest first
	Glance           glance    `json:"glance"`
	Trouble          *troubled `json:"trouble"`
}

// tag is a tag of the pad.
type tag struct {
	Code  string `json:"code"`
	Label string `json:"label"`
	Digit string `json:"digit"` // the key of it, "" for none
	Stage string `json:"stage"`
	Kind  string `json:"kind"`
}

// choice is a stage or a channel, with the key that chooses it.
type choice struct {
	Code  string `json:"code"`
	Label string `json:"label"`
	Key   string `json:"key"`
}

// card is one conversation.
type card struct {
	ID    cx.ID  `json:"id"`
	At    string `json:"at"`
	Until string `json:"until"` // when it can no longer be taken back here
	// Events are the live ones, the first first.
	Events []cardEvent `json:"events"`
}

type cardEvent struct {
	ID      cx.ID  `json:"id"` // "" where it is not stored yet
	Seq     uint64 `json:"seq"`
	At      string `json:"at"`
	Tag     string `json:"tag"`
	Label   string `json:"label"`
	Stage   string `json:"stage"`
	Channel string `json:"channel"`
	Tried   string `json:"tried"`
	Forced  bool   `json:"forced"`
	Note    string `json:"note"`
	Source  string `json:"source"`
	Rev     uint32 `json:"rev"`
	Voided  bool   `json:"voided"`
	Late    bool   `json:"late"`
}

// gone names a card that is no more.
type gone struct {
	ID cx.ID `json:"id"`
}

// pressed is a press that has no event: that was counted already, or is not stored. By
// Source and Ref a page knows the taps of its own and of other pages.
type pressed struct {
	Tag    string `json:"tag"`
	Label  string `json:"label"`
	Source string `json:"source"`
	Ref    string `json:"ref"` // "" for what is no tap
}

type unsaved struct {
	pressed
	Reason  string `json:"reason"`
	Waiting bool   `json:"waiting"`
}

// troubled is what keeps the database from taking events. Since and Text are "" while
// it takes them again and some still wait.
type troubled struct {
	Since   string `json:"since"`
	Text    string `json:"text"`
	Waiting int    `json:"waiting"`
}

// The keys leave n, z, j, k and ? to the page.
var (
	stageChoices = []choice{
		{string(cx.StageDiscover), "Discover", "d"},
		{string(cx.StageBuy), "Buy", "b"},
		{string(cx.StagePay), "Pay", "p"},
		{string(cx.StageReceive), "Receive", "r"},
		{string(cx.StageSetUp), "Set up", "s"},
		{string(cx.StageUse), "Use", "u"},
		{string(cx.StageGetHelp), "Get help", "g"},
		{string(cx.StageReturn), "Return", "t"},
		{string(cx.StageRenew), "Renew", "w"},
	}
	channelChoices = []choice{
		{string(cx.ChannelPhone), "Phone", "o"},
		{string(cx.ChannelInPerson), "In person", "i"},
		{string(cx.ChannelEmail), "Email", "e"},
		{string(cx.ChannelChat), "Chat", "c"},
		{string(cx.ChannelSMS), "SMS", "m"},
		{string(cx.ChannelSocial), "Social", "l"},
	}
)

// message writes a message of a stream of server-sent events. JSON has no line feed.
func message(name string, data any) []byte {
	b, err := json.Marshal(data)
	if err != nil {
		panic("page: a message that JSON cannot say: " + err.Error())
	}
	out := make([]byte, 0, len(name)+len(b)+len("event: \ndata: \n\n"))
	out = append(append(append(out, "event: "...), name...), "\ndata: "...)
	return append(append(out, b...), "\n\n"...)
}

func timeText(t time.Time) string { return t.UTC().Format(api.TimeFormat) }

// padTags returns the tags that a tap may have, in the configuration's order, with the
// digits of the row on a keyboard.
func padTags(c cx.Catalogue) []tag {
	const digits = "1234567890"
	out := []tag{}
	for i, t := range c.UsableTags() {
		digit := ""
		if i < len(digits) {
			digit = digits[i : i+1]
		}
		out = append(out, tag{t.Code, t.Name(), digit, string(t.Stage), string(t.Kind)})
	}
	return out
}

// label returns what people read for a tag's code.
func label(c cx.Catalogue, code string) string {
	if t, ok := c.Tag(code); ok {
		return t.Name()
	}
	return code
}

func newCardEvent(c cx.Catalogue, h held) cardEvent {
	out := cardEvent{
		ID: h.ID, Tag: h.Tag, Label: label(c, h.Tag),
		Stage: string(h.Stage), Channel: string(h.Channel), Tried: string(h.Tried), Forced: h.Forced,
		Note: h.Note, Source: string(h.Source), Rev: h.Rev, Voided: h.Voided, Late: h.late,
	}
	if !h.ID.IsZero() {
		out.Seq, out.At = h.ID.Seq(), timeText(h.At())
	}
	return out
}

// newCard returns the card of a conversation's live events, of which there is one.
func newCard(c cx.Catalogue, live []held) card {
	out := card{ID: live[0].Conversation, At: timeText(live[0].At()), Until: timeText(untilOf(live))}
	for _, h := range live {
		out.Events = append(out.Events, newCardEvent(c, h))
	}
	return out
}

// zoneName returns the name of a desk's zone as browsers know it.
func zoneName(d config.Desk) string {
	if name := d.Zone.String(); name != "Local" {
		return name
	}
	return ""
}
