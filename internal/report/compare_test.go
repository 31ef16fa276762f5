package report_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
)

func run(first, last int) report.Weeks {
	return report.Weeks{First: week47.Add(first), Last: week47.Add(last)}
}

func (d desk) compare(t *testing.T, then, now report.Weeks) (report.Comparison, error) {
	t.Helper()
	return report.Compare(t.Context(), d, report.Options{Zone: berlin, Now: nextWeek}, then, now)
}

// Runs of different lengths are compared by what they have a week.
func TestCompare(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": append(wobble(8, 50, 6), 95, 101, 98), "late": wobble(11, 400, 18), "how": append(flat(8, 0), 9, 11, 10)})
	c, err := d.compare(t, run(-10, -3), run(-2, 0))
	if err != nil {
		t.Fatal(err)
	}
	type line struct {
		code      string
		then, now float64
		words     string
	}
	var got []line
	for _, tag := range c.Tags {
		got = append(got, line{tag.Code, tag.Then.Rate, tag.Now.Rate, tag.Verdict.Words})
	}
	want := []line{
		{"late", 400, 406, "no clear change"},
		{"bill", 50, 98, "clearly more"},
		{"how", 0, 10, "clearly more"},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(line{})); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	if r := c.Tags[1].Change.Ratio; r == nil || *r != 1.96 {
		t.Errorf("ratio = %v, want 1.96", r)
	}
	if r := c.Tags[2].Change.Ratio; r != nil {
		t.Errorf("ratio to nothing = %v, want none", *r)
	}
	if c.Then.Known != 8 || c.Now.Known != 3 || c.Now.Count != 95+101+98+418+382+418+30 {
		t.Errorf("runs = %+v and %+v", c.Then, c.Now)
	}
}

// Of one week nobody knows how much weeks differ.
func TestCompareOneWeek(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": append(wobble(8, 50, 6), 150), "late": wobble(9, 400, 18)})
	c, err := d.compare(t, run(-5, -5), run(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	if v := c.Tags[1].Verdict; v.Code != report.Early || len(c.Summary) != 1 || !strings.Contains(c.Summary[0], "is one week") {
		t.Errorf("verdict %+v, summary %q; want none, and why", v, c.Summary)
	}
	if ch := c.Tags[1].Change; ch == nil || ch.P != nil || ch.Q != nil || c.Tags[1].Verdict.Words == "" {
		t.Errorf("change %+v, verdict %+v: want no p and q of what was not tested, which read as certain, and words", ch, c.Tags[1].Verdict)
	}
	if c.Tags[1].Then.Count != 44 || c.Tags[1].Now.Count != 150 {
		t.Errorf("counts %+v", c.Tags[1])
	}
}

func TestCompareRates(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": append(wobble(6, 50, 5), 100, 104), "late": append(wobble(6, 100, 9), 200, 196)})
	var contacts []cx.Contacts
	for i, n := range []int{2000, 2000, 1000, 1000, 1000, 1000, 1000, 1000} {
		contacts = append(contacts, cx.Contacts{Week: week47.Add(-i), Count: n})
	}
	if err := d.SetContacts(t.Context(), contacts); err != nil {
		t.Fatal(err)
	}
	c, err := d.compare(t, run(-7, -2), run(-1, 0))
	if err != nil {
		t.Fatal(err)
	}
	if bill := c.Tags[1]; !c.PerContacts || bill.Then.Rate != 5 || bill.Now.Rate != 5.1 || bill.Verdict.Code != report.Usual {
		t.Errorf("bill = %+v, per contacts %t; want 5 and 5.1 per 100, no clear change", bill, c.PerContacts)
	}
}

// Where there are contacts and no rates, a comparison says why.
func TestCompareNoRate(t *testing.T) {
	for name, test := range map[string]struct {
		contacts []int // of the last weeks, the newest first; -1 is not known
		want     string
	}{
		"none":        {nil, ""},
		"of all":      {[]int{900, 900, 900, 900, 900}, ""},
		"not of all":  {[]int{900, -1, 900, 900, 900}, "Contacts are known of 4 of 5 weeks only"},
		"not of last": {[]int{-1, 900, 900, 900, 900}, "Contacts are known of 4 of 5 weeks only"},
		"one too few": {[]int{900, 900, 40, 900, 900}, "Contacts of 2026-W45 cannot be used: 40, fewer than the 45 conversations that were tagged"},
		"nobody":      {[]int{900, 900, 900, 900, 0}, "Contacts of 2026-W43 cannot be used: 0, fewer than the 45 conversations that were tagged"},
		"too few":     {[]int{40, 900, 900, 900, 900}, "Contacts are known as 40, which is fewer than the 45 conversations that were tagged"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.add(t, plan{"bill": flat(7, 45)})
			for i, n := range test.contacts {
				if n < 0 {
					continue
				}
				if err := d.SetContacts(t.Context(), []cx.Contacts{{Week: week47.Add(-i), Count: n}}); err != nil {
					t.Fatal(err)
				}
			}
			c, err := d.compare(t, run(-4, -1), run(0, 0))
			if err != nil {
				t.Fatal(err)
			}
			if c.NoRate != test.want || c.PerContacts != (name == "of all") {
				t.Errorf("%q, per contacts %t; want %q", c.NoRate, c.PerContacts, test.want)
			}
		})
	}
}

// A week whose sites have more contacts than all have is named, though its contacts are known.
func TestCompareContradiction(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": flat(7, 45)})
	contacts := []cx.Contacts{{Week: week47.Add(-3), Site: "Berlin", Count: 901}}
	for i := range 5 {
		contacts = append(contacts, cx.Contacts{Week: week47.Add(-i), Count: 900})
	}
	if err := d.SetContacts(t.Context(), contacts); err != nil {
		t.Fatal(err)
	}
	c, err := d.compare(t, run(-4, -1), run(0, 0))
	if want := "Contacts of 2026-W44 cannot be used: more of its sites than of all"; err != nil || c.NoRate != want {
		t.Errorf("%q, %v; want %q", c.NoRate, err, want)
	}
}

// Two runs are one question of each tag: nothing else is tested beside.
func TestCompareFamily(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": append(wobble(8, 50, 6), 80), "late": wobble(9, 400, 18)})
	c, err := d.compare(t, run(-8, -1), run(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	if bill := c.Tags[1].Change; math.Abs(*bill.Q-3**bill.P) > 1e-12 {
		t.Errorf("p %v and q %v, want three times as much: two tags and their total", *bill.P, *bill.Q)
	}
}

func TestCompareRefuses(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": wobble(6, 50, 5)})
	for name, test := range map[string]struct {
		then, now report.Weeks
		want      string
	}{
		"overlap":       {run(-3, -1), run(-1, 0), "overlap"},
		"inside":        {run(-3, 0), run(-2, -1), "overlap"},
		"backwards":     {run(-2, -3), run(0, 0), "ends before it begins"},
		"not over":      {run(-1, -1), run(1, 1), "2026-W48 is not over"},
		"before it all": {run(-20, -15), run(0, 0), "nothing is known of 2026-W27..2026-W32"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := d.compare(t, test.then, test.now)
			if !errors.Is(err, report.ErrWeeks) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one of weeks with %q", err, test.want)
			}
		})
	}
}
