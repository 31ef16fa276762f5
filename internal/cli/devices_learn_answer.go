package cli

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"magicbutton/internal/config"
	"magicbutton/internal/cx"
)

// answer is what somebody says that a key is to do.
type answer struct {
	what              answerKind
	tap, hold, double config.Action // of answerBind
	by                naming        // of answerNaming
}

// answerKind is what is to be done.
type answerKind uint8

// The kinds of answers.
const (
	answerNone   answerKind = iota // nothing was said
	answerBind                     // bind the key
	answerSkip                     // leave this key alone
	answerQuit                     // learn no more
	answerHelp                     // list the tags again
	answerNaming                   // name the device in another way
)

// parseAnswer reads an answer:
//
//	3                     tap, the third tag of the list; a code or the beginning of one will do
//	3 hold 5 double u     the gestures of one key
//	u, s, q, ?            undo, skip, quit, help
//	by model              how to name the device
func parseAnswer(line string, tags []cx.Tag) (answer, error) {
	words := strings.Fields(strings.ToLower(line))
	if len(words) == 0 {
		return answer{}, nil
	}
	switch words[0] {
	case "s", "skip":
		return alone(answerSkip, words)
	case "q", "quit":
		return alone(answerQuit, words)
	case "?", "l", "list", "help":
		return alone(answerHelp, words)
	case "by":
		if len(words) != 2 {
			return answer{}, errors.New("by what? by model, by serial or by port")
		}
		by, err := parseNaming(words[1])
		return answer{what: answerNaming, by: by}, err
	}
	return parseGestures(words, tags)
}

func alone(what answerKind, words []string) (answer, error) {
	if len(words) > 1 {
		return answer{}, fmt.Errorf("%q stands alone", words[0])
	}
	return answer{what: what}, nil
}

// parseGestures reads "3 hold 5": the action of a tap may stand without its name.
func parseGestures(words []string, tags []cx.Tag) (answer, error) {
	a := answer{what: answerBind}
	gestures := map[string]*config.Action{"tap": &a.tap, "hold": &a.hold, "double": &a.double}
	if gestures[words[0]] == nil {
		words = append([]string{"tap"}, words...)
	}
	for len(words) > 0 {
		gesture := words[0]
		to := gestures[gesture]
		switch {
		case to == nil:
			return answer{}, fmt.Errorf("%q does not follow a tag: one key does one thing, or \"2 hold 5\"", gesture)
		case to.Bound():
			return answer{}, fmt.Errorf("%s is given twice", gesture)
		case len(words) < 2:
			return answer{}, fmt.Errorf("%s what? A number or a tag follows it", gesture)
		}
		var err error
		if *to, err = parseAction(words[1], tags); err != nil {
			return answer{}, err
		}
		words = words[2:]
	}
	return a, nil
}

// parseAction reads a number of the list, undo, or the code of a tag or what only
// its code begins with.
func parseAction(word string, tags []cx.Tag) (config.Action, error) {
	if n, err := strconv.Atoi(word); err == nil {
		if n >= 1 && n <= len(tags) {
			return config.Action{Tag: tags[n-1].Code}, nil
		}
		return config.Action{}, fmt.Errorf("no number %s: the list goes from 1 to %d", word, len(tags))
	}
	if word == "u" || word == "undo" {
		return config.Action{Undo: true}, nil
	}
	codes := make([]string, len(tags))
	for i, t := range tags {
		codes[i] = t.Code
	}
	if slices.Contains(codes, word) {
		return config.Action{Tag: word}, nil
	}
	var begin []string
	for _, code := range codes {
		if strings.HasPrefix(code, word) {
			begin = append(begin, code)
		}
	}
	switch len(begin) {
	case 1:
		return config.Action{Tag: begin[0]}, nil
	case 0:
		return config.Action{}, fmt.Errorf("no tag %q%s", cut(word, cx.MaxTagRunes), didYouMean(word, codes))
	}
	return config.Action{}, fmt.Errorf("%q begins %s", word, strings.Join(begin, " and "))
}

// didYouMean names the nearest code, as the end of an error.
func didYouMean(word string, codes []string) string {
	if near := cx.Nearest(word, codes); near != "" {
		return fmt.Sprintf(" (did you mean %q?)", near)
	}
	return ": ? lists them, and new ones are made in the configuration"
}
