package api

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
)

var filter = cx.Filter{
	Tags: []string{"refund-slow", "idea"}, Stages: []cx.Stage{cx.StageUse}, Channels: []cx.Channel{cx.ChannelChat},
	Desks: []string{"desk, with a comma & more"}, Sites: []string{"a", "b"},
}

var epoch = time.Date(2026, 11, 16, 9, 30, 0, 0, time.UTC)

func TestQuery(t *testing.T) {
	kathmandu, err := time.LoadLocation("Asia/Kathmandu")
	if err != nil {
		t.Fatal(err)
	}
	zones := cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })
	for name, q := range map[string]cx.Query{
		"all":          {Zone: time.UTC},
		"period":       {From: epoch, To: epoch.Add(time.Nanosecond), Zone: time.UTC},
		"by and zone":  {By: []cx.Dimension{cx.ByTag, cx.ByHour}, Zone: kathmandu},
		"filter":       {By: []cx.Dimension{cx.ByTag}, Zone: time.UTC, Filter: filter},
		"open to past": {To: epoch, By: []cx.Dimension{cx.ByDesk}, Zone: time.UTC},
	} {
		t.Run(name, func(t *testing.T) {
			v, err := url.ParseQuery(QueryValues(q).Encode())
			if err != nil {
				t.Fatal(err)
			}
			got, err := ParseQuery(v)
			if d := cmp.Diff(q, got, zones); d != "" || err != nil {
				t.Errorf("over the wire (-want +got), %v:\n%s", err, d)
			}
		})
	}
}

func TestEventQuery(t *testing.T) {
	for name, q := range map[string]cx.EventQuery{
		"all":    {},
		"period": {From: epoch.In(time.FixedZone("", 3600)), To: epoch.Add(time.Hour)},
		"rest":   {Voided: true, Newest: true, Limit: 7},
		"filter": {Filter: filter},
	} {
		t.Run(name, func(t *testing.T) {
			got, follow, err := ParseEventQuery(EventQueryValues(q))
			if d := cmp.Diff(q, got); d != "" || err != nil || follow {
				t.Errorf("over the wire (-want +got), follow %v, %v:\n%s", follow, err, d)
			}
		})
	}
}

func TestParseQueryForms(t *testing.T) {
	for _, form := range []string{"by=tag,stage", "by=tag&by=stage"} {
		v, err := url.ParseQuery(form)
		if err != nil {
			t.Fatal(err)
		}
		q, err := ParseQuery(v)
		if d := cmp.Diff([]cx.Dimension{cx.ByTag, cx.ByStage}, q.By); d != "" || err != nil {
			t.Errorf("%s: %v (-want +got)\n%s", form, err, d)
		}
	}
	if _, follow, err := ParseEventQuery(url.Values{"follow": {"true"}}); !follow || err != nil {
		t.Errorf("follow = %v, %v", follow, err)
	}
}

// TestParseQueryProblems: every problem is named in one run.
func TestParseQueryProblems(t *testing.T) {
	v := url.Values{"from": {"x"}, "to": {"y"}, "by": {"tga"}, "zone": {"Nowhere"}, "form": {"z"}, "stage": {"pya", "use"}}
	_, err := ParseQuery(v)
	wantBad(t, err, `stage "pya"`, `from "x"`, `to "y"`, "tga", `zone "Nowhere"`, `parameter "form"`)
	v = url.Values{"from": {"x"}, "limit": {"many"}, "voided": {"1"}, "newest": {"0"}, "by": {"tag"}}
	_, _, err = ParseEventQuery(v)
	wantBad(t, err, `from "x"`, `limit "many"`, `voided "1"`, `newest "0"`, `parameter "by"`)
}

func wantBad(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q lacks %s", err, part)
		}
	}
}
