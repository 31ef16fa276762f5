package cx

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Tag is a reason code with what is known about it.
type Tag struct {
	// Code never changes; see [CheckTag].
	Code string `json:"code"`
	// Label is what people read; the code where it is "".
	Label string `json:"label,omitempty"`
	// Stage is where a conversation with this tag usually has its cause; an
	// event that names no stage takes it.
	Stage  Stage  `json:"stage,omitempty"`
	Domain Domain `json:"domain,omitempty"`
	Driver Driver `json:"driver,omitempty"`
	Kind   Kind   `json:"kind,omitempty"`
	// Preventable says whether such a conversation need not have happened; nil
	// is not said.
	Preventable *bool `json:"preventable,omitempty"`
	// Minutes is how long such a conversation takes, 0 for unknown.
	Minutes float64 `json:"minutes,omitempty"`
	// MergedInto is the code of the tag that counts in this one's place, "" for
	// none.
	MergedInto string `json:"merged_into,omitempty"`
	// Retired says that the tag takes no new events.
	Retired bool `json:"retired,omitempty"`
	// Unlisted says that the tag left the configuration: it still tallies, with
	// what was last known of it. Only a store sets it.
	Unlisted bool `json:"unlisted,omitempty"`
}

// Name returns the label, or the code where there is none.
func (t Tag) Name() string {
	if t.Label != "" {
		return t.Label
	}
	return t.Code
}

// Catalogue is the set of known tags, in the order in which they were given. The
// zero Catalogue is empty.
type Catalogue struct {
	tags    []Tag
	index   map[string]int
	counted []int // for each tag, the end of its chain of merges
}

// NewCatalogue checks the tags and returns them as a catalogue, or every problem
// joined as [TagError] values.
func NewCatalogue(tags []Tag) (Catalogue, error) {
	c := Catalogue{tags: slices.Clone(tags), index: make(map[string]int, len(tags))}
	var errs []error
	for i, t := range c.tags {
		for _, err := range t.check() {
			errs = append(errs, &TagError{i, t.Code, err})
		}
		if first, ok := c.index[t.Code]; ok {
			errs = append(errs, &TagError{i, t.Code, fmt.Errorf("the code is given twice, first as tag %d", first+1)})
			continue
		}
		c.index[t.Code] = i
	}
	next, problems := c.merges()
	for i, err := range problems {
		if err != nil {
			errs = append(errs, &TagError{i, c.tags[i].Code, err})
		}
	}
	if len(errs) > 0 {
		return Catalogue{}, errors.Join(errs...)
	}
	c.counted = make([]int, len(c.tags))
	for i := range c.tags {
		end := i
		for next[end] != unmerged {
			end = next[end]
		}
		c.counted[i] = end
	}
	return c, nil
}

// TagError says what is wrong with one tag of a catalogue.
type TagError struct {
	// Index is the tag's place in what was given, from 0.
	Index int
	Code  string
	Err   error
}

func (e *TagError) Error() string { return fmt.Sprintf("tag %q: %v", clip(e.Code), e.Err) }

// Unwrap returns what is wrong.
func (e *TagError) Unwrap() error { return e.Err }

func (t Tag) check() []error {
	var errs []error
	add := func(err error) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	add(CheckTag(t.Code))
	add(CheckName("label", t.Label))
	_, err := ParseStage(string(t.Stage))
	add(err)
	_, err = ParseDomain(string(t.Domain))
	add(err)
	_, err = ParseDriver(string(t.Driver))
	add(err)
	_, err = ParseKind(string(t.Kind))
	add(err)
	const most = 24 * 60 // a conversation of more than a day is a typing error
	if !(t.Minutes >= 0 && t.Minutes <= most) {
		add(fmt.Errorf("minutes %v is not between 0 and %d", t.Minutes, most))
	}
	return errs
}

// unmerged stands for no next tag in a chain of merges.
const unmerged = -1

// merges returns the tag that each tag is merged into, and what is wrong with the
// merge of each: its target is unknown, or it is a part of a circle. A tag that
// only leads to one of these has no problem of its own.
func (c Catalogue) merges() (next []int, problems []error) {
	next, problems = make([]int, len(c.tags)), make([]error, len(c.tags))
	for i, t := range c.tags {
		next[i] = unmerged
		if t.MergedInto == "" {
			continue
		}
		if to, known := c.index[t.MergedInto]; known {
			next[i] = to
		} else {
			problems[i] = unknown("merged into unknown tag", t.MergedInto, c.Codes())
		}
	}
	walk := make([]int, len(c.tags)) // for each tag, which walk came by first, from 1
	for i := range c.tags {
		at := i
		for at != unmerged && walk[at] == 0 {
			walk[at] = i + 1
			at = next[at]
		}
		if at == unmerged || walk[at] != i+1 {
			continue
		}
		for problems[at] == nil { // this walk came back to where it was: once around
			problems[at] = c.circle(at, next)
			at = next[at]
		}
	}
	return next, problems
}

// circle describes the circle of merges that tag i is a part of.
func (c Catalogue) circle(i int, next []int) error {
	const most = 6 // names that are worth reading
	names := []string{clip(c.tags[i].Code)}
	for at := next[i]; at != i; at = next[at] {
		if len(names) == most {
			names = append(names, "…")
			break
		}
		names = append(names, clip(c.tags[at].Code))
	}
	return fmt.Errorf("merged in a circle: %s", strings.Join(append(names, names[0]), " → "))
}

// unknown is the error for a code that is not among the known ones.
func unknown(what, code string, known []string) error {
	if near := Nearest(code, known); near != "" {
		return fmt.Errorf("%s %q (did you mean %q?)", what, clip(code), near)
	}
	return fmt.Errorf("%s %q", what, clip(code))
}

// Tags returns the tags in their order.
func (c Catalogue) Tags() []Tag { return slices.Clone(c.tags) }

// Codes returns the codes in their order.
func (c Catalogue) Codes() []string {
	codes := make([]string, len(c.tags))
	for i, t := range c.tags {
		codes[i] = t.Code
	}
	return codes
}

// Tag returns a tag by its own code.
func (c Catalogue) Tag(code string) (Tag, bool) {
	i, ok := c.index[code]
	if !ok {
		return Tag{}, false
	}
	return c.tags[i], true
}

// Counted returns the tag that an event with this code counts as: the end of its
// chain of merges, or an unlisted tag of the same code where none is known.
func (c Catalogue) Counted(code string) Tag {
	i, ok := c.index[code]
	if !ok {
		return Tag{Code: code, Unlisted: true}
	}
	return c.tags[c.counted[i]]
}

// Usable returns the tag that a new event may carry, or an error that says why
// none and guesses what was meant.
func (c Catalogue) Usable(code string) (Tag, error) {
	t, ok := c.Tag(code)
	switch {
	case !ok || t.Unlisted:
		return Tag{}, unknown("unknown tag", code, c.usableCodes())
	case t.MergedInto != "":
		return Tag{}, fmt.Errorf("tag %q is merged into %q: use that", code, c.Counted(code).Code)
	case t.Retired:
		return Tag{}, fmt.Errorf("tag %q is retired", code)
	}
	return t, nil
}

// UsableTags returns the tags that new events may carry, in their order.
func (c Catalogue) UsableTags() []Tag {
	var out []Tag
	for _, t := range c.tags {
		if !t.Unlisted && !t.Retired && t.MergedInto == "" {
			out = append(out, t)
		}
	}
	return out
}

func (c Catalogue) usableCodes() []string {
	var codes []string
	for _, t := range c.UsableTags() {
		codes = append(codes, t.Code)
	}
	return codes
}

// With returns the catalogue of a file after a configuration was put over it:
// the configuration's tags first, then those of the file that the configuration
// no longer has, marked as unlisted.
func (c Catalogue) With(configured Catalogue) Catalogue {
	tags := configured.Tags()
	for _, t := range c.tags {
		if _, ok := configured.index[t.Code]; !ok {
			t.Unlisted = true
			tags = append(tags, t)
		}
	}
	out, err := NewCatalogue(tags)
	if err != nil {
		// Both were checked. No tag is missing, and merges make no circle: the
		// configuration's lead only to its own tags, so none leads back.
		panic("cx: two checked catalogues do not go together: " + err.Error())
	}
	return out
}
