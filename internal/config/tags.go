package config

import (
	"errors"
	"fmt"
	"slices"

	"magicbutton/internal/cx"
)

// placedTag is a tag with where it stands.
type placedTag struct {
	cx.Tag
	table
}

// maxMinutes is a day: a longer conversation is a typing error.
const maxMinutes = 24 * 60

// tag reads one [[tag]].
func (l *loader) tag(t table) {
	var tag cx.Tag
	given := l.fill(t, name("tag", "code", t), []field{
		{"code", text(&tag.Code, checkCode)},
		{"label", text(&tag.Label, checkText)},
		{"stage", parsed(&tag.Stage, cx.ParseStage)},
		{"domain", parsed(&tag.Domain, cx.ParseDomain)},
		{"driver", parsed(&tag.Driver, cx.ParseDriver)},
		{"kind", parsed(&tag.Kind, cx.ParseKind)},
		{"preventable", optionalTruth(&tag.Preventable)},
		{"minutes", number(&tag.Minutes, maxMinutes)},
		{"merged_into", text(&tag.MergedInto, cx.CheckTag)},
		{"retired", truth(&tag.Retired)},
	})
	if !slices.Contains(given, "code") {
		l.problem(t.line, "tag: it has no code, such as code = \"refund-slow\"")
	}
	if tag.Code == "" {
		l.stray(t)
		return
	}
	l.tags = append(l.tags, placedTag{tag, t})
}

// stray notes what may be meant as the code of a tag, in a table that gives none
// in the right way.
func (l *loader) stray(t table) {
	for _, e := range t.entries {
		l.strays = append(l.strays, e.value.text)
	}
}

// name names a table in errors by one of its keys, where it has that.
func name(what, key string, t table) string {
	if s := t.text(key); s != nil {
		return fmt.Sprintf("%s %q", what, clip(*s))
	}
	return what
}

// checkCode keeps the words of actions free.
func checkCode(s string) error {
	if s == wordUndo || s == wordNote {
		return fmt.Errorf("%q is what a button may do, so no tag may be called so", s)
	}
	return cx.CheckTag(s)
}

// astray reports whether a code that no tag has may be meant for a tag whose own
// code is wrong. That was said, and to say that nobody has this code would mislead.
func (l *loader) astray(code string) bool { return cx.Nearest(code, l.strays) != "" }

// catalogue checks the tags together. Even where they are wrong it makes a
// catalogue, of what is right, to check the buttons against.
func (l *loader) catalogue() {
	tags, at := l.distinct()
	c, err := cx.NewCatalogue(tags)
	// Each tag was checked by itself, so that merges are all that can be wrong.
	var many interface{ Unwrap() []error }
	if errors.As(err, &many) {
		for _, e := range many.Unwrap() {
			var tagErr *cx.TagError
			if errors.As(e, &tagErr) {
				l.badMerge(tagErr, tags, at[tagErr.Index])
			}
		}
		c, _ = cx.NewCatalogue(tags)
	}
	l.config.Catalogue = c
}

// badMerge takes a merge that is wrong out of the tags.
func (l *loader) badMerge(err *cx.TagError, tags []cx.Tag, at table) {
	into := &tags[err.Index].MergedInto
	isTag := func(t cx.Tag) bool { return t.Code == *into }
	if slices.ContainsFunc(tags, isTag) || !l.astray(*into) {
		l.problem(at.lineOf("merged_into"), "%v", err)
	}
	*into = ""
}

// distinct returns the tags, and where they stand, without those whose code is
// taken.
func (l *loader) distinct() ([]cx.Tag, []table) {
	var tags []cx.Tag
	var at []table
	first := make(map[string]int)
	for _, t := range l.tags {
		if line, ok := first[t.Code]; ok {
			l.problem(t.lineOf("code"), "tag %q: the code is given twice, first in line %d", t.Code, line)
			continue
		}
		first[t.Code] = t.lineOf("code")
		tags, at = append(tags, t.Tag), append(at, t.table)
	}
	return tags, at
}
