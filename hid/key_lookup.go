package hid

import (
	"strings"
	"sync"
)

// keysByName finds a key by its folded name, and by the short forms in keyAliases.
var keysByName = sync.OnceValue(func() map[string]Key {
	byName := make(map[string]Key, len(keyboardNames)+len(otherNames())+len(keyAliases()))
	for usage, name := range keyboardNames {
		if name != "" {
			byName[foldName(name)] = Key{PageKeyboard, uint16(usage)}
		}
	}
	for k, name := range otherNames() {
		byName[foldName(name)] = k
	}
	byName["any"], byName[foldName(AnyKey.Name())] = AnyKey, AnyKey
	for alias, name := range keyAliases() {
		byName[alias] = byName[foldName(name)]
	}
	return byName
})

// foldName makes names comparable: lower case, without spaces, tabs and underscores, and without a "-" or "/" between two letters or
// digits ("Play/Pause", "keypad-1"); elsewhere these two are the key itself ("Keypad -").
func foldName(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == ' ' || r == '\t' || r == '_' {
			return -1
		}
		return r
	}, strings.ToLower(s))
	folded := make([]byte, 0, len(s))
	for i := range len(s) {
		joins := s[i] == '-' || s[i] == '/'
		if joins && i > 0 && i+1 < len(s) && isAlphanumeric(s[i-1]) && isAlphanumeric(s[i+1]) {
			continue
		}
		folded = append(folded, s[i])
	}
	return string(folded)
}

func isAlphanumeric(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= '0' && b <= '9'
}

// nearestName is the key name that a mistyped one was probably meant to be; "" when none is near.
func nearestName(folded string) string {
	const shortest, longest = 2, 32 // bytes: a single sign is near to every other, and no name is longer
	if len(folded) < shortest || len(folded) > longest {
		return ""
	}
	best, bestCost := "", 2*max(1, len(folded)/3)+1
	for known, k := range keysByName() {
		cost := editCost(folded, known)
		if name := k.Name(); cost < bestCost || cost == bestCost && best != "" && name < best {
			best, bestCost = name, cost
		}
	}
	return best
}

// editCost is what it takes to turn a into b, by bytes: 1 for a swap of neighbours, the commonest slip ("F31" is F13 before it is
// F11), and 2 for an insertion, deletion or replacement.
func editCost(a, b string) int {
	before, above, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range above {
		above[j] = 2 * j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = 2 * i
		for j := 1; j <= len(b); j++ {
			replace := above[j-1]
			if a[i-1] != b[j-1] {
				replace += 2
			}
			row[j] = min(replace, above[j]+2, row[j-1]+2)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}
