package report_test

import (
	"strings"
	"testing"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
)

// The method is that of this report, with how actions are judged where there are any. That
// it is narrowed is no method: every format warns of it.
func TestMethod(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": wobble(12, 100, 8), "late": wobble(12, 200, 12)})
	says := func(part string, filter cx.Filter) bool {
		w := d.build(t, func(o *report.Options) { o.Filter = filter })
		return strings.Contains(strings.Join(w.Method, " "), part)
	}
	const narrowed, action = "This report is narrowed", "An action is compared"
	warns := func(filter cx.Filter) bool {
		w := d.build(t, func(o *report.Options) { o.Filter = filter })
		return strings.Contains(strings.Join(w.Limits, " "), narrowed) && !strings.Contains(strings.Join(w.Method, " "), narrowed)
	}
	berlin := cx.Filter{Sites: []string{"Berlin"}}
	if warns(cx.Filter{}) || warns(cx.Filter{Tags: []string{"bill"}}) || !warns(berlin) {
		t.Error("the limits say that a report is narrowed where it is not, or not where it is")
	}
	if says(action, cx.Filter{}) {
		t.Error("the method speaks of actions where there are none")
	}
	if _, err := d.AddAction(t.Context(), cx.Action{Tag: "bill", Owner: "Kim", What: "new letter", Since: week47.Monday()}); err != nil {
		t.Fatal(err)
	}
	if !says(action, cx.Filter{}) {
		t.Error("the method does not say how actions are judged")
	}
}
