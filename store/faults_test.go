package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
)

// faultsEnv says how many faults of each kind are tried; see make faults.
const faultsEnv = "STORE_FAULTS"

func faults(t *testing.T, few int) int {
	t.Helper()
	n, err := strconv.Atoi(os.Getenv(faultsEnv))
	if err != nil {
		return few
	}
	return n
}

// busyDesk makes a database with something of everything, press by press, so that
// its pages were written many times: six weeks, notes, corrections, former notes,
// events that were erased, a bucket deep enough for branch pages.
func busyDesk(t *testing.T) (path string, events []cx.Event) {
	t.Helper()
	c := &clock{epoch}
	s := newStore(t, c)
	path = s.Path()
	random := rand.New(rand.NewPCG(7, 7))
	for i := range 42 {
		var group []New
		for j := range 30 {
			n := press(c.now.Add(time.Duration(j)*time.Minute), fmt.Sprintf("tag-%d", random.IntN(9)))
			n.Event.Desk = fmt.Sprintf("desk %d", random.IntN(4))
			n.Ref = fmt.Sprintf("call-%d-%d", i, j)
			switch random.IntN(8) {
			case 0:
				n.Event.Note = "was told three different dates by three people"
			case 1:
				n.Event.Note = strings.Repeat("a long story ", 30+random.IntN(120))
			}
			group = append(group, n)
		}
		c.advance(time.Hour)
		got, err := s.Append(t.Context(), group...)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range got {
			events = append(events, a.Event)
		}
		for range 2 {
			add(t, s, press(c.now, "single"))
		}
		void(t, s, events[len(events)-7])
		note := "amended"
		for _, back := range []int{3, 21} {
			if _, err := s.Amend(t.Context(), events[len(events)-back].ID, cx.Amendment{Note: &note}); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Refuse(t.Context(), c.now, "pad", fmt.Sprintf("F%d", i%9)); err != nil {
			t.Fatal(err)
		}
		c.advance(17 * time.Hour)
	}
	gone := events[600:640]
	events = slices.Delete(slices.Clone(events), 600, 640)
	_, err := s.write(t.Context(), func(w *writer) error {
		for _, e := range gone {
			series, err1 := w.seriesNumber(series{e.Tag, e.Stage, e.Channel})
			desk, err2 := w.textNumber(e.Desk)
			site, err3 := w.textNumber(e.Site)
			stone := tombstone{quarter: quarterOf(e.At()), series: series, desk: desk, site: site, counts: true, heads: true}
			if err := errors.Join(err1, err2, err3, w.deleteEvent(e.ID), stone.put(w.tx, tombstoneKey(e.ID))); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	writeDown(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path, events
}

// question is something that a person asks of a database. The answer can be
// compared; damage is an error.
type question struct {
	name string
	ask  func(t *testing.T, s *Store) (any, error)
}

func listed(q cx.EventQuery) func(*testing.T, *Store) (any, error) {
	return func(t *testing.T, s *Store) (any, error) {
		var out []cx.Event
		for e, err := range s.Events(t.Context(), q) {
			if err != nil {
				return nil, err
			}
			out = append(out, e)
		}
		return out, nil
	}
}

func tallied(q cx.Query) func(*testing.T, *Store) (any, error) {
	return func(t *testing.T, s *Store) (any, error) { return s.Tally(t.Context(), q) }
}

// questions are asked of busyDesk.
func questions(events []cx.Event) []question {
	at := func(day int) time.Time { return epoch.AddDate(0, 0, day) }
	out := []question{
		{"tally by tag", tallied(cx.Query{By: []cx.Dimension{cx.ByTag}})},
		{"tally by desk", tallied(cx.Query{By: []cx.Dimension{cx.ByDesk, cx.ByDay}})},
		{"all events", listed(cx.EventQuery{Voided: true})},
		{"newest first", listed(cx.EventQuery{Newest: true, Limit: 300})},
		{"the newest", listed(cx.EventQuery{Newest: true, Limit: 20})},
		{"a day", listed(cx.EventQuery{From: at(10), To: at(11)})},
		{"a day, newest first", listed(cx.EventQuery{From: at(20), To: at(21), Newest: true})},
		{"before all", listed(cx.EventQuery{To: at(-1)})},
		{"behind all", listed(cx.EventQuery{From: at(400)})},
		{"refusals", func(t *testing.T, s *Store) (any, error) { return s.Refusals(t.Context(), time.Time{}, time.Time{}) }},
		{"catalogue", func(t *testing.T, s *Store) (any, error) {
			c, err := s.Catalogue(t.Context())
			return c.Tags(), err
		}},
		{"last live", func(t *testing.T, s *Store) (any, error) {
			e, _, err := s.LastLive(t.Context(), LiveQuery{})
			return e, err
		}},
		{"contacts", func(t *testing.T, s *Store) (any, error) { return s.Contacts(t.Context()) }},
		{"actions", func(t *testing.T, s *Store) (any, error) { return s.Actions(t.Context()) }},
		{"frozen", func(t *testing.T, s *Store) (any, error) { return s.Frozen(t.Context(), week47) }},
		{"number 42", func(t *testing.T, s *Store) (any, error) { return s.EventBySeq(t.Context(), 42) }},
		{"bounds", func(t *testing.T, s *Store) (any, error) {
			info, err := s.Info(t.Context())
			return []time.Time{info.First, info.Last}, err
		}},
	}
	for day := 0; day < 42; day += 7 {
		q := cx.Query{From: at(day), To: at(day + 7), By: []cx.Dimension{cx.ByTag}}
		out = append(out, question{fmt.Sprintf("tally of week %d", day/7), tallied(q)})
	}
	for i := 0; i < len(events); i += len(events) / 11 {
		out = append(out, question{fmt.Sprintf("event %d", i), func(t *testing.T, s *Store) (any, error) {
			return s.History(t.Context(), events[i].ID)
		}})
	}
	nobody := cx.MakeID(events[100].At(), cx.Origin{1}, 1)
	out = append(out, question{"an event of nobody", func(t *testing.T, s *Store) (any, error) {
		_, err := s.Event(t.Context(), nobody)
		if errors.Is(err, ErrNoEvent) {
			return "none", nil
		}
		return nil, err
	}})
	return out
}

// askAll returns the answers, in their order, and the errors. Where the file cannot
// be opened that is the only answer.
func askAll(t *testing.T, path string, questions []question) (answers []any, errs []error) {
	t.Helper()
	s, err := Open(path, Options{ReadOnly: true})
	if err != nil {
		return nil, []error{err}
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}()
	for _, q := range questions {
		answer, err := q.ask(t, s)
		answers, errs = append(answers, answer), append(errs, err)
	}
	return answers, errs
}

// isDamage reports whether an error says of a file that it is damaged, and where.
func isDamage(err error, path string) bool {
	return (errors.Is(err, ErrDamaged) || errors.Is(err, ErrNotDatabase) || errors.Is(err, ErrTruncated)) && strings.Contains(err.Error(), path)
}

// flipPlace chooses a bit of a file: every other time among those that hold it
// together, which are few.
func flipPlace(random *rand.Rand, b []byte) (at int, bit byte) {
	bit = 1 << random.IntN(8)
	if random.IntN(2) == 0 {
		return random.IntN(len(b)), bit
	}
	pageBytes := os.Getpagesize()
	for {
		page := random.IntN(len(b) / pageBytes)
		p := b[page*pageBytes : (page+1)*pageBytes]
		count := int(binary.NativeEndian.Uint16(p[pageCount:]))
		flags := binary.NativeEndian.Uint16(p[pageFlags:])
		used := pageHeadBytes + min(count, 200)*pageElementBytes
		switch {
		case flags == branchPage: // all of it, keys too
			used += 200
		case flags == leafPage && strings.Contains(string(p), "dictionary"): // the roots of the buckets
			used = len(p)
		case page < 2:
			used = metaAt + metaBytes
		case random.IntN(8) > 0:
			continue
		}
		return page*pageBytes + random.IntN(min(used, pageBytes)), bit
	}
}

// Whatever bit of the file is wrong, each answer is right, or an error that names
// the file and says that it is damaged.
func TestFlippedBitsNeverLie(t *testing.T) {
	path, events := busyDesk(t)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "flipped.db")
	if err := os.WriteFile(path, good, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	questions := questions(events)
	want, errs := askAll(t, path, questions)
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	told, harmless := 0, 0
	rounds := faults(t, 100)
	for range rounds {
		at, bit := flipPlace(random, good)
		what := fmt.Sprintf("bit %#x of byte %d (page %d, byte %d)", bit, at, at/os.Getpagesize(), at%os.Getpagesize())
		if _, err := f.WriteAt([]byte{good[at] ^ bit}, int64(at)); err != nil {
			t.Fatal(err)
		}
		answers, errs := askAll(t, path, questions)
		bad := false
		for i, err := range errs {
			switch {
			case err != nil && !isDamage(err, path):
				t.Errorf("%s: question %d: %v", what, i, err)
			case err != nil:
				bad = true
			default:
				same(t, what, questions[i].name, want[i], answers[i])
			}
		}
		if bad {
			told++
		} else {
			harmless++
		}
		if _, err := f.WriteAt(good[at:at+1], int64(at)); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d flips: %d told, %d harmless", rounds, told, harmless)
}

func same(t *testing.T, what, question string, want, got any) {
	t.Helper()
	if !reflect.DeepEqual(want, got) {
		t.Errorf("%s: %s: a wrong answer (-want +got):\n%s", what, question, cmp.Diff(want, got))
	}
}
