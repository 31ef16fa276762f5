package weblab

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// violation is what axe-core tells of one rule.
type violation struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML           string `json:"html"`
		FailureSummary string `json:"failureSummary"`
	} `json:"nodes"`
}

// Violations returns what axe-core finds wrong with the page as it stands: rule, reason and place of each.
// All of its rules are asked but those it calls experimental.
func (p *Page) Violations(t testing.TB) []string {
	t.Helper()
	script, err := os.ReadFile(filepath.Join(folder(), "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	p.Do(t, chromedp.Evaluate[chromedp.Void](string(script)))
	found := run(t, p, chromedp.Evaluate[[]violation](`axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations)`, chromedp.EvalAwaitPromise))
	var out []string
	for _, v := range found {
		for _, n := range v.Nodes {
			out = append(out, fmt.Sprintf("%s: %s: %s: %s", v.ID, v.Help, n.HTML, n.FailureSummary))
		}
	}
	return out
}

// Validate returns what html-validate finds wrong with an HTML file: line, column, rule and reason of each.
func Validate(t testing.TB, path string) []string {
	t.Helper()
	find(t)
	full, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	// The standard's rules alone; those of style (the order of attributes, how void elements are written) are none of its business.
	configuration := filepath.Join(t.TempDir(), ".htmlvalidate.json")
	if err := os.WriteFile(configuration, []byte(`{"root": true, "extends": ["html-validate:standard"]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", filepath.Join(folder(), "node_modules", "html-validate", "bin", "html-validate.mjs"),
		"--config", configuration, "--formatter", "json", full)
	cmd.Dir = folder()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.Output()
	if exit := new(exec.ExitError); err != nil && (!errors.As(err, &exit) || len(stdout) == 0) {
		t.Fatalf("html-validate: %v: %s", err, stderr.String())
	}
	var results []struct {
		Messages []struct {
			RuleID, Message string
			Line, Column    int
		}
	}
	if err := json.Unmarshal(stdout, &results); err != nil {
		t.Fatalf("html-validate's answer: %v: %s", err, stdout)
	}
	var out []string
	for _, r := range results {
		for _, m := range r.Messages {
			out = append(out, fmt.Sprintf("%d:%d: %s: %s", m.Line, m.Column, m.RuleID, strings.TrimSpace(m.Message)))
		}
	}
	return out
}

// pageObject is a page in a PDF of Chromium's, which keeps these objects uncompressed.
var pageObject = regexp.MustCompile(`/Type\s*/Page\b`)

// Pages counts the pages of a PDF that [Page.PDF] made.
func Pages(pdf []byte) int { return len(pageObject.FindAll(pdf, -1)) }
