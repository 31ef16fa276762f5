package cx_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
)

var week46, week47 = cx.Week{Year: 2026, Number: 46}, cx.Week{Year: 2026, Number: 47}

// Only numbers of the same channels contradict each other.
func TestSitesExceed(t *testing.T) {
	chat, phone := cx.ChannelChat, cx.ChannelPhone
	for name, test := range map[string]struct {
		all    []cx.Contacts
		want   []cx.Excess
		beside []cx.Week
	}{
		"nothing":              {},
		"no total":             {all: []cx.Contacts{{Week: week46, Site: "Berlin", Count: 5}}},
		"as many":              {all: []cx.Contacts{{Week: week46, Count: 5}, {Week: week46, Site: "Berlin", Count: 5}}, beside: []cx.Week{week46}},
		"more than the total":  {all: []cx.Contacts{{Week: week46, Count: 5}, {Week: week46, Site: "Berlin", Count: 3}, {Week: week46, Site: "Bonn", Channel: chat, Count: 3}}, want: []cx.Excess{{Week: week46, Sites: 6, All: 5}}, beside: []cx.Week{week46}},
		"a site beside a chat": {all: []cx.Contacts{{Week: week46, Channel: chat, Count: 95}, {Week: week46, Site: "Berlin", Count: 180}}, beside: []cx.Week{week46}},
		"another channel":      {all: []cx.Contacts{{Week: week46, Channel: chat, Count: 95}, {Week: week46, Site: "Berlin", Channel: phone, Count: 180}}, beside: []cx.Week{week46}},
		"more than the chats":  {all: []cx.Contacts{{Week: week46, Site: "Berlin", Channel: chat, Count: 96}, {Week: week46, Channel: phone, Count: 9}, {Week: week46, Channel: chat, Count: 95}}, want: []cx.Excess{{Week: week46, Channel: chat, Sites: 96, All: 95}}, beside: []cx.Week{week46}},
		"another week":         {all: []cx.Contacts{{Week: week47, Count: 5}, {Week: week46, Site: "Berlin", Count: 9}}},
		"two weeks":            {all: []cx.Contacts{{Week: week47, Count: 1}, {Week: week46, Count: 1}, {Week: week46, Site: "Berlin", Count: 2}, {Week: week47, Site: "Berlin", Count: 2}}, want: []cx.Excess{{Week: week46, Sites: 2, All: 1}, {Week: week47, Sites: 2, All: 1}}, beside: []cx.Week{week46, week47}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, cx.SitesExceed(test.all)); diff != "" {
				t.Errorf("sites exceed (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.beside, cx.BesideTotal(test.all)); diff != "" {
				t.Errorf("beside a total (-want +got):\n%s", diff)
			}
		})
	}
}

// What is set stands for what was known, in its weeks.
func TestTogether(t *testing.T) {
	known := []cx.Contacts{{Week: week46, Count: 1}, {Week: week46, Site: "Berlin", Count: 2}, {Week: week47, Count: 3}}
	got := cx.Together(known, []cx.Contacts{{Week: week46, Count: 4}})
	if diff := cmp.Diff([]cx.Contacts{{Week: week46, Count: 4}, {Week: week46, Site: "Berlin", Count: 2}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A number is held against what was tagged at its site and channel.
func TestFewerThanTagged(t *testing.T) {
	tagged := cx.Tally{By: []cx.Dimension{cx.BySite, cx.ByChannel}, Rows: []cx.Row{
		{Week: week46, Values: []string{"", "phone"}, Conversations: 1},
		{Week: week46, Values: []string{"Berlin", "chat"}, Conversations: 2},
		{Week: week46, Values: []string{"Berlin", ""}, Conversations: 4},
		{Week: week47, Values: []string{"Berlin", "chat"}, Conversations: 8},
	}}
	for _, test := range []struct {
		of   cx.Contacts
		want int // conversations
	}{
		{cx.Contacts{}, 7},
		{cx.Contacts{Channel: cx.ChannelChat}, 2},
		{cx.Contacts{Site: "Berlin"}, 6},
		{cx.Contacts{Site: "Berlin", Channel: cx.ChannelChat}, 2},
		{cx.Contacts{Site: "Bonn"}, 0},
	} {
		enough, few := test.of, test.of
		enough.Week, few.Week = week46, week46
		enough.Count, few.Count = test.want, test.want-1
		if got := cx.FewerThanTagged([]cx.Contacts{enough}, tagged); got != nil {
			t.Errorf("%+v: %+v; want enough", enough, got)
		}
		if got := cx.FewerThanTagged([]cx.Contacts{few}, tagged); test.want > 0 && (len(got) != 1 || got[0].Tagged != test.want) {
			t.Errorf("%+v: %+v; want short of %d", few, got, test.want)
		}
	}
}
