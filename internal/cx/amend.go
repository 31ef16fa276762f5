package cx

import "errors"

// Amendment corrects an event. A nil field stays as it is; a pointer to "" takes
// the value away, which a tag does not allow.
type Amendment struct {
	Tag     *string  `json:"tag,omitempty"`
	Stage   *Stage   `json:"stage,omitempty"`
	Channel *Channel `json:"channel,omitempty"`
	Tried   *Channel `json:"tried,omitempty"`
	Forced  *bool    `json:"forced,omitempty"`
	Note    *string  `json:"note,omitempty"`
	// Clock set to [ClockOK] says that somebody has looked at an event with a suspect
	// clock and that its instant is right: it counts from then on.
	Clock *Clock `json:"clock,omitempty"`
	// Conversation moves the event to another conversation; see
	// [Event.Conversation]. The zero id gives it one of its own.
	Conversation *ID `json:"conversation,omitempty"`
}

// Apply returns the event as amended, its note scrubbed, or every reason why it
// may not be. The revision is the store's to count.
func (a Amendment) Apply(e Event) (Event, error) {
	if e.Voided {
		return Event{}, errors.New("the event was taken back")
	}
	set(&e.Tag, a.Tag)
	set(&e.Stage, a.Stage)
	set(&e.Channel, a.Channel)
	set(&e.Tried, a.Tried)
	set(&e.Forced, a.Forced)
	set(&e.Clock, a.Clock)
	set(&e.Conversation, a.Conversation)
	if e.Conversation.IsZero() {
		e.Conversation = e.ID
	}
	if a.Note != nil {
		e.Note = CleanNote(*a.Note)
		e.Scrub()
	}
	if e.Tried == "" && a.Forced == nil {
		e.Forced = false // the switch went with the channel that was tried
	}
	if err := e.Check(); err != nil {
		return Event{}, err
	}
	return e, nil
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}
