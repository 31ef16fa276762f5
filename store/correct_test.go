package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
)

// follow stores an event that joins the conversation of another.
func follow(t testing.TB, s *Store, after time.Duration, to cx.Event, tag string) cx.Event {
	t.Helper()
	n := press(to.At().Add(after), tag)
	n.Event.Conversation = to.ID
	return add(t, s, n)
}

func TestVoid(t *testing.T) {
	c := &clock{epoch}
	s := newStore(t, c)
	n := press(epoch, "praise")
	n.Event.Note = "kind words"
	e := add(t, s, n)

	want := e
	want.Voided, want.Rev = true, 1
	got, err := s.Void(t.Context(), e.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Void (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, get(t, s, e.ID)); diff != "" {
		t.Errorf("Event after Void (-want +got):\n%s", diff)
	}
	states, err := s.History(t.Context(), e.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]cx.Event{e, want}, states); diff != "" {
		t.Errorf("History (-want +got):\n%s", diff)
	}
	if _, err := s.Void(t.Context(), e.ID); !errors.Is(err, ErrVoided) {
		t.Errorf("a second Void: %v, want ErrVoided", err)
	}
	if _, err := s.Amend(t.Context(), e.ID, cx.Amendment{Tag: new("idea")}); !errors.Is(err, ErrVoided) {
		t.Errorf("Amend after Void: %v, want ErrVoided", err)
	}
	unknown := cx.MakeID(epoch, s.Origin(), 99)
	if _, err := s.Void(t.Context(), unknown); !errors.Is(err, ErrNoEvent) {
		t.Errorf("Void of an unknown event: %v, want ErrNoEvent", err)
	}
}

func TestAmend(t *testing.T) {
	s := newStore(t, &clock{epoch})
	n := press(epoch, "praise")
	n.Event.Note = "first"
	first := add(t, s, n)
	amend := func(a cx.Amendment) cx.Event {
		t.Helper()
		got, err := s.Amend(t.Context(), first.ID, a)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	second := amend(cx.Amendment{Tag: new("idea"), Note: new("4111111111111111")})
	third := amend(cx.Amendment{Note: new("")})
	if same := amend(cx.Amendment{Tag: new("idea")}); same != third {
		t.Errorf("an amendment that changes nothing made %+v of %+v", same, third)
	}
	want := []cx.Event{first, first, first}
	want[1].Tag, want[1].Note, want[1].Rev = "idea", "[card …1111]", 1
	want[2].Tag, want[2].Note, want[2].Rev = "idea", "", 2
	if diff := cmp.Diff(want[1:], []cx.Event{second, third}); diff != "" {
		t.Errorf("Amend (-want +got):\n%s", diff)
	}
	states, err := s.History(t.Context(), first.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, states); diff != "" {
		t.Errorf("History (-want +got):\n%s", diff)
	}
	if _, err := s.Amend(t.Context(), first.ID, cx.Amendment{Tag: new("No Tag")}); err == nil {
		t.Error("Amend with a bad tag: no error")
	}
	if _, err := s.Amend(t.Context(), cx.ID{1}, cx.Amendment{}); !errors.Is(err, ErrNoEvent) {
		t.Errorf("Amend of an unknown event: %v, want ErrNoEvent", err)
	}
}

// What a newer version of the program wrote into a record outlives a correction
// by this one.
func TestCorrectKeepsUnknownFields(t *testing.T) {
	s := newStore(t, &clock{epoch})
	e := add(t, s, press(epoch, "praise"))
	rest := appendUint(nil, 99, 7)
	_, err := s.write(t.Context(), func(w *writer) error {
		r, _, err := w.stored(e.ID)
		if err != nil {
			return err
		}
		r.rest = rest
		return eventsTable.put(w.tx, e.ID[:], r.appendTo(nil))
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Void(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
	var got record
	_, err = s.write(t.Context(), func(w *writer) (err error) {
		got, _, err = w.stored(e.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rest, got.rest); diff != "" || !got.voided {
		t.Errorf("voided = %v, fields of a newer version (-want +got):\n%s", got.voided, diff)
	}
}

// conversations are the pairs of event and first event, by tag.
func conversations(t testing.TB, s *Store) map[string]string {
	t.Helper()
	tags := make(map[cx.ID]string)
	events := all(t, s, cx.EventQuery{Voided: true})
	for _, e := range events {
		tags[e.ID] = e.Tag
	}
	out := make(map[string]string)
	for _, e := range events {
		name := e.Tag
		if e.Voided {
			name += " (voided)"
		}
		out[name] = tags[e.Conversation]
	}
	return out
}

func TestConversations(t *testing.T) {
	tests := map[string]struct {
		do   func(t *testing.T, s *Store, a, b, c, other cx.Event)
		want map[string]string
	}{
		"joined": {
			func(*testing.T, *Store, cx.Event, cx.Event, cx.Event, cx.Event) {},
			map[string]string{"a": "a", "b": "a", "c": "a", "other": "other"},
		},
		"head taken back": {
			func(t *testing.T, s *Store, a, _, _, _ cx.Event) { void(t, s, a) },
			map[string]string{"a (voided)": "b", "b": "b", "c": "b", "other": "other"},
		},
		"two heads taken back, then one joins the first": {
			func(t *testing.T, s *Store, a, b, _, _ cx.Event) {
				void(t, s, a)
				void(t, s, b)
				follow(t, s, 9*time.Second, a, "d")
			},
			map[string]string{"a (voided)": "b", "b (voided)": "c", "c": "c", "d": "c", "other": "other"},
		},
		"member taken back": {
			func(t *testing.T, s *Store, _, b, _, _ cx.Event) { void(t, s, b) },
			map[string]string{"a": "a", "b (voided)": "a", "c": "a", "other": "other"},
		},
		"all taken back, then one joins": {
			func(t *testing.T, s *Store, a, b, c, _ cx.Event) {
				void(t, s, c)
				void(t, s, b)
				void(t, s, a)
				follow(t, s, 9*time.Second, a, "d")
			},
			map[string]string{"a (voided)": "a", "b (voided)": "a", "c (voided)": "a", "d": "d", "other": "other"},
		},
		"head moved away": {
			func(t *testing.T, s *Store, a, _, _, other cx.Event) { move(t, s, a, other) },
			map[string]string{"a": "other", "b": "b", "c": "b", "other": "other"},
		},
		"member split off": {
			func(t *testing.T, s *Store, _, b, _, _ cx.Event) { move(t, s, b, b) },
			map[string]string{"a": "a", "b": "b", "c": "a", "other": "other"},
		},
		"member moved to a member of another": {
			func(t *testing.T, s *Store, _, b, c, other cx.Event) {
				move(t, s, b, other)
				move(t, s, c, b)
			},
			map[string]string{"a": "a", "b": "other", "c": "other", "other": "other"},
		},
		"head moved to its own member": {
			func(t *testing.T, s *Store, a, b, _, _ cx.Event) { move(t, s, a, b) },
			map[string]string{"a": "a", "b": "a", "c": "a", "other": "other"},
		},
		"joined a day later": {
			func(t *testing.T, s *Store, a, _, _, _ cx.Event) {
				follow(t, s, 24*time.Hour+time.Millisecond, a, "late")
			},
			map[string]string{"a": "a", "b": "a", "c": "a", "late": "late", "other": "other"},
		},
		"joined on the last instant, then the head was taken back": {
			func(t *testing.T, s *Store, a, b, c, _ cx.Event) {
				follow(t, s, 24*time.Hour, a, "last")
				void(t, s, b)
				void(t, s, c)
				void(t, s, a)
			},
			map[string]string{"a (voided)": "last", "b (voided)": "a", "c (voided)": "a", "last": "last", "other": "other"},
		},
		"joined before its head": {
			func(t *testing.T, s *Store, a, _, _, _ cx.Event) { follow(t, s, -time.Minute, a, "early") },
			map[string]string{"a": "a", "b": "a", "c": "a", "early": "early", "other": "other"},
		},
		"joined through a member": {
			func(t *testing.T, s *Store, _, b, _, _ cx.Event) { follow(t, s, time.Second, b, "d") },
			map[string]string{"a": "a", "b": "a", "c": "a", "d": "a", "other": "other"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newStore(t, &clock{epoch})
			other := add(t, s, press(epoch.Add(-time.Hour), "other"))
			a := add(t, s, press(epoch, "a"))
			b := follow(t, s, time.Second, a, "b")
			c := follow(t, s, 2*time.Second, a, "c")
			tt.do(t, s, a, b, c, other)
			if diff := cmp.Diff(tt.want, conversations(t, s)); diff != "" {
				t.Errorf("conversations (-want +got):\n%s", diff)
			}
			if report := checkClean(t, s); len(report.Remarks) > 0 {
				t.Errorf("check: %q", report.Remarks)
			}
		})
	}
}

func void(t testing.TB, s *Store, e cx.Event) {
	t.Helper()
	if _, err := s.Void(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
}

func move(t testing.TB, s *Store, e, to cx.Event) {
	t.Helper()
	if _, err := s.Amend(t.Context(), e.ID, cx.Amendment{Conversation: &to.ID}); err != nil {
		t.Fatal(err)
	}
}

func TestReheadingLeavesHistory(t *testing.T) {
	s := newStore(t, &clock{epoch})
	a := add(t, s, press(epoch, "a"))
	n := press(epoch.Add(time.Second), "b")
	n.Event.Conversation, n.Event.Note = a.ID, "said so"
	b := add(t, s, n)
	void(t, s, a)
	states, err := s.History(t.Context(), b.ID)
	if err != nil {
		t.Fatal(err)
	}
	after := b
	after.Conversation, after.Rev = b.ID, 1
	if diff := cmp.Diff([]cx.Event{b, after}, states); diff != "" {
		t.Errorf("History of the new first event (-want +got):\n%s", diff)
	}
}

func TestAmendConversationRefused(t *testing.T) {
	s := newStore(t, &clock{epoch})
	gone := add(t, s, press(epoch.Add(-time.Minute), "gone"))
	void(t, s, gone)
	old := add(t, s, press(epoch.Add(-25*time.Hour), "old"))
	e := add(t, s, press(epoch, "e"))
	later := add(t, s, press(epoch.Add(time.Minute), "later"))
	for name, to := range map[string]cx.ID{
		"taken back": gone.ID, "unknown": cx.MakeID(epoch, s.Origin(), 77), "too old": old.ID, "later": later.ID,
	} {
		if got, err := s.Amend(t.Context(), e.ID, cx.Amendment{Conversation: &to}); err == nil {
			t.Errorf("%s: moved to %s", name, got.Conversation)
		}
	}
	if got := get(t, s, e.ID); got != e {
		t.Errorf("the event changed: %+v", got)
	}
}
