package cx

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// actionIDMark stands in an action's id between the number and the origin.
const actionIDMark = "-"

// ActionID names the n-th action of an origin, n from 1: 3-9ZDK4QX2. The number
// is first, so that it alone, or it and the beginning of the origin, mostly is
// enough to type.
func ActionID(origin Origin, n uint64) string {
	return strconv.FormatUint(n, 10) + actionIDMark + origin.String()
}

// ParseActionID reads what [ActionID] wrote; capitals do not matter.
func ParseActionID(s string) (origin Origin, n uint64, err error) {
	number, rest, ok := strings.Cut(s, actionIDMark)
	n, errNumber := strconv.ParseUint(number, 10, 40)
	if !ok || errNumber != nil || n == 0 || strconv.FormatUint(n, 10) != number {
		return Origin{}, 0, fmt.Errorf("action id %q: want an id such as 3-9ZDK4QX2", clip(s))
	}
	if err := decodeBase32(origin[:], rest); err != nil {
		return Origin{}, 0, fmt.Errorf("action id %q: %w", clip(s), err)
	}
	if origin == (Origin{}) {
		return Origin{}, 0, fmt.Errorf("action id %q: it has no origin", s)
	}
	return origin, n, nil
}

// compareActionIDs orders ids by number, then by origin, as text is not.
func compareActionIDs(a, b string) int {
	number := func(id string) string {
		n, _, _ := strings.Cut(id, actionIDMark)
		return n
	}
	return cmp.Or(cmp.Compare(len(number(a)), len(number(b))), cmp.Compare(a, b))
}

// FindAction returns the actions that a typed id may mean: the one with that id;
// else those with that number; else those whose id begins so. Capitals do not
// matter, and I, L and O are read as 1, 1 and 0, as Crockford's base 32 has it.
func FindAction(actions []Action, typed string) []Action {
	typed = strings.NewReplacer("I", "1", "L", "1", "O", "0").Replace(strings.ToUpper(typed))
	if typed == "" {
		return nil
	}
	for _, fits := range []func(id string) bool{
		func(id string) bool { return id == typed },
		func(id string) bool { return strings.HasPrefix(id, typed+actionIDMark) },
		func(id string) bool { return strings.HasPrefix(id, typed) },
	} {
		found := slices.DeleteFunc(slices.Clone(actions), func(a Action) bool { return !fits(a.ID) })
		if len(found) > 0 {
			return found
		}
	}
	return nil
}
