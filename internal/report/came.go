package report

import "fmt"

// Came says in everyday words, for those who press, what came of an action.
func (a Action) Came() string {
	v := a.Verdict
	switch {
	case v.WithAll && !a.Open():
		return "No difference of its own: all buttons went the same way."
	case v.WithAll:
		return "No difference of its own yet: all buttons went the same way."
	case v.Code == Early && !a.Open():
		return "It was too short to tell whether it helped."
	case v.Code == Early:
		return "It is too early to tell whether it helps."
	case v.Code == Less && a.Worked && a.Before != nil && a.After != nil:
		words := fmt.Sprintf("It comes up less: before in %s of 100 conversations, since then in %s", Decimal(*a.Before), Decimal(*a.After))
		if a.Usual != nil {
			words += fmt.Sprintf(", where %s are usual", Decimal(*a.Usual))
		}
		return words + "."
	case v.Code == Less: // by its share not clearly, or there is no other tag
		return "It comes up less since then, which may have other reasons."
	case v.Code == SmallerShare:
		return "It is a smaller part of what you press since then."
	case v.Code == More:
		return "It comes up more since then: not solved."
	case v.Code == LargerShare:
		return "It is a larger part of what you press since then: not solved."
	case !a.Open():
		return "No clear difference."
	}
	return "No clear difference so far."
}
