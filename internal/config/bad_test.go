package config

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// badInput are files that are wrong, and all that is said of them. They are seeds
// of the fuzz test, too.
var badInput = []struct{ name, in, want string }{
	// Keys and tables.
	{"unknown key", "[desk]\nnme = 'x'", `f:2: [desk]: unknown key "nme" (did you mean "name"?)`},
	{"unknown key like none", "[desk]\n\ncolour = 'red'", `f:3: [desk]: unknown key "colour"`},
	{"unknown key of a tag", "[[tag]]\ncode = 'a'\nlable = 'A'", `f:3: tag "a": unknown key "lable" (did you mean "label"?)`},
	{"unknown key of a button", "[[button]]\ndevice = '1234:5678'\nkey = 'F13'\ntap = 'undo'\npress = 'undo'", `f:5: button "F13": unknown key "press"`},
	{"unknown table", "[buton]\nlevel = 'site'", `f:1: unknown table "buton" (did you mean "button"?)`},
	{"page", "[page]\nenabled = 1\nport = 80\nports = 1\n[[page]]\nport = \"28886\"", lines(
		`f:2: [page]: enabled: want true or false, not 1`,
		`f:3: [page]: port: 80 is not between 1024 and 65535`,
		`f:4: [page]: unknown key "ports" (did you mean "port"?)`,
		`f:5: want [page], as there is only one`,
		`f:6: [page]: port: want a whole number such as 28886, not "28886"`)},
	{"any port", "[page]\nport = 0", `f:2: [page]: port: 0 is not a port: the page's address is written into webkeys and must stay the same; enabled = false is how to have no page`},
	{"ports that are none", "[page]\nport = 65_536\n[page]\nport = 28886.5", lines(
		`f:2: [page]: port: 65_536 is not between 1024 and 65535`,
		`f:3: [page] is given twice, first in line 1`,
		`f:4: [page]: port: want a whole number such as 28886, not 28886.5`)},
	{"port that no computer counts to", "[page]\nport = 99999999999999999999", `f:2: [page]: port: 99999999999999999999 is not between 1024 and 65535`},
	{"privacy", "[privacy]\nlevel = 'sight'\nlevels = 'site'\n[[privacy]]\nlevel = 1", lines(
		`f:2: [privacy]: level: unknown level "sight": want "desk" or "site"`,
		`f:3: [privacy]: unknown key "levels" (did you mean "level"?)`,
		`f:4: want [privacy], as there is only one`,
		`f:5: [privacy]: level: want text in quotes, not 1`)},
	{"privacy of a rep", "[privacy]\nlevel = 'rep'\n", `f:2: [privacy]: level: unknown level "rep": want "desk" or "site"`},
	{"no level", "[privacy]\nlevel = ''\n", `f:2: [privacy]: level: unknown level "": want "desk" or "site"`},
	{"level outside its table", "privacy.level = 'site'\n", `f:1: unknown key "privacy.level" outside a table: it belongs below a line [privacy]`},
	{"report", "[report]\ncost_per_hour = -1\ncurrency = \"\"\nmin_change = 15\ncost = 40", lines(
		`f:2: [report]: cost_per_hour: -1 is not between 0 and 100000`,
		`f:3: [report]: currency: want a word or a sign such as "EUR"; leave it out for none`,
		`f:4: [report]: min_change: 15 is not between 0 and 10; 0.15 is 15 %`,
		`f:5: [report]: unknown key "cost" (did you mean "cost_per_hour"?)`)},
	{"change that is none", "[report]\nmin_change = 0", lines(
		`f:2: [report]: min_change: 0 is not between 0.01 and 10; 0.15 is 15 %`)},
	{"retention", "[retention]\nnotes_days = 0\nevents_days = \"90\"\nnote_days = 3", lines(
		`f:2: [retention]: notes_days: 0 is not between 1 and 36500; "forever" keeps all`,
		`f:3: [retention]: events_days: want a whole number of days or "forever", not "90"`,
		`f:4: [retention]: unknown key "note_days" (did you mean "notes_days"?)`)},
	{"unknown tables", "[[buttons]]\n[weather]\n[desk.more]", lines(
		`f:1: unknown table "buttons" (did you mean "button"?)`,
		`f:2: unknown table "weather"`,
		`f:3: unknown table "desk.more"`)},
	{"table without a name", "[\"\"]", `f:1: unknown table ""`},
	{"line feed in a table's name", "[\"a\\nb\"]", `f:1: unknown table "a\nb"`},
	{"key outside a table", "level = 'site'\ndesk = 'x'\nprss = 1", lines(
		`f:1: unknown key "level" outside a table`,
		`f:2: unknown key "desk" outside a table: it belongs below a line [desk]`,
		`f:3: unknown key "prss" outside a table (did you mean "press"?)`)},
	{"dotted key", "desk.name = 'x'\ntag.code = 'x'\n[press]\na.b = 1", lines(
		`f:1: unknown key "desk.name" outside a table: it belongs below a line [desk]`,
		`f:2: unknown key "tag.code" outside a table: it belongs below a line [[tag]]`,
		`f:4: [press]: unknown key "a.b"`)},
	{"inline table", "desk = { name = 'x' }", `f:1: unknown key "desk" outside a table: it belongs below a line [desk]`},
	{"inline tables", "tag = [{ code = 'x' }]", `f:1: unknown key "tag" outside a table: it belongs below a line [[tag]]`},
	{"single brackets", "[button]\ndevice = '1234:5678'\nkey = 'F13'\ntap = 'a'\n[tag]\ncode = 'a'", lines(
		`f:1: want [[button]], as there may be many`,
		`f:5: want [[tag]], as there may be many`)},
	{"double brackets", "[[desk]]\nname = 1", lines(
		`f:1: want [desk], as there is only one`,
		`f:2: [desk]: name: want text in quotes, not 1`)},
	{"key twice", "[desk]\nname = 'a'\nsite = 'b'\n'name' = 'c'", `f:4: [desk]: name is given twice, first in line 2`},
	{"table twice", "[desk]\nname = 'a'\n[press]\n[desk]\nname = 'b'\n[desk]", lines(
		`f:4: [desk] is given twice, first in line 1`,
		`f:6: [desk] is given twice, first in line 1`)},

	// Types.
	{"no text", "[desk]\nname = 2026-01-01\nsite = 1.5\nzone = true\nchannel = ['phone']", lines(
		`f:2: [desk]: name: want text in quotes, not 2026-01-01`,
		`f:3: [desk]: site: want text in quotes, not 1.5`,
		`f:4: [desk]: zone: want text in quotes, not true`,
		`f:5: [desk]: channel: want text in quotes, not a list`)},
	{"no truth of a tag", "[[tag]]\ncode = 'a'\npreventable = 1\nretired = { }", lines(
		`f:3: tag "a": preventable: want true or false, not 1`,
		`f:4: tag "a": retired: want true or false, not a table`)},
	{"no number", "[[tag]]\ncode = 'a'\nminutes = '5'", `f:3: tag "a": minutes: want a number, not "5"`},
	{"no time", "[press]\ndebounce = 30\nguard = 'soon'\nhold = 0\ndouble = []\nsame_conversation = '5'", lines(
		`f:2: [press]: debounce: want a time such as "30ms" or "2s", not 30`,
		`f:3: [press]: guard: want a time such as "30ms" or "2s", not "soon"`,
		`f:4: [press]: hold: want a time such as "30ms" or "2s", not 0`,
		`f:5: [press]: double: want a time such as "30ms" or "2s", not a list`,
		`f:6: [press]: same_conversation: want a time such as "30ms" or "2s", not "5"`)},
	{"a number without end", "[[tag]]\ncode = 'a'\nretired = " + strings.Repeat("1", 1000), `f:3: tag "a": retired: want true or false, not ` + strings.Repeat("1", 60) + "…"},

	// Values.
	{"times out of bounds", "[press]\ndebounce = '201ms'\nguard = '-1s'\nhold = '99ms'\ndouble = '0s'\nsame_conversation = '11m'", lines(
		`f:2: [press]: debounce: "201ms" is not between 1ms and 200ms, or 0 for off`,
		`f:3: [press]: guard: "-1s" is not between 1ms and 1m0s, or 0 for off`,
		`f:4: [press]: hold: "99ms" is not between 100ms and 5s`,
		`f:5: [press]: double: "0s" is not between 100ms and 2s`,
		`f:6: [press]: same_conversation: "11m" is not between 1ms and 10m0s, or 0 for off`)},
	{"minutes", "[[tag]]\ncode = 'a'\nminutes = nan\n[[tag]]\ncode = 'b'\nminutes = -1\n[[tag]]\ncode = 'c'\nminutes = 1440.5", lines(
		`f:3: tag "a": minutes: nan is not between 0 and 1440`,
		`f:6: tag "b": minutes: -1 is not between 0 and 1440`,
		`f:9: tag "c": minutes: 1440.5 is not between 0 and 1440`)},
	{"impossible zone", "[desk]\nzone = 'Europe/Berln'", `f:2: [desk]: zone: unknown zone "Europe/Berln" (did you mean "Europe/Berlin"?)`},
	{"zone like none", "[desk]\nzone = 'the moon, far side'", `f:2: [desk]: zone: unknown zone "the moon, far side": want a name such as "Europe/Berlin"; leave it out for this machine's own`},
	{"zone of the machine", "[desk]\nzone = 'Local'", `f:2: [desk]: zone: unknown zone "Local": want a name such as "Europe/Berlin"; leave it out for this machine's own`},
	{"no zone", "[desk]\nzone = ''", `f:2: [desk]: zone: unknown zone "": want a name such as "Europe/Berlin"; leave it out for this machine's own`},
	{"zone that is a path", "[desk]\nzone = '../../etc/passwd'", `f:2: [desk]: zone: unknown zone "../../etc/passwd": want a name such as "Europe/Berlin"; leave it out for this machine's own`},
	{"channel", "[desk]\nchannel = 'phnoe'", `f:2: [desk]: channel: unknown channel "phnoe" (did you mean "phone"?)`},
	{"words of a tag", "[[tag]]\ncode = 'a'\nstage = 'retrun'\ndomain = 'Service'\ndriver = 'payment'\nkind = 'rant'", lines(
		`f:3: tag "a": stage: unknown stage "retrun" (did you mean "return"?)`,
		`f:4: tag "a": domain: unknown domain "Service" (did you mean "service"?)`,
		`f:5: tag "a": driver: unknown driver "payment" (did you mean "easy-payment"?)`,
		`f:6: tag "a": kind: unknown kind "rant" (known: praise, problem, question, idea, other)`)},
	{"long names", "[desk]\nname = '" + strings.Repeat("ä", 81) + "'\nsite = 'a\tb'\n[[tag]]\ncode = 'a'\nlabel = '''a\nb'''", lines(
		`f:2: [desk]: name: text has 81 characters, at most 80 are allowed`,
		`f:3: [desk]: site: text contains the control character U+0009`,
		`f:6: tag "a": label: text contains the control character U+000A`)},

	// Tags.
	{"codes", "[[tag]]\ncode = 'Refund'\n[[tag]]\ncode = ''\n[[tag]]\ncode = '-a'\n[[tag]]\ncode = '" + strings.Repeat("a", 41) + "'", lines(
		`f:2: tag "Refund": code: tag "Refund": 'R' is not a lower-case letter (a to z), digit or hyphen`,
		`f:4: tag "": code: tag is empty`,
		`f:6: tag "-a": code: tag "-a" begins with a hyphen`,
		`f:8: tag "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": code: tag "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" is longer than 40 characters`)},
	{"reserved words", "[[tag]]\ncode = 'undo'\n[[tag]]\ncode = 'note'", lines(
		`f:2: tag "undo": code: "undo" is what a button may do, so no tag may be called so`,
		`f:4: tag "note": code: "note" is what a button may do, so no tag may be called so`)},
	{"no code", "[[tag]]\nlabel = 'x'\n[[tag]]", lines(
		`f:1: tag: it has no code, such as code = "refund-slow"`,
		`f:3: tag: it has no code, such as code = "refund-slow"`)},
	{"code mistyped", "[[tag]]\ncde = 'x'", `f:2: tag: unknown key "cde" (did you mean "code"?)`},
	{"code twice", "[[tag]]\ncode = 'a'\n[[tag]]\nlabel = 'x'\ncode = 'a'\nstage = 'x'", lines(
		`f:5: tag "a": the code is given twice, first in line 2`,
		`f:6: tag "a": stage: unknown stage "x" (known: discover, buy, pay, receive, set-up, use, get-help, return, renew)`)},
	{"merged into itself", "[[tag]]\ncode = 'a'\nmerged_into = 'a'", `f:3: tag "a": merged in a circle: a → a`},
	{"merged in a circle", "[[tag]]\ncode = 'a'\nmerged_into = 'b'\n[[tag]]\nmerged_into = 'c'\ncode = 'b'\n[[tag]]\ncode = 'c'\nmerged_into = 'a'", lines(
		`f:3: tag "a": merged in a circle: a → b → c → a`,
		`f:5: tag "b": merged in a circle: b → c → a → b`,
		`f:9: tag "c": merged in a circle: c → a → b → c`)},
	{"a chain that leads nowhere", "[[tag]]\ncode = 'refund'\nmerged_into = 'praise'\n[[tag]]\ncode = 'praise'\nmerged_into = 'refnd'", `f:6: tag "praise": merged into unknown tag "refnd" (did you mean "refund"?)`},
	{
		"merged into a tag that is wrong", "[[tag]]\ncode = 'a'\nmerged_into = 'refund-slow'\n[[tag]]\ncode = 'refund_slow'",
		`f:5: tag "refund_slow": code: tag "refund_slow": '_' is not a lower-case letter (a to z), digit or hyphen`,
	},
	{"merged into no code", "[[tag]]\ncode = 'a'\nmerged_into = 'A b'", `f:3: tag "a": merged_into: tag "A b": 'A' is not a lower-case letter (a to z), digit or hyphen`},

	// Buttons.
	{"unknown tags", buttonTags + "[[button]]\ndevice = '04d9:1203'\nkey = 'F13'\ntap = 'refnd'\ndouble = 'udno'\nhold = 'weather'", lines(
		`f:12: button "F13": unknown tag "refnd" (did you mean "refund-slow"?)`,
		`f:13: button "F13": unknown tag "udno" (did you mean "undo"?)`,
		`f:14: button "F13": unknown tag "weather"`)},
	{"retired tag", buttonTags + "[[button]]\ndevice = '04d9:1203'\nkey = 'F13'\nhold = 'old'", `f:12: button "F13": tag "old" is retired`},
	{"merged tag", buttonTags + "[[button]]\ndevice = '04d9:1203'\nkey = 'F13'\ntap = 'late'", `f:12: button "F13": tag "late" is merged into "refund-slow": use that`},
	{"two buttons on one key", buttonTags + "[[button]]\ndevice = '04d9:1203'\nkey = 'kp1'\ntap = 'refund-slow'\n[[button]]\ndevice = '04D9:1203'\nkey = 'Keypad 1'\nhold = 'refnd'", lines(
		`f:15: button "Keypad 1": Keypad 1 of 04d9:1203 is bound already, in line 11`,
		`f:16: button "Keypad 1": unknown tag "refnd" (did you mean "refund-slow"?)`)},
	{"a button that lacks all", "[[button]]", lines(
		`f:1: button: it names no device, such as device = "04d9:1203"`,
		`f:1: button: it names no key, such as key = "F13"`,
		`f:1: button: it does nothing: want tap, hold or double`)},
	{"a button's keys mistyped", "[[button]]\ndevise = '04d9:1203'\nkye = 'F13'\ntpa = 'undo'", lines(
		`f:2: button: unknown key "devise" (did you mean "device"?)`,
		`f:3: button: unknown key "kye" (did you mean "key"?)`,
		`f:4: button: unknown key "tpa" (did you mean "tap"?)`)},
	{"device and key of a button", "[[button]]\ndevice = '4d9:1203'\nkey = 'F31'\ntap = ''", lines(
		`f:2: button "F31": device: device "4d9:1203": vendor "4d9": want four hexadecimal digits`,
		`f:3: button "F31": key: unknown key "F31" (did you mean "F13"?)`,
		`f:4: button "F31": tap: want the code of a tag, or undo`)},
	{"more of a button", "[[button]]\ndevice = '04d9:1203@7'\nkey = 13\ntap = ['undo']", lines(
		`f:2: button "13": device: device "04d9:1203@7": port "7": want bus and ports such as 1-2.3`,
		`f:3: button "13": key: want text in quotes, not 13`,
		`f:4: button "13": tap: want text in quotes, not a list`)},
	{"two buttons whose keys are wrong", "[[button]]\ndevice = '04d9:1203'\nkey = ''\ntap = 'undo'\n[[button]]\ndevice = '04d9:1203'\nkey = ''\ntap = 'undo'", lines(
		`f:3: button "": key: unknown key "" (a name such as "F13" or "Keypad 1", or a form such as "keyboard:0x68" or "button:2")`,
		`f:7: button "": key: unknown key "" (a name such as "F13" or "Keypad 1", or a form such as "keyboard:0x68" or "button:2")`)},

	// What is wrong with a tag is not said again of its buttons.
	{
		"button of a tag with a bad code", "[[tag]]\ncode = 'Refund Slow'\n" + buttonOn("Refund Slow") + buttonOn2("refund-slow"),
		`f:2: tag "Refund Slow": code: tag "Refund Slow": 'R' is not a lower-case letter (a to z), digit or hyphen`,
	},
	{
		"button of a tag with a bad property", "[[tag]]\ncode = 'a'\nstage = 'x'\n" + buttonOn("a"),
		`f:3: tag "a": stage: unknown stage "x" (known: discover, buy, pay, receive, set-up, use, get-help, return, renew)`,
	},
	{"button of a tag whose code is mistyped", "[[tag]]\ncde = 'a'\n" + buttonOn("a"), `f:2: tag: unknown key "cde" (did you mean "code"?)`},
	{"button of a tag of a mistyped table", "[[tags]]\ncode = 'a'\n" + buttonOn("a"), `f:1: unknown table "tags" (did you mean "tag"?)`},
	{"button of a tag that is merged into nothing", "[[tag]]\ncode = 'a'\nmerged_into = 'weather'\n" + buttonOn("a"), `f:3: tag "a": merged into unknown tag "weather"`},
	{"button of a tag in a circle", "[[tag]]\ncode = 'a'\nmerged_into = 'a'\n" + buttonOn("a"), `f:3: tag "a": merged in a circle: a → a`},
	{"another button beside a bad tag", "[[tag]]\ncode = 'Refund'\n" + buttonOn("weather"), lines(
		`f:2: tag "Refund": code: tag "Refund": 'R' is not a lower-case letter (a to z), digit or hyphen`,
		`f:6: button "F13": unknown tag "weather"`)},
	{"a retired tag beside a bad one", "[[tag]]\ncode = 'a'\nretired = true\n[[tag]]\ncode = 'a'\n" + buttonOn("a"), lines(
		`f:5: tag "a": the code is given twice, first in line 2`,
		`f:9: button "F13": tag "a" is retired`)},

	// No TOML.
	{"no quotes", "[desk]\nname = refund", `f:2: unexpected character U+0072 'r' at start of value (column 8)`},
	{"open quotes", "[desk]\nname = \"x\nsite = \"y\"", `f:2: basic strings cannot have new lines (column 10)`},
	{"quotes open to the end", "[desk]\n\nname = 'x", `f:3: unterminated literal string (column 9)`},
	{"open bracket", "\n[desk\nname = 1", `f:2: expected ']' to close table name (column 6)`},
	{"no value", "[desk]\nname =", `f:2: expected value, not end of input (column 6)`},
	{"no equals sign", "name", `f:1: expected '=' after key (column 4)`},
	{"two values", "[desk]\nname = 'a' 'b'", `f:2: expected newline but got U+0027 ''' (column 12)`},
	{"bad escape", "[desk]\nname = \"C:\\dir\"", `f:2: invalid escape character U+0064 'd' (column 11)`},
	{"a carriage return alone", "[desk]\r\nname = 'a'\rsite = 'b'", `f:2: expected newline but got U+000D (column 11)`},
	{"not UTF-8", "[desk]\nname = 'a\xff'", `f:2: invalid UTF-8 character in literal string (column 10)`},
	{"not UTF-8 in a comment", "# \xe4\n", `f:1: invalid UTF-8 character in comment (column 3)`},
	{"UTF-16", "\xff\xfe[\x00d\x00", `f:1: invalid character at start of key: U+00FF 'ÿ' (column 1)`},
	{"NUL", "[desk]\nname = 'a\x00b'", `f:2: literal strings cannot have control characters (column 10)`},
	{"NULs", strings.Repeat("\x00", 100), `f:1: invalid character at start of key: U+0000 (column 1)`},
	{"leading zero", "[desk]\nsite = 08080", `f:2: integers cannot have leading zeroes (column 8)`},
	{"underscores", "[[tag]]\ncode = 'a'\nminutes = 1__0", `f:3: number must have at least one digit between underscores (column 12)`},
	{"impossible date", "[press]\nguard = 1979-13-45", `f:2: [press]: guard: want a time such as "30ms" or "2s", not 1979-13-45`},
	{"before the end of TOML", "[desk]\nnme = 'x'\n[[tag]]\ncode = 'Q'\n[[button]]\nkey = \n[[tag]]\ncode = 'R'", lines(
		`f:2: [desk]: unknown key "nme" (did you mean "name"?)`,
		`f:4: tag "Q": code: tag "Q": 'Q' is not a lower-case letter (a to z), digit or hyphen`,
		`f:6: unexpected character U+000A at start of value (column 7)`)},
	{"brackets without end", "a = " + strings.Repeat("[", 100_000), `f:1: arrays and inline tables are nested more than the maximum of 10000 levels deep (column 10005)`},

	// The file as editors write it.
	{"Windows", "\xef\xbb\xbf[desk]\r\nname = 'x'\r\n\r\nsit = 'y'\r\n", `f:4: [desk]: unknown key "sit" (did you mean "site"?)`},
	{"byte order mark alone", "\xef\xbb\xbfx = 1", `f:1: unknown key "x" outside a table`},
	{"tabs and comments", "\t[desk] # here\n\t# name = 1\n\tnme\t=\t'x'\t# there", `f:3: [desk]: unknown key "nme" (did you mean "name"?)`},
	{"value on several lines", "[desk]\nname = \"\"\"\nx\"\"\"\nsite = \"\"\"\\\n  x\\\n  \"\"\"\nnme = 1", `f:7: [desk]: unknown key "nme" (did you mean "name"?)`},
	{"letters of others", "[desk]\nname = '東京'\n'größe' = 1", `f:3: [desk]: unknown key "größe"`},
	{"all over the file, in the order of its lines", "[[button]]\ndevice = '04d9:1203'\nkey = 'F13'\ntap = 'a'\n[desk]\nzone = 'x'\n[[tag]]\ncode = 'b'\nmerged_into = 'c'\n[[button]]\ndevice = '04d9:1203'\nkey = 'F13'\ntap = 'b'\n[pres]\n", lines(
		`f:4: button "F13": unknown tag "a" (did you mean "b"?)`,
		`f:6: [desk]: zone: unknown zone "x": want a name such as "Europe/Berlin"; leave it out for this machine's own`,
		`f:9: tag "b": merged into unknown tag "c" (did you mean "b"?)`,
		`f:12: button "F13": F13 of 04d9:1203 is bound already, in line 3`,
		`f:14: unknown table "pres" (did you mean "press"?)`)},
}

// buttonTags are eight lines of tags, for buttons that are wrong.
const buttonTags = `[[tag]]
code = "refund-slow"
[[tag]]
code = "old"
retired = true
[[tag]]
code = "late"
merged_into = "refund-slow"
`

func buttonOn(tag string) string {
	return "[[button]]\ndevice = '04d9:1203'\nkey = 'F13'\ntap = '" + tag + "'\n"
}

func buttonOn2(tag string) string { return strings.Replace(buttonOn(tag), "F13", "F14", 1) }

func lines(list ...string) string { return strings.Join(list, "\n") }

func TestParseBad(t *testing.T) {
	for _, tt := range badInput {
		t.Run(tt.name, func(t *testing.T) {
			for range 3 { // the order of problems is no accident
				c, err := Parse("f", []byte(tt.in))
				if c != nil || err == nil {
					t.Fatalf("Parse(%q) = %v, %v; want problems", tt.in, c, err)
				}
				if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
					t.Fatalf("Parse(%.300q) (-want +got):\n%s", tt.in, diff)
				}
			}
		})
	}
}

// The form is the documents' own.
func TestParseBadForm(t *testing.T) {
	in := "\n\n" + buttonTags + buttonOn("refnd")
	_, err := Parse("magicbutton.toml", []byte(in))
	const want = `magicbutton.toml:14: button "F13": unknown tag "refnd" (did you mean "refund-slow"?)`
	if err == nil || err.Error() != want {
		t.Errorf("Parse: %v\nwant    %s", err, want)
	}
	var problems *Error
	if !errors.As(err, &problems) || len(problems.Problems) != 1 || problems.Problems[0].Line != 14 || problems.Path != "magicbutton.toml" {
		t.Errorf("Parse: %#v, want one problem, in line 14", err)
	}
}

// However wrong a file is, each of its errors is a line that can be read.
func TestParseBadSize(t *testing.T) {
	long := strings.Repeat("x", maxBytes/2)
	for _, in := range []string{
		"[desk]\n" + long + " = 1", "[" + long + "]", "[desk]\nname = '" + long + "'", "[desk]\nzone = '" + long + "'",
		"[desk]\nchannel = '" + long + "'", "[press]\nguard = '" + long + "'",
		"[[tag]]\ncode = '" + long + "'", "[[tag]]\ncode = 'a'\nmerged_into = '" + long + "'", "[[tag]]\ncode = 'a'\nstage = '" + long + "'",
		"[[button]]\nkey = '" + long + "'", "[[button]]\ndevice = '" + long + "'", "[[button]]\ntap = '" + long + "'",
		long + " = 1", strings.Repeat(long, 2) + "xx",
	} {
		_, err := Parse("f", []byte(in))
		if err == nil {
			t.Fatalf("Parse(%.40q…) takes it", in)
		}
		for line := range strings.SplitSeq(err.Error(), "\n") {
			if len(line) > 300 {
				t.Errorf("Parse(%.40q…): a line of %d bytes: %.300s", in, len(line), line)
			}
		}
	}
	_, err := Parse("f", make([]byte, maxBytes+1))
	if want := "f:1: the file is larger than 1 MiB"; err == nil || err.Error() != want {
		t.Errorf("Parse of more than 1 MiB: %v, want %s", err, want)
	}
	if c, err := Parse("f", []byte(strings.Repeat("#", maxBytes-1)+"\n")); err != nil {
		t.Errorf("Parse of 1 MiB of comment = %v, %v", c, err)
	}
}
