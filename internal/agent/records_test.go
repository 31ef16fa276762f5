package agent

import (
	"context"
	"slices"
	"testing"
	"time"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
)

// recorder is what a desk and the client of an agent both are.
type recorder interface {
	Contacts(ctx context.Context) ([]cx.Contacts, error)
	SetContacts(ctx context.Context, contacts []cx.Contacts) error
	RemoveContacts(ctx context.Context, keys []cx.ContactsKey) error
	Actions(ctx context.Context) ([]cx.Action, error)
	AddAction(ctx context.Context, a cx.Action) (cx.Action, error)
	CloseAction(ctx context.Context, id string, on cx.Date) (cx.Action, error)
	EraseActions(ctx context.Context, ids []string, progress func(done, total int)) (api.Erased, error)
	Frozen(ctx context.Context, week cx.Week) ([]cx.Frozen, error)
	Freeze(ctx context.Context, f cx.Frozen) error
}

var (
	_ recorder = (*Desk)(nil)
	_ recorder = (*api.Client)(nil)
)

// What people write down is the same through the agent and without it, and so are
// the errors.
func TestRecords(t *testing.T) {
	for name, open := range map[string]func(t *testing.T) recorder{
		"desk": func(t *testing.T) recorder { return newDesk(t, newClock(), "") },
		"agent": func(t *testing.T) recorder {
			return dial(t, startWith(t, nil, "", Options{DB: dbPath(t), Now: newClock().Now}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := open(t)
			contactsBy(t, r)
			actionsBy(t, r)
			frozenBy(t, r)
		})
	}
}

func contactsBy(t *testing.T, r recorder) {
	ctx, week := t.Context(), cx.Week{Year: 2026, Number: 47}
	if all, err := r.Contacts(ctx); err != nil || len(all) != 0 {
		t.Errorf("a new database has the contacts %v, %v", all, err)
	}
	want := []cx.Contacts{{Week: week, Site: "north", Count: 0}, {Week: week.Add(1), Channel: cx.ChannelChat, Count: 12}}
	if err := r.SetContacts(ctx, want); err != nil {
		t.Fatal(err)
	}
	got, err := r.Contacts(ctx)
	for i := range got {
		want[i].SetAt = epoch
	}
	diff(t, "contacts", got, want)
	if err != nil {
		t.Error(err)
	}
	err = r.SetContacts(ctx, []cx.Contacts{{Week: week.Add(1), Count: 1}})
	wantCode(t, err, api.CodeConflict)
	if problem(err).Hint == "" {
		t.Error("a total beside channels: no hint")
	}
	wantCode(t, r.SetContacts(ctx, []cx.Contacts{{Week: week, Count: -1}}), api.CodeBad)
	wantCode(t, r.SetContacts(ctx, []cx.Contacts{{Week: week, Site: "\xff"}}), api.CodeBad)
	if err := r.RemoveContacts(ctx, []cx.ContactsKey{want[1].Key()}); err != nil {
		t.Fatal(err)
	}
	if got, _ = r.Contacts(ctx); len(got) != 1 {
		t.Errorf("after one was taken away: %v", got)
	}
}

func actionsBy(t *testing.T, r recorder) {
	ctx, day, expect := t.Context(), cx.Date{Year: 2026, Month: time.November, Day: 16}, 0
	a := cx.Action{Tag: "praise", Owner: "Kim", What: "cvv 123 is asked for no more", Since: day, Expect: &expect, By: day.Week()}
	added, err := r.AddAction(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	want := a
	want.ID, want.What, want.AddedAt = added.ID, "cvv [code] is asked for no more", epoch
	diff(t, "an added action", added, want)
	a.Tag = "prase"
	_, err = r.AddAction(ctx, a)
	wantCode(t, err, api.CodeBad)
	a.Tag, a.Owner = "praise", ""
	_, err = r.AddAction(ctx, a)
	wantCode(t, err, api.CodeBad)
	_, err = r.CloseAction(ctx, "1", day.Add(-1))
	wantCode(t, err, api.CodeBad)
	_, err = r.CloseAction(ctx, "2", day)
	wantCode(t, err, api.CodeNotFound)
	want.Closed = day
	closed, err := r.CloseAction(ctx, "1", day)
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "a closed action", closed, want)
	_, err = r.CloseAction(ctx, "1", day)
	wantCode(t, err, api.CodeConflict)
	erased, err := r.EraseActions(ctx, []string{"1"}, nil)
	if err != nil || !slices.Equal(erased.Actions, []string{want.ID}) || erased.Search == nil || erased.Search.Fault != "" {
		t.Errorf("EraseActions = %+v, %v", erased, err)
	}
	all, err := r.Actions(ctx)
	want.What, want.Owner = cx.ErasedWords, cx.ErasedWords
	diff(t, "actions", all, []cx.Action{want})
	if err != nil {
		t.Error(err)
	}
}

func frozenBy(t *testing.T, r recorder) {
	ctx := t.Context()
	f := cx.Frozen{Week: cx.Week{Year: 2026, Number: 46}, Zone: "UTC", Revision: 1, SHA256: cx.Sum([]byte("{}")), Numbers: []byte("{}")}
	if err := r.Freeze(ctx, f); err != nil {
		t.Fatal(err)
	}
	got, err := r.Frozen(ctx, f.Week)
	if err != nil {
		t.Fatal(err)
	}
	f.FrozenAt = epoch
	diff(t, "a frozen week", got, []cx.Frozen{f})
	f.Numbers, f.SHA256 = []byte("[]"), cx.Sum([]byte("[]"))
	wantCode(t, r.Freeze(ctx, f), api.CodeConflict)
	f.SHA256 = ""
	wantCode(t, r.Freeze(ctx, f), api.CodeBad)
}
