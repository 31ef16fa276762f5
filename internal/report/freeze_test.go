package report_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
	"magicbutton/store"
)

// frozenWeek is what a week of the form 1 is frozen as. It must never change: what was
// frozen is held against it for years.
const frozenWeek = `magicbutton week	1
week	2026-W47
zone	Europe/Berlin
events	6
conversations	6
contacts	100
tag	bill	3
tag	how	1
tag	late	2
stage	bill	pay	2
stage	bill		1
stage	how		1
stage	late		2
channel	chat	1
channel	phone	5
`

// fillFrozen stores the events of frozenWeek.
func fillFrozen(t *testing.T, d desk) {
	d.add(t, plan{"bill": {5, 1}, "late": {3, 1}, "slow": {1}, "how": {1}})
	at := wednesday(week47)[0].At
	pay, chat := event("bill"), event("bill")
	pay.Stage, chat.Stage, chat.Channel = cx.StagePay, cx.StagePay, cx.ChannelChat
	d.put(t, []store.New{{At: at.Add(time.Hour), Event: pay}, {At: at.Add(2 * time.Hour), Event: chat}})
	if err := d.SetContacts(t.Context(), []cx.Contacts{{Week: week47, Count: 100}}); err != nil {
		t.Fatal(err)
	}
}

func (d desk) freeze(t *testing.T, w report.Week) {
	t.Helper()
	numbers := report.Numbers(w)
	f := cx.Frozen{Week: w.Header.Week, Zone: w.Header.Zone, Numbers: numbers, SHA256: cx.Sum(numbers)}
	if err := d.Freeze(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// Neither a newer program, a later day, other costs nor a purge moves a frozen number.
func TestFrozenNumbers(t *testing.T) {
	d := newDesk(t)
	fillFrozen(t, d)
	for name, change := range map[string]func(*report.Options){
		"now": nil,
		"a year later, by another program": func(o *report.Options) {
			o.Week, o.Now, o.Version, o.CostPerHour, o.MinChange = week47, o.Now.AddDate(1, 0, 0), "v9", 70, 0.5
		},
	} {
		if diff := cmp.Diff(frozenWeek, string(report.Numbers(d.build(t, change)))); diff != "" {
			t.Errorf("%s: numbers (-want +got):\n%s", name, diff)
		}
	}
	if _, err := d.Purge(t.Context(), store.Purging{EventsBefore: nextWeek}, nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(frozenWeek, string(report.Numbers(d.build(t, nil)))); diff != "" {
		t.Errorf("purged: numbers (-want +got):\n%s", diff)
	}
}

// What moves after a week was frozen is told, each kind of it.
func TestFrozenMoved(t *testing.T) {
	wed := wednesday(week47)[0].At
	events := func(t *testing.T, d desk) []cx.Event {
		var all []cx.Event
		begin, end := week47.Span(berlin)
		for e, err := range d.Events(t.Context(), cx.EventQuery{From: begin, To: end, Filter: cx.Filter{Tags: []string{"bill"}}}) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, e)
		}
		return all
	}
	for name, c := range map[string]struct {
		change func(*testing.T, desk)
		want   string
	}{
		"nothing": {func(*testing.T, desk) {}, ""},
		"an event of another week": {func(t *testing.T, d desk) {
			d.put(t, []store.New{{At: wed.AddDate(0, 0, -7), Event: event("bill")}})
		}, ""},
		"an import": {func(t *testing.T, d desk) {
			d.put(t, []store.New{{At: wed.Add(5 * time.Hour), Event: event("thanks")}})
		}, "events 6 → 7, conversations 6 → 7, thanks 0 → 1"},
		"an undo": {func(t *testing.T, d desk) {
			if _, err := d.Void(t.Context(), events(t, d)[0].ID); err != nil {
				t.Fatal(err)
			}
		}, "events 6 → 5, conversations 6 → 5, Bill not understood 3 → 2"},
		"another stage": {func(t *testing.T, d desk) {
			if _, err := d.Amend(t.Context(), events(t, d)[0].ID, cx.Amendment{Stage: new(cx.StageUse)}); err != nil {
				t.Fatal(err)
			}
		}, "Bill not understood (stage not said) 1 → 0, Bill not understood (stage use) 0 → 1"},
		"another channel": {func(t *testing.T, d desk) {
			if _, err := d.Amend(t.Context(), events(t, d)[0].ID, cx.Amendment{Channel: new(cx.ChannelChat)}); err != nil {
				t.Fatal(err)
			}
		}, "channel chat 1 → 2, channel phone 5 → 4"},
		"another tag": {func(t *testing.T, d desk) {
			if _, err := d.Amend(t.Context(), events(t, d)[0].ID, cx.Amendment{Tag: new("thanks")}); err != nil {
				t.Fatal(err)
			}
		}, "Bill not understood 3 → 2, thanks 0 → 1"},
		"other contacts": {func(t *testing.T, d desk) {
			if err := d.SetContacts(t.Context(), []cx.Contacts{{Week: week47, Count: 120}}); err != nil {
				t.Fatal(err)
			}
		}, "contacts 100 → 120"},
		"no contacts": {func(t *testing.T, d desk) {
			if err := d.RemoveContacts(t.Context(), []cx.ContactsKey{{Week: week47}}); err != nil {
				t.Fatal(err)
			}
		}, "contacts 100 → not known"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			fillFrozen(t, d)
			d.freeze(t, d.build(t, nil))
			c.change(t, d)
			f := d.build(t, nil).Header.Frozen
			if f == nil || len(f.Revisions) != 1 {
				t.Fatalf("frozen %+v, want one revision", f)
			}
			if got := report.MoveWords(f.Moved); got != c.want {
				t.Errorf("moved %q, want %q", got, c.want)
			}
			if told := len(f.Words) == 2 && strings.HasSuffix(f.Words[1], "since revision 1: "+c.want+"."); told != (c.want != "") {
				t.Errorf("words %q", f.Words)
			}
		})
	}
}

// Revisions say what moved from one to the next; another zone's week is another one.
func TestFrozenRevisions(t *testing.T) {
	d := newDesk(t)
	fillFrozen(t, d)
	d.freeze(t, d.build(t, nil))
	d.put(t, []store.New{{At: wednesday(week47)[0].At.Add(5 * time.Hour), Event: event("thanks")}})
	d.freeze(t, d.build(t, nil))
	f := d.build(t, nil).Header.Frozen
	if f == nil || len(f.Revisions) != 2 || f.Moved != nil {
		t.Fatalf("frozen %+v, want two revisions and nothing moved since", f)
	}
	if got, want := report.MoveWords(f.Revisions[1].Moved), "events 6 → 7, conversations 6 → 7, thanks 0 → 1"; got != want {
		t.Errorf("revision 2 moved %q, want %q", got, want)
	}
	want := "Frozen on 2026-11-23, revision 1, SHA-256 " + cx.Sum([]byte(frozenWeek)) + "."
	if f.Words[0] != want {
		t.Errorf("words %q, want %q", f.Words[0], want)
	}
	for name, change := range map[string]func(*report.Options){
		"another zone":    func(o *report.Options) { o.Zone = mustZone("Asia/Kathmandu") },
		"one tag":         func(o *report.Options) { o.Tags = []string{"bill"} },
		"another week":    func(o *report.Options) { o.Week = week47.Add(-1) },
		"in the terminal": func(o *report.Options) { o.Brief = true },
	} {
		if f := d.build(t, change).Header.Frozen; f != nil {
			t.Errorf("%s: frozen %+v, want nothing", name, f)
		}
	}
}

// What a newer program froze is shown as frozen, and nothing is made up of it.
func TestFrozenByNewer(t *testing.T) {
	d := newDesk(t)
	fillFrozen(t, d)
	numbers := []byte("magicbutton week\t2\nsomething else\n")
	if err := d.Freeze(t.Context(), cx.Frozen{Week: week47, Zone: berlin.String(), Numbers: numbers, SHA256: cx.Sum(numbers)}); err != nil {
		t.Fatal(err)
	}
	f := d.build(t, nil).Header.Frozen
	if f == nil || !f.Revisions[0].Unknown || f.Moved != nil || !strings.HasPrefix(f.Words[1], "A newer program froze revision 1") {
		t.Errorf("frozen %+v, want it unknown and told so", f)
	}
}
