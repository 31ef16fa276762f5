package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
	"slices"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
)

// erasable adds events of one customer to a lived database: one with a history of
// notes, one at the head of a conversation, one from a device of its own, and one
// that was taken back.
func erasable(t testing.TB, s *Store) (ids []cx.ID, words []string) {
	t.Helper()
	n := press(epoch.Add(-3*24*time.Hour+time.Second), "bill")
	n.Ref, n.Event.Note = "ticket of Ms Winter", "Ms Winter was angry"
	amended := add(t, s, n)
	note := "Ms W. from Hamburg was angry"
	if _, err := s.Amend(t.Context(), amended.ID, cx.Amendment{Note: &note}); err != nil {
		t.Fatal(err)
	}
	head := add(t, s, press(epoch.Add(-2*24*time.Hour+123*time.Second), "praise"))
	follow(t, s, 9*time.Second, head, "idea")
	n = press(epoch.Add(-26*time.Hour+time.Second), "praise")
	n.Event.Device, n.Event.Key = "keypad of Ms Winter", "any"
	own := add(t, s, n)
	n = press(epoch.Add(-25*time.Hour+time.Second), "praise")
	n.Event.Note = "ok"
	voided := add(t, s, n)
	void(t, s, voided)
	return []cx.ID{amended.ID, head.ID, own.ID, voided.ID}, []string{"Ms W", "Hamburg", "keypad of Ms Winter"}
}

// What is erased is nowhere in the file; everything else is as before, and counts
// as before.
func TestErase(t *testing.T) {
	c := &clock{epoch}
	s := lived(t, c, 200)
	ids, words := erasable(t, s)
	wantTallies := tallies(t, s)
	copies := all(t, s, cx.EventQuery{Voided: true})
	var want []cx.Event
	for _, e := range copies {
		if slices.Contains(ids, e.ID) {
			continue
		}
		if e.Conversation == ids[1] {
			e.Rev++
			e.Conversation = cx.MakeID(e.At().Add(-9*time.Second).Truncate(quarterHour), s.Origin(), ids[1].Seq())
		}
		want = append(want, e)
	}
	if len(want) != len(copies)-len(ids) {
		t.Fatalf("%d of %d events are there", len(copies)-len(want), len(ids))
	}

	got, err := s.Erase(t.Context(), append(ids, ids[0]), nil)
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(ids, func(a, b cx.ID) int { return bytes.Compare(a[:], b[:]) })
	if diff := cmp.Diff(ids, got.IDs); diff != "" {
		t.Errorf("erased (-want +got):\n%s", diff)
	}
	if got.Notes != 4 || got.Revisions != 2 || got.Words != 2 || len(got.Before) > 0 || got.Search.Elsewhere != 0 || got.Search.Needles != 11 {
		t.Errorf("Erase = %+v, search %+v", got, got.Search)
	}
	if diff := cmp.Diff(want, all(t, s, cx.EventQuery{Voided: true})); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wantTallies, tallies(t, s)); diff != "" {
		t.Errorf("tallies (-before +after):\n%s", diff)
	}
	if report := checkClean(t, s); report.Missing > 0 {
		t.Errorf("a check misses %d erased events: %q", report.Missing, report.Remarks)
	}
	for _, id := range ids {
		words = append(words, string(id[:]))
	}
	notIn(t, s.Path(), words...)
	onlyDatabase(t, s.Path())
	path := closed(t, s)
	freeIsEmpty(t, path)
	s = openStore(t, path, Options{Now: c.Now})
	erasedStay(t, s, ids, copies, wantTallies)
}

// erasedStay brings copies of erased events back in every way, and none is stored.
func erasedStay(t testing.TB, s *Store, ids []cx.ID, copies []cx.Event, tallied []cx.Tally) {
	t.Helper()
	for _, id := range ids {
		if _, err := s.Event(t.Context(), id); !errors.Is(err, ErrNoEvent) {
			t.Errorf("Event of an erased one: %v", err)
		}
		if _, err := s.EventBySeq(t.Context(), id.Seq()); !errors.Is(err, ErrNoEvent) {
			t.Errorf("EventBySeq of an erased one: %v", err)
		}
	}
	var theirs []cx.Event
	for _, e := range copies {
		if slices.Contains(ids, e.ID) {
			theirs = append(theirs, e)
		}
	}
	result := importAll(t, s, ImportBatch{File: [32]byte{9}, Rows: rowsOf(theirs), Done: true})
	if result.Added > 0 {
		t.Errorf("importing erased events: %+v", result)
	}
	if diff := cmp.Diff(tallied, tallies(t, s)); diff != "" {
		t.Errorf("tallies after the erased events were imported (-want +got):\n%s", diff)
	}
	again, err := s.Erase(t.Context(), ids, nil)
	if diff := cmp.Diff(Erased{Before: ids}, again); diff != "" || err != nil {
		t.Errorf("erasing again (-want +got): %v\n%s", err, diff)
	}
	unknown := cx.MakeID(epoch, cx.Origin{3}, 3)
	if _, err := s.Erase(t.Context(), []cx.ID{unknown}, nil); !errors.Is(err, ErrNoEvent) {
		t.Errorf("erasing an event that is not there: %v", err)
	}
}

// Words that stand in a note that stays too are told of, and are no fault.
func TestEraseWordsElsewhere(t *testing.T) {
	s := newStore(t, &clock{epoch})
	n := press(epoch.Add(time.Second), "praise")
	n.Event.Note = "the same words"
	gone := add(t, s, n)
	n.Event.Note = "and the same words again"
	stays := add(t, s, n)
	got, err := s.Erase(t.Context(), []cx.ID{gone.ID}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.Search.Elsewhere != 1 || got.Search.Needles != 3 {
		t.Errorf("the search found %+v, want 1 of 3 elsewhere", got.Search)
	}
	if e := get(t, s, stays.ID); e.Note != n.Event.Note {
		t.Errorf("the other note is %q", e.Note)
	}
}

// So are words that every file has.
func TestEraseWordsOfTheFormat(t *testing.T) {
	for _, note := range []string{"events", "note", "days", "file", "form"} {
		s := newStore(t, &clock{epoch})
		n := press(epoch.Add(time.Second), "praise")
		n.Event.Note = note
		got, err := s.Erase(t.Context(), []cx.ID{add(t, s, n).ID}, nil)
		if err != nil || got.Search.Elsewhere != 1 {
			t.Errorf("erasing an event with the note %q: %v, search %+v", note, err, got.Search)
		}
	}
}

// What an edit left in the new file is found, and an error.
func TestEraseNotGone(t *testing.T) {
	s := newStore(t, &clock{epoch})
	n := press(epoch.Add(time.Second), "praise")
	n.Event.Note = "words"
	e := add(t, s, n)
	found, err := s.search(t.Context(), &eraser{ids: []cx.ID{e.ID}, notes: []erasedNote{{e.ID[:], n.Event.Note}}})
	if !errors.Is(err, errNotGone) {
		t.Errorf("a search for what is there = %+v, %v, want errNotGone", found, err)
	}
}

// An erased event of a day whose events are purged later counts once.
func TestEraseThenPurge(t *testing.T) {
	s := lived(t, &clock{epoch}, 200)
	events := all(t, s, cx.EventQuery{})
	want := tallies(t, s)
	erased, err := s.Erase(t.Context(), []cx.ID{events[0].ID, events[1].ID, events[40].ID}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Purge(t.Context(), Purging{EventsBefore: epoch.AddDate(0, 0, -10)}, nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, tallies(t, s)); diff != "" {
		t.Errorf("tallies (-before +after):\n%s", diff)
	}
	for _, id := range erased.IDs {
		notIn(t, s.Path(), string(id[:]))
	}
	checkClean(t, s)
}

func TestFind(t *testing.T) {
	s := lived(t, &clock{epoch}, 50)
	ids, _ := erasable(t, s)
	for name, tt := range map[string]struct {
		match Match
		want  []cx.ID
	}{
		"text of a former state": {Match{Text: "ms winter"}, ids[:1]},
		"pattern":                {Match{Pattern: regexp.MustCompile(`^Ms W.* Hamburg`)}, ids[:1]},
		"and not that tag":       {Match{Text: "ms w", Tag: "praise"}, nil},
		"device":                 {Match{Device: "keypad of Ms Winter", Desk: "desk 1"}, ids[2:3]},
		"in the period":          {Match{Text: "hamburg", From: epoch.AddDate(0, 0, -4), To: epoch}, ids[:1]},
		"not in the period":      {Match{Text: "hamburg", From: epoch.AddDate(0, 0, -2)}, nil},
		"before the period ends": {Match{Text: "hamburg", To: epoch.AddDate(0, 0, -4)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			events, err := s.Find(t.Context(), tt.match)
			if err != nil {
				t.Fatal(err)
			}
			var got []cx.ID
			for _, e := range events {
				got = append(got, e.ID)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Find (-want +got):\n%s", diff)
			}
		})
	}
	if _, err := s.Find(t.Context(), Match{}); err == nil {
		t.Error("a match that says nothing finds something")
	}
}

// The search meets what is anywhere in a file, however it is read.
func TestSearchFinds(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 3))
	file := make([]byte, 2<<20+77)
	for i := range file {
		file[i] = byte(random.IntN(256))
	}
	var needles []*needle
	for _, at := range []int{0, 1, 1<<20 - 3, 1 << 20, 1<<20 + 1, len(file) - 9} {
		for _, n := range []int{4, 9, 3000} {
			if at+n <= len(file) {
				needles = append(needles, &needle{bytes: file[at : at+n], what: fmt.Sprint(at, n)})
			}
		}
	}
	for name, r := range map[string]io.Reader{"at once": bytes.NewReader(file), "in pieces": iotest.HalfReader(bytes.NewReader(file))} {
		missing := &needle{bytes: []byte("not in there")}
		n, err := find(r, append(needles, missing))
		if err != nil || n != int64(len(file)) {
			t.Fatalf("find %s = %d, %v", name, n, err)
		}
		for _, n := range needles {
			if !n.found {
				t.Errorf("read %s, the bytes at %s are not found", name, n.what)
			}
			n.found = false
		}
		if missing.found {
			t.Errorf("read %s, what is not there is found", name)
		}
	}
}

// Where nothing is looked for a file of any length is read to its end.
func TestSearchForNothing(t *testing.T) {
	for _, n := range []int{0, 3, 1 << 20, 1<<20 + 1, 2<<20 + 77} {
		if got, err := find(bytes.NewReader(make([]byte, n)), nil); err != nil || got != int64(n) {
			t.Errorf("find in %d bytes = %d, %v", n, got, err)
		}
	}
}
