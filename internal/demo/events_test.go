package demo_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
)

func TestEventsAreSound(t *testing.T) {
	year := yearOf(t, 1, lastWeek)
	known := catalogue(t)
	seqs := make(map[cx.Origin]uint64)
	desks, sites, tags, channels := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[cx.Channel]bool{}
	for i, e := range year.Events {
		if err := e.Check(); err != nil {
			t.Fatalf("event %s: %v", e.ID, err)
		}
		if _, err := known.Usable(e.Tag); err != nil {
			t.Fatalf("event %s: %v", e.ID, err)
		}
		if i > 0 && slices.Compare(year.Events[i-1].ID[:], e.ID[:]) >= 0 {
			t.Fatalf("event %s is not behind the one before it", e.ID)
		}
		o := e.ID.Origin()
		if seqs[o]++; e.ID.Seq() != seqs[o] {
			t.Fatalf("event %s has number %d of its desk, want %d", e.ID, e.ID.Seq(), seqs[o])
		}
		desks[e.Desk], sites[e.Site], tags[e.Tag], channels[e.Channel] = true, true, true, true
	}
	if len(seqs) != 8 || len(desks) != 8 || len(sites) != 3 || len(channels) != 3 || len(tags) != 13 {
		t.Errorf("%d origins, %d desks, %d sites, %d channels, %d tags; want 8, 8, 3, 3, 13", len(seqs), len(desks), len(sites), len(channels), len(tags))
	}
}

func TestConversations(t *testing.T) {
	year := yearOf(t, 1, lastWeek)
	byID := make(map[cx.ID]cx.Event)
	for _, e := range year.Events {
		byID[e.ID] = e
	}
	var seconds, voided, tried, forced float64
	for _, e := range year.Events {
		if e.Voided {
			voided++
		}
		if e.Tried != "" {
			tried++
		}
		if e.Tried == e.Channel {
			t.Errorf("event %s tried the channel that it came by", e.ID)
		}
		if e.Forced {
			forced++
		}
		if e.Conversation == e.ID {
			continue
		}
		seconds++
		first := byID[e.Conversation]
		after := e.At().Sub(first.At())
		if first.Conversation != first.ID || first.Voided || first.Desk != e.Desk || first.Tag == e.Tag || after <= 0 || after > 20*time.Second {
			t.Errorf("event %s (%s, %s) is not the second of %s (%s, %s)", e.ID, e.Tag, e.Desk, first.ID, first.Tag, first.Desk)
		}
	}
	n := float64(len(year.Events))
	between(t, "the part of events that are second", seconds/n, 0.02, 0.08)
	between(t, "the part of events that were taken back", voided/n, 0.005, 0.02)
	between(t, "the part of events that tried another channel", tried/n, 0.08, 0.2)
	between(t, "the part of switches that were forced", forced/tried, 0.5, 0.7)
	between(t, "the part of presses that were refused", float64(len(year.Refused))/n, 0.003, 0.01)
}

func TestNotes(t *testing.T) {
	year := yearOf(t, 1, lastWeek)
	notes := make(map[string]int)
	var noted, cards, incident, twice float64
	for _, e := range year.Events {
		if e.Note == "" {
			continue
		}
		noted++
		notes[e.Note]++
		if clean, n := cx.ScrubNote(e.Note); n > 0 || clean != e.Note || cx.CleanNote(e.Note) != e.Note {
			t.Errorf("storing changes the note %q", e.Note)
		}
		if strings.ContainsAny(e.Note, "{|}") || strings.Contains(e.Note, "  ") {
			t.Errorf("note %q has a choice left in it, or a gap", e.Note)
		}
		if strings.Contains(e.Note, "card ending") {
			cards++
		}
		if e.Tag == "bill-unclear" && ago(t, e.At()) >= 9 && ago(t, e.At()) <= 11 {
			incident++
			for _, word := range []string{"twice", "two", "second", "double", "error"} {
				if strings.Contains(e.Note, word) {
					twice++
					break
				}
			}
		}
	}
	between(t, "the part of events with a note", noted/float64(len(year.Events)), 0.06, 0.1)
	between(t, "the part of notes that are said once", float64(len(notes))/noted, 0.4, 1)
	between(t, "the number of notes about a card ending in something", cards, 20, 500)
	between(t, "the number of notes of the incident", incident, 30, 300)
	between(t, "the part of them that says what it was", twice/incident, 0.9, 1)
}

func TestContacts(t *testing.T) {
	year := yearOf(t, 1, lastWeek)
	type part struct {
		week    cx.Week
		channel cx.Channel
	}
	conversations := make(map[part]int)
	for _, e := range year.Events {
		if e.Counts() {
			conversations[part{lastWeek.Add(-ago(t, e.At())), e.Channel}] += e.Conversations()
		}
	}
	if len(year.Contacts) != len(conversations) {
		t.Errorf("%d numbers of contacts, want one for each of %d weeks and channels", len(year.Contacts), len(conversations))
	}
	for _, c := range year.Contacts {
		if err := c.Check(); err != nil {
			t.Fatal(err)
		}
		n := conversations[part{c.Week, c.Channel}]
		between(t, "the part of contacts that are tagged in "+c.Week.String()+" on "+string(c.Channel), float64(n)/float64(c.Count), 0.1, 0.7)
	}
}

// TestActions: of one action the prediction came true, of one it did not, and of one
// nobody knows yet.
func TestActions(t *testing.T) {
	for _, seed := range seeds {
		came := make(map[string]bool)
		year := yearOf(t, seed, lastWeek)
		for _, a := range year.Actions {
			if err := a.Check(); err != nil {
				t.Error(err)
			}
			if i, over := weeksAgo[a.By]; over {
				came[a.Tag] = weekly(t, year, a.Tag)[i] <= float64(*a.Expect)
			}
		}
		want := map[string]bool{"bill-unclear": true, "refund-slow": false}
		if diff := cmp.Diff(want, came); diff != "" || len(year.Actions) != 3 {
			t.Errorf("seed %d: which predictions came true, of %d actions (-want +got):\n%s", seed, len(year.Actions), diff)
		}
	}
}
