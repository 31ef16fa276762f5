package cx

import (
	"fmt"
	"slices"
	"strings"
)

// Stage says where in the customer's journey the cause of a conversation lies;
// not the touchpoint where the conversation was held. "" means not said.
type Stage string

// Channel says how a conversation was held. "" means not said.
type Channel string

// Domain says whose work a tag speaks of: the help given (service), everything
// that led to needing it (experience), or getting value from what was bought
// (success). "" means not said.
type Domain string

// Driver is the experience driver that a tag speaks to. "" means none.
type Driver string

// Kind says what sort of thing a customer said. "" means not said.
type Kind string

// Source says by which way an event came in.
type Source string

// Clock says whether the desk's clock could be trusted when an event was made.
type Clock string

// The stages, in the journey's order.
const (
	StageDiscover Stage = "discover"
	StageBuy      Stage = "buy"
	StagePay      Stage = "pay"
	StageReceive  Stage = "receive"
	StageSetUp    Stage = "set-up"
	StageUse      Stage = "use"
	StageGetHelp  Stage = "get-help"
	StageReturn   Stage = "return"
	StageRenew    Stage = "renew"
)

// The channels.
const (
	ChannelPhone    Channel = "phone"
	ChannelInPerson Channel = "in-person"
	ChannelEmail    Channel = "email"
	ChannelChat     Channel = "chat"
	ChannelSMS      Channel = "sms"
	ChannelSocial   Channel = "social"
)

// The domains.
const (
	DomainService    Domain = "service"
	DomainExperience Domain = "experience"
	DomainSuccess    Domain = "success"
)

// The drivers. The five are those that customers name as making an experience
// (PwC, "Experience is everything", 2018: efficiency, convenience, friendly and
// knowledgeable service, easy payment).
const (
	DriverEfficiency    Driver = "efficiency"
	DriverConvenience   Driver = "convenience"
	DriverFriendly      Driver = "friendly-service"
	DriverKnowledgeable Driver = "knowledgeable-service"
	DriverEasyPayment   Driver = "easy-payment"
)

// The kinds.
const (
	KindPraise   Kind = "praise"
	KindProblem  Kind = "problem"
	KindQuestion Kind = "question"
	KindIdea     Kind = "idea"
	KindOther    Kind = "other"
)

// The sources. An event of a live source was made at its own instant; see
// [Source.Live].
const (
	SourceDevice   Source = "device"
	SourceTerminal Source = "terminal"
	SourcePage     Source = "page"
	SourceCLI      Source = "cli"
	SourceAPI      Source = "api"
	SourceImport   Source = "import"
)

// The states of the clock.
const (
	ClockOK      Clock = ""
	ClockSuspect Clock = "suspect"
)

// Each list is in the order in which the words are shown.
var (
	stages   = []Stage{StageDiscover, StageBuy, StagePay, StageReceive, StageSetUp, StageUse, StageGetHelp, StageReturn, StageRenew}
	channels = []Channel{ChannelPhone, ChannelInPerson, ChannelEmail, ChannelChat, ChannelSMS, ChannelSocial}
	domains  = []Domain{DomainService, DomainExperience, DomainSuccess}
	drivers  = []Driver{DriverEfficiency, DriverConvenience, DriverFriendly, DriverKnowledgeable, DriverEasyPayment}
	kinds    = []Kind{KindPraise, KindProblem, KindQuestion, KindIdea, KindOther}
	sources  = []Source{SourceDevice, SourceTerminal, SourcePage, SourceCLI, SourceAPI, SourceImport}
	clocks   = []Clock{ClockSuspect}
)

// Stages returns the stages in the journey's order.
func Stages() []Stage { return slices.Clone(stages) }

// Channels returns the channels.
func Channels() []Channel { return slices.Clone(channels) }

// Domains returns the domains.
func Domains() []Domain { return slices.Clone(domains) }

// Drivers returns the drivers.
func Drivers() []Driver { return slices.Clone(drivers) }

// Kinds returns the kinds.
func Kinds() []Kind { return slices.Clone(kinds) }

// ParseStage reads a stage; "" is "".
func ParseStage(s string) (Stage, error) { return parseWord("stage", s, stages) }

// ParseChannel reads a channel; "" is "".
func ParseChannel(s string) (Channel, error) { return parseWord("channel", s, channels) }

// ParseDomain reads a domain; "" is "".
func ParseDomain(s string) (Domain, error) { return parseWord("domain", s, domains) }

// ParseDriver reads a driver; "" is "".
func ParseDriver(s string) (Driver, error) { return parseWord("driver", s, drivers) }

// ParseKind reads a kind; "" is "".
func ParseKind(s string) (Kind, error) { return parseWord("kind", s, kinds) }

// ParseSource reads a source; "" is "".
func ParseSource(s string) (Source, error) { return parseWord("source", s, sources) }

// ParseClock reads a state of the clock; "" is [ClockOK].
func ParseClock(s string) (Clock, error) { return parseWord("clock", s, clocks) }

// Live reports whether an event of this source was made by somebody at that
// moment on this desk, so that an undo may take it back.
func (s Source) Live() bool {
	switch s {
	case SourceDevice, SourceTerminal, SourcePage, SourceCLI:
		return true
	}
	return false
}

// parseWord finds s among words. The error lists them and guesses what was meant.
func parseWord[T ~string](what, s string, words []T) (T, error) {
	if s == "" || slices.Contains(words, T(s)) {
		return T(s), nil
	}
	names := make([]string, len(words))
	for i, w := range words {
		names[i] = string(w)
	}
	if near := Nearest(s, names); near != "" {
		return "", fmt.Errorf("unknown %s %q (did you mean %q?)", what, clip(s), near)
	}
	return "", fmt.Errorf("unknown %s %q (known: %s)", what, clip(s), strings.Join(names, ", "))
}

// Nearest returns the candidate that s was most likely meant to be, or "" when
// none is near: at most a third of the letters of s, and at least one, may
// differ. Where no candidate is near as a whole, one of its [parts] may be, with
// no more than a third of the letters different. Of equals the first wins.
func Nearest(s string, candidates []string) string {
	if s == "" || len(s) > 4*MaxTagRunes { // nothing is near, and the comparison is quadratic
		return ""
	}
	s = strings.ToLower(s)
	best, limit := "", max(1, len(s)/3)+1
	for _, c := range candidates {
		if d := editDistance(s, strings.ToLower(c)); d < limit {
			best, limit = c, d
		}
	}
	if best != "" {
		return best
	}
	limit = len(s)/3 + 1
	for _, c := range candidates {
		for _, part := range parts(strings.ToLower(c)) {
			if d := editDistance(s, part); d < limit {
				best, limit = c, d
			}
		}
	}
	return best
}

// parts returns the words of a name, and its beginnings that end with a whole
// word: of refund-slow-eu refund, slow, eu and refund-slow.
func parts(name string) []string {
	joins := func(r rune) bool { return r == '-' || r == '_' }
	out := strings.FieldsFunc(name, joins)
	for i, r := range name {
		if joins(r) {
			out = append(out, name[:i])
		}
	}
	return out
}

// editDistance counts the letters to insert, delete, replace or swap with their
// neighbour to turn a into b (optimal string alignment).
func editDistance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// clip shortens what is quoted in an error: bad input may be megabytes long.
func clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
