package pagelab_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/net/html"

	"magicbutton/internal/agent"
	"magicbutton/internal/api"
	"magicbutton/internal/config"
	"magicbutton/internal/cx"
	"magicbutton/internal/export"
	"magicbutton/internal/report"
	reporthtml "magicbutton/internal/report/html"
	"magicbutton/internal/report/markdown"
	"magicbutton/internal/weblab"
)

// scripts are texts that some program takes for more than text.
var scripts = []string{
	`<script>window.pwned = 1</script>`, `"><img src=x onerror="window.pwned = 1">`, `' onmouseover='window.pwned = 1`, `</textarea><svg onload="window.pwned = 1">`,
	`javascript:window.pwned=1`, `{{.Proof}}`, "${window.pwned = 1}", "`+(window.pwned=1)+`", `</script><script>window.pwned = 1</script>`, `<!--`, `]]>`, `&lt;b&gt;`,
	`=cmd|'/C calc'!A0`, `+1+1`, `-1+1`, `@SUM(1,1)`, "＝1+1", `'=1+1`, "=HYPERLINK(\"http://evil.example\",\"refund\")", `[a](javascript:window.pwned=1)`, "| a | b |", "# h",
	"abc\u202edef\u2066ghi", "\ufeffBOM", "\u2028line\u2029end", `\u003cscript\u003e`, "data: x", "event: gone", `{"events":[]}`, "%3Cscript%3E", "\\",
}

// scripted is a desk whose name, site and labels are such texts.
func scripted(t testing.TB) *desk {
	t.Helper()
	var port string
	load := func() (*config.Config, error) {
		var b strings.Builder
		fmt.Fprintf(&b, "[desk]\nname = %s\nsite = %s\nchannel = \"phone\"\n[page]\nport = %s\n", toml(scripts[0]), toml(scripts[12]), port)
		for i, s := range scripts {
			fmt.Fprintf(&b, "[[tag]]\ncode = \"tag-%d\"\nlabel = %s\n", i, toml(s))
		}
		b.WriteString("[[button]]\ndevice = \"1209:0001\"\nkey = \"Keypad 1\"\ntap = \"tag-0\"\n")
		return config.Parse("test.toml", []byte(b.String()))
	}
	s := setting{options: agent.Options{Load: func() (*config.Config, error) { return load() }}}
	return newDeskAt(t, s, func(p int) { port = strconv.Itoa(p) })
}

// toml writes a text as TOML does: as JSON, but for what JSON leaves as it is.
func toml(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// TestScripts: in notes, labels and names such a text is that text, in the page and in everything that is made of the database.
func TestScripts(t *testing.T) {
	t.Parallel()
	d := scripted(t)
	rep := letIn(d)
	for i, s := range scripts {
		rep.tap("ref"+strconv.Itoa(i), "tag-"+strconv.Itoa(i), s)
	}
	for _, bad := range []string{"a\x00b", "a\x1bb", "a\u0085b", "a\x07"} {
		words, err := json.Marshal(bad)
		if err != nil {
			t.Fatal(err)
		}
		if status, body := rep.post("/tap", `{"tag":"tag-0","ref":"control","note":`+string(words)+`}`); status != http.StatusBadRequest {
			t.Errorf("note %q: %d: %s, want it refused", bad, status, body)
		}
	}
	if _, err := config.Parse("test.toml", []byte("[[tag]]\ncode = \"=cmd()\"\nlabel = \"x\"\n")); err == nil {
		t.Error("a tag's code may be a formula")
	}
	for _, path := range []string{"/<script>x</script>", "/%3Cscript%3Ex%3C/script%3E", "/tag/<script>x", "/tag/%3Cscript%3Ex", "/?<script>x", "/tag/a'b\"c&lt;"} {
		for _, cookie := range []string{rep.cookie(), ""} {
			_, header, body := d.raw(d.request("GET "+path+" HTTP/1.1", d.own(), "Cookie: "+cookie, "Accept: text/html"))
			if strings.Contains(body, "<script>x") || !strings.Contains(header.Get("Content-Security-Policy"), "default-src 'none'") {
				t.Errorf("GET %s: the address became markup, or may run: %s", path, body)
			}
		}
	}
	checkScriptPage(t, d)
	checkScriptReports(t, d)
	events := d.stored()
	if len(events) != len(scripts) {
		t.Fatalf("%d events, want %d", len(events), len(scripts))
	}
	for i, e := range events {
		if want := strings.TrimSpace(scripts[i]); e.Note != want {
			t.Errorf("stored note %q, want %q", e.Note, want)
		}
	}
	checkScriptTables(t, events)
}

// checkScriptPage looks at the page in a real browser.
func checkScriptPage(t *testing.T, d *desk) {
	p := open(t, weblab.Start(t), d, weblab.View{})
	p.wait(fmt.Sprintf(`document.querySelectorAll("#tags > li").length === %d || document.querySelectorAll(".card").length >= 1`, len(scripts)))
	all := eval[string](p, `document.body.textContent + [...document.querySelectorAll("textarea, input")].map((e) => e.value).join("\n")`)
	for _, s := range scripts {
		if !strings.Contains(all, s) {
			t.Errorf("the page does not show %q as it is", s)
		}
	}
	found := eval[[]string](p, `[
		...[...document.querySelectorAll("script:not([src='/app.js']), img, iframe, object, embed, base, svg [onload], meta[http-equiv]")].map((e) => e.outerHTML),
		...[...document.querySelectorAll("*")].flatMap((e) => [...e.attributes].filter((a) => a.name.startsWith("on") || /^\s*javascript:/i.test(a.value)).map((a) => e.localName + " " + a.name)),
		...(window.pwned ? ["pwned"] : []),
	]`)
	if len(found) > 0 {
		t.Errorf("in the page became markup: %q", found)
	}
	if got := p.Problems(); len(got) > 0 {
		t.Errorf("errors of scripts: %q", got)
	}
	for _, request := range p.Requests() {
		if !strings.HasPrefix(request, d.host("/")) {
			t.Errorf("the page asked for %s", request)
		}
	}
	// What turns the direction of writing round ends with the text that it is in.
	loose := eval[[]string](p, `[...document.querySelectorAll(".card *, #tags *, #pad-keys *, #bars th, #hand-title, #desk")].filter((e) => e.textContent.includes("\u202e") && !e.children.length)
		.filter((e) => { const s = getComputedStyle(e); return s.display.startsWith("inline") && !s.unicodeBidi.startsWith("isolate") && s.unicodeBidi !== "plaintext" && !/flex|grid/.test(getComputedStyle(e.parentNode).display) })
		.map((e) => e.parentNode.localName + " > " + e.localName + "." + e.className)`)
	if len(loose) > 0 {
		t.Errorf("text that is written from right to left turns round what follows it, in %q", loose)
	}
}

// checkScriptReports looks at what a lead gets out of the running agent.
func checkScriptReports(t *testing.T, d *desk) {
	c, err := api.Dial(t.Context(), d.db)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	now := time.Now()
	week, err := report.Build(t.Context(), c, report.Options{Week: cx.DateOf(now, time.UTC).Week(), Now: now, Zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	var page, text bytes.Buffer
	if err := reporthtml.Write(&page, week, reporthtml.Options{Full: true}); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(&page)
	if err != nil {
		t.Fatal(err)
	}
	var words strings.Builder
	for n := range root.Descendants() {
		switch {
		case n.Type == html.TextNode:
			words.WriteString(n.Data)
		case n.Type == html.ElementNode && slices.Contains([]string{"script", "img", "iframe", "object", "textarea", "base"}, n.Data):
			t.Errorf("the report has an element %s", n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") {
				t.Errorf("the report has %s=%q", a.Key, a.Val)
			}
		}
	}
	for _, s := range scripts[:3] {
		if !strings.Contains(words.String(), s) {
			t.Errorf("the report does not show %q as it is", s)
		}
	}
	if err := markdown.Write(&text, week); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"<script", "<img", "](javascript", "<svg", "<!--"} {
		if strings.Contains(strings.NewReplacer(`\<`, "", `\[`, "", `\]`, "").Replace(text.String()), s) {
			t.Errorf("the report in Markdown has %q", s)
		}
	}
}

// checkScriptTables looks at what a spreadsheet would run.
func checkScriptTables(t *testing.T, events []cx.Event) {
	pages := func() iter.Seq2[[]cx.Event, error] {
		return func(yield func([]cx.Event, error) bool) { yield(events, nil) }
	}
	var table, book bytes.Buffer
	if _, err := export.WriteEvents(&table, export.CSV, pages(), export.EventOptions{}); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(&table).ReadAll()
	if err != nil || len(lines) != len(scripts)+1 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	note := slices.Index(lines[0], "note")
	for i, line := range lines {
		for j, cell := range line {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				if _, err := strconv.ParseFloat(cell, 64); err != nil {
					t.Errorf("CSV: line %d, column %d is a formula: %q", i+1, j+1, cell)
				}
			}
		}
		if i > 0 && strings.TrimPrefix(line[note], "'") != events[i-1].Note {
			t.Errorf("CSV: note %q, want %q", line[note], events[i-1].Note)
		}
	}
	if _, err := export.WriteEvents(&book, "xlsx", pages(), export.EventOptions{}); err != nil {
		t.Fatal(err)
	}
	x, err := excelize.OpenReader(&book)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	for _, sheet := range x.GetSheetList() {
		rows, err := x.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			for j, cell := range row {
				name, err := excelize.CoordinatesToCellName(j+1, i+1)
				if err != nil {
					t.Fatal(err)
				}
				formula, err := x.GetCellFormula(sheet, name)
				if err != nil || formula != "" {
					t.Errorf("workbook: %s %s is the formula %q, %v", sheet, name, formula, err)
				}
				kind, err := x.GetCellType(sheet, name)
				text := kind == excelize.CellTypeSharedString || kind == excelize.CellTypeInlineString
				if err != nil || text && cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
					t.Errorf("workbook: %s %s would be a formula when it is saved as CSV: %q, %v", sheet, name, cell, err)
				}
			}
		}
	}
}
