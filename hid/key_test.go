package hid

import (
	"strings"
	"testing"
)

func TestKeyStringAndName(t *testing.T) {
	for _, test := range []struct {
		key        Key
		form, name string
	}{
		{Key{PageKeyboard, 0x04}, "keyboard:0x04", "A"},
		{Key{PageKeyboard, 0x1e}, "keyboard:0x1e", "1"},
		{Key{PageKeyboard, 0x28}, "keyboard:0x28", "Enter"},
		{Key{PageKeyboard, 0x56}, "keyboard:0x56", "Keypad -"},
		{Key{PageKeyboard, 0x59}, "keyboard:0x59", "Keypad 1"},
		{Key{PageKeyboard, 0x62}, "keyboard:0x62", "Keypad 0"},
		{Key{PageKeyboard, 0x68}, "keyboard:0x68", "F13"},
		{Key{PageKeyboard, 0x73}, "keyboard:0x73", "F24"},
		{Key{PageKeyboard, 0xe0}, "keyboard:0xe0", "Left Ctrl"},
		{Key{PageKeyboard, 0xe7}, "keyboard:0xe7", "Right GUI"},
		{Key{PageKeyboard, 0xa5}, "keyboard:0xa5", "keyboard:0xa5"},
		{Key{PageKeyboard, 0x1234}, "keyboard:0x1234", "keyboard:0x1234"},
		{Key{PageConsumer, 0xcd}, "consumer:0xcd", "Play/Pause"},
		{Key{PageConsumer, 0x223}, "consumer:0x223", "Browser Home"},
		{Key{PageConsumer, 0x02}, "consumer:0x02", "consumer:0x02"},
		{ButtonKey(2), "button:2", "Button 2"},
		{ButtonKey(65535), "button:65535", "Button 65535"},
		{ButtonKey(0), "button:0", "Button 0"},
		{Key{PageGenericDesktop, 0x81}, "system:0x81", "System Power"},
		{Key{PageTelephony, 0x2f}, "telephony:0x2f", "Phone Mute"},
		{Key{0xff00, 0x01}, "0xff00:0x01", "0xff00:0x01"},
		{Key{0x0d, 0x42}, "0x0d:0x42", "0x0d:0x42"},
	} {
		if got := test.key.String(); got != test.form {
			t.Errorf("String() = %q, want %q", got, test.form)
		}
		if got := test.key.Name(); got != test.name {
			t.Errorf("%v.Name() = %q, want %q", test.key, got, test.name)
		}
	}
	for _, n := range []int{-1, 65536} {
		if got := ButtonKey(n); got != (Key{}) {
			t.Errorf("ButtonKey(%d) = %v, want the zero key", n, got)
		}
	}
}

// TestParseKeyReadsWhatIsPrinted: every key's two forms lead back to it, so no two keys share a name.
func TestParseKeyReadsWhatIsPrinted(t *testing.T) {
	for _, page := range []uint16{PageKeyboard, PageButton, PageConsumer, PageGenericDesktop, PageTelephony, 0x0d, 0xff00} {
		for usage := uint16(1); usage <= 0x300; usage++ {
			k := Key{page, usage}
			if page == PageKeyboard && usage <= usageErrorUndefined {
				continue
			}
			for _, form := range []string{k.String(), k.Name(), strings.ToUpper(k.Name()), strings.ToLower(k.String())} {
				if got, err := ParseKey(form); err != nil || got != k {
					t.Errorf("ParseKey(%q) = %v, %v, want %v", form, got, err, k)
				}
			}
		}
	}
}

func TestParseKey(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"f13", "F13"},
		{" F13 ", "F13"},
		{"a", "A"},
		{"5", "5"},
		{"enter", "Enter"},
		{"Return", "Enter"},
		{"esc", "Escape"},
		{"kp1", "Keypad 1"},
		{"KP_1", "Keypad 1"},
		{"keypad1", "Keypad 1"},
		{"keypad-1", "Keypad 1"},
		{"numpad 1", "Keypad 1"},
		{"Num 1", "Keypad 1"},
		{"np1", "Keypad 1"},
		{"kp_enter", "Keypad Enter"},
		{"keypad enter", "Keypad Enter"},
		{"KP_Add", "Keypad +"},
		{"kp+", "Keypad +"},
		{"kp-", "Keypad -"},
		{"keypad /", "Keypad /"},
		{"kp_dot", "Keypad ."},
		{"numlock", "Num Lock"},
		{"num_lock", "Num Lock"},
		{"pgup", "Page Up"},
		{"page-down", "Page Down"},
		{"-", "-"},
		{"/", "/"},
		{"minus", "-"},
		{"play/pause", "Play/Pause"},
		{"PlayPause", "Play/Pause"},
		{"mute", "Mute"},
		{"volume up", "Volume Up"},
		{"ctrl", "Left Ctrl"},
		{"rshift", "Right Shift"},
		{"win", "Left GUI"},
		{"altgr", "Right Alt"},
		{"d-pad up", "D-pad Up"},
		{"button 3", "Button 3"},
		{"btn3", "Button 3"},
		{"button 0", "Button 0"},
		{"button:0", "Button 0"},
		{"Button:3", "Button 3"},
		{"button:0x03", "Button 3"},
		{"0x09:3", "Button 3"},
		{"KEYBOARD:0X68", "F13"},
		{"keyboard:104", "F13"},
		{"7:0x68", "F13"},
		{"keypad :", "Keypad :"},
		{"phone mute", "Phone Mute"},
		{"phone #", "Phone #"},
	} {
		if k, err := ParseKey(test.in); err != nil || k.Name() != test.want {
			t.Errorf("ParseKey(%q) = %s, %v, want %s", test.in, k.Name(), err, test.want)
		}
	}
	for alias, name := range keyAliases() {
		if k, err := ParseKey(alias); err != nil || k.Name() != name {
			t.Errorf("ParseKey(%q) = %s, %v, want %s", alias, k.Name(), err, name)
		}
	}
}

func TestParseKeyErrors(t *testing.T) {
	const forms = ` (a name such as "F13" or "Keypad 1", or a form such as "keyboard:0x68" or "button:2")`
	for _, test := range []struct{ name, in, want string }{
		{"swapped", "F31", `unknown key "F31" (did you mean "F13"?)`},
		{"misspelt", "Keypad Entre", `unknown key "Keypad Entre" (did you mean "Keypad Enter"?)`},
		{"missing_letter", "Backspce", `unknown key "Backspce" (did you mean "Backspace"?)`},
		{"no_such_function_key", "F25", `unknown key "F25" (did you mean "F15"?)`},
		{"nothing_near", "elephantine", `unknown key "elephantine"` + forms},
		{"empty", "", `unknown key ""` + forms},
		{"long", strings.Repeat("x", 300), `unknown key "` + strings.Repeat("x", 40) + `…"` + forms},
		{"not_utf8", "\xff\xfe", `unknown key "\xff\xfe"` + forms},
		{
			"unknown_page", "keybord:0x04",
			`key "keybord:0x04": unknown page "keybord" (keyboard, consumer, button, system, telephony, raw, or a number such as 0xff00)`,
		},
		{"usage_0", "keyboard:0x00", `key "keyboard:0x00": number 0 is no key`},
		{"usage_too_large", "keyboard:0x10000", `key "keyboard:0x10000": number "0x10000": want 1 to 65535, or hexadecimal after 0x`},
		{"button_too_large", "button:70000", `key "button:70000": number "70000": want 0 to 65535, or hexadecimal after 0x`},
		{"button_below_0", "button:-1", `key "button:-1": number "-1": want 0 to 65535, or hexadecimal after 0x`},
		{"usage_no_number", "button:one", `key "button:one": number "one": want 0 to 65535, or hexadecimal after 0x`},
		{"error_code", "keyboard:0x1", `key "keyboard:0x1": numbers 1 to 3 are a keyboard's error codes, and no keys`},
		{"last_error_code", "0x07:3", `key "0x07:3": numbers 1 to 3 are a keyboard's error codes, and no keys`},
	} {
		t.Run(test.name, func(t *testing.T) {
			k, err := ParseKey(test.in)
			if err == nil || err.Error() != test.want {
				t.Errorf("error = %v\nwant    %s", err, test.want)
			}
			if k != (Key{}) {
				t.Errorf("key = %v, want none", k)
			}
		})
	}
}

// FuzzParseKey: what is read can be written and read again, and an error stays short.
func FuzzParseKey(f *testing.F) {
	for _, seed := range []string{"F13", "kp_enter", "keyboard:0x1e", "button:2", "Play/Pause", "0xff00:0x01", "-", "any", "raw:3.2=0", "raw:1023.7", "button:0"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		k, err := ParseKey(s)
		if err != nil {
			if len(err.Error()) > 400 {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
			return
		}
		if again, err := ParseKey(k.String()); err != nil || again != k {
			t.Errorf("ParseKey(%q) = %v, but ParseKey(%q) = %v, %v", s, k, k.String(), again, err)
		}
	})
}
