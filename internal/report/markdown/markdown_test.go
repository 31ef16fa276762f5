package markdown_test

import (
	"strings"
	"testing"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
	"magicbutton/internal/report/markdown"
)

// TestTextStaysText writes names that would break out of their cell or into HTML.
func TestTextStaysText(t *testing.T) {
	t.Parallel()
	week := report.Week{
		Header:  report.Header{Week: cx.Week{Year: 2026, Number: 47}, State: report.Complete, Sites: []string{"a|b"}},
		Summary: []string{"First seen: <b>x</b> [y](http://z) (1)."},
		Tags:    []report.Tag{{Name: "a | b\n<script>", Count: 1, Share: 1}},
		Actions: []report.Action{
			{Owner: "O", What: "*W*", TagName: "T"},
			{Owner: "nobody", What: "is over", Closed: cx.Date{Year: 2026, Month: 11, Day: 1}},
		},
		Limits: []string{"# limits"},
	}
	var out strings.Builder
	if err := markdown.Write(&out, week); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`; only site a\|b` + "\n",
		`**First seen: \<b\>x\</b\> \[y\](http://z) (1).**`,
		`| a \| b \<script\> | 1 | 100% |`,
		`- O: \*W\* (T, since `,
		`> \# limits`,
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("not there: %q in\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "is over") {
		t.Errorf("an action that is closed is among the open ones:\n%s", out.String())
	}
}
