package hid

import "sync"

// keyboardNames are the caps of the keyboard page on a US keyboard: HID Usage Tables 1.5, section 10. "" is a usage that has
// no cap: reserved, an error code, or on no keyboard of the last decades.
var keyboardNames = [0xe8]string{
	0x04: "A", 0x05: "B", 0x06: "C", 0x07: "D", 0x08: "E", 0x09: "F", 0x0a: "G", 0x0b: "H", 0x0c: "I",
	0x0d: "J", 0x0e: "K", 0x0f: "L", 0x10: "M", 0x11: "N", 0x12: "O", 0x13: "P", 0x14: "Q", 0x15: "R",
	0x16: "S", 0x17: "T", 0x18: "U", 0x19: "V", 0x1a: "W", 0x1b: "X", 0x1c: "Y", 0x1d: "Z",
	0x1e: "1", 0x1f: "2", 0x20: "3", 0x21: "4", 0x22: "5", 0x23: "6", 0x24: "7", 0x25: "8", 0x26: "9", 0x27: "0",
	0x28: "Enter", 0x29: "Escape", 0x2a: "Backspace", 0x2b: "Tab", 0x2c: "Space",
	0x2d: "-", 0x2e: "=", 0x2f: "[", 0x30: "]", 0x31: `\`, 0x32: "Non-US #", 0x33: ";", 0x34: "'", 0x35: "`",
	0x36: ",", 0x37: ".", 0x38: "/", 0x39: "Caps Lock",
	0x3a: "F1", 0x3b: "F2", 0x3c: "F3", 0x3d: "F4", 0x3e: "F5", 0x3f: "F6",
	0x40: "F7", 0x41: "F8", 0x42: "F9", 0x43: "F10", 0x44: "F11", 0x45: "F12",
	0x46: "Print Screen", 0x47: "Scroll Lock", 0x48: "Pause",
	0x49: "Insert", 0x4a: "Home", 0x4b: "Page Up", 0x4c: "Delete", 0x4d: "End", 0x4e: "Page Down",
	0x4f: "Right", 0x50: "Left", 0x51: "Down", 0x52: "Up", 0x53: "Num Lock",
	0x54: "Keypad /", 0x55: "Keypad *", 0x56: "Keypad -", 0x57: "Keypad +", 0x58: "Keypad Enter",
	0x59: "Keypad 1", 0x5a: "Keypad 2", 0x5b: "Keypad 3", 0x5c: "Keypad 4", 0x5d: "Keypad 5",
	0x5e: "Keypad 6", 0x5f: "Keypad 7", 0x60: "Keypad 8", 0x61: "Keypad 9", 0x62: "Keypad 0", 0x63: "Keypad .",
	0x64: `Non-US \`, 0x65: "Menu", 0x66: "Power", 0x67: "Keypad =",
	0x68: "F13", 0x69: "F14", 0x6a: "F15", 0x6b: "F16", 0x6c: "F17", 0x6d: "F18",
	0x6e: "F19", 0x6f: "F20", 0x70: "F21", 0x71: "F22", 0x72: "F23", 0x73: "F24",
	0x74: "Execute", 0x75: "Help", 0x76: "Keyboard Menu", 0x77: "Select", 0x78: "Stop", 0x79: "Again",
	0x7a: "Undo", 0x7b: "Cut", 0x7c: "Copy", 0x7d: "Paste", 0x7e: "Find",
	0x7f: "Keyboard Mute", 0x80: "Keyboard Volume Up", 0x81: "Keyboard Volume Down",
	0x82: "Locking Caps Lock", 0x83: "Locking Num Lock", 0x84: "Locking Scroll Lock",
	0x85: "Keypad ,", 0x86: "Keypad Equals",
	0x87: "International 1", 0x88: "International 2", 0x89: "International 3", 0x8a: "International 4",
	0x8b: "International 5", 0x8c: "International 6", 0x8d: "International 7", 0x8e: "International 8",
	0x8f: "International 9",
	0x90: "Language 1", 0x91: "Language 2", 0x92: "Language 3", 0x93: "Language 4", 0x94: "Language 5",
	0x95: "Language 6", 0x96: "Language 7", 0x97: "Language 8", 0x98: "Language 9",
	0x99: "Alternate Erase", 0x9a: "SysRq", 0x9b: "Cancel", 0x9c: "Clear", 0x9d: "Prior", 0x9e: "Keyboard Return",
	0x9f: "Separator", 0xa0: "Out", 0xa1: "Oper", 0xa2: "Clear Again", 0xa3: "CrSel", 0xa4: "ExSel",
	0xb0: "Keypad 00", 0xb1: "Keypad 000", 0xb2: "Thousands Separator", 0xb3: "Decimal Separator",
	0xb4: "Currency Unit", 0xb5: "Currency Subunit", 0xb6: "Keypad (", 0xb7: "Keypad )", 0xb8: "Keypad {",
	0xb9: "Keypad }", 0xba: "Keypad Tab", 0xbb: "Keypad Backspace",
	0xbc: "Keypad A", 0xbd: "Keypad B", 0xbe: "Keypad C", 0xbf: "Keypad D", 0xc0: "Keypad E", 0xc1: "Keypad F",
	0xc2: "Keypad XOR", 0xc3: "Keypad ^", 0xc4: "Keypad %", 0xc5: "Keypad <", 0xc6: "Keypad >", 0xc7: "Keypad &",
	0xc8: "Keypad &&", 0xc9: "Keypad |", 0xca: "Keypad ||", 0xcb: "Keypad :", 0xcc: "Keypad #", 0xcd: "Keypad Space",
	0xce: "Keypad @", 0xcf: "Keypad !", 0xd0: "Keypad MS", 0xd1: "Keypad MR", 0xd2: "Keypad MC", 0xd3: "Keypad M+",
	0xd4: "Keypad M-", 0xd5: "Keypad M*", 0xd6: "Keypad M/", 0xd7: "Keypad +/-", 0xd8: "Keypad Clear",
	0xd9: "Keypad CE", 0xda: "Keypad Binary", 0xdb: "Keypad Octal", 0xdc: "Keypad Decimal", 0xdd: "Keypad Hex",
	0xe0: "Left Ctrl", 0xe1: "Left Shift", 0xe2: "Left Alt", 0xe3: "Left GUI",
	0xe4: "Right Ctrl", 0xe5: "Right Shift", 0xe6: "Right Alt", 0xe7: "Right GUI",
}

// otherNames are the keys of the generic desktop, telephony and consumer pages that are printed on real devices: HID Usage
// Tables 1.5, sections 4, 14 and 15. No name stands twice, here or in keyboardNames.
var otherNames = sync.OnceValue(func() map[Key]string {
	return map[Key]string{
		{PageGenericDesktop, 0x81}: "System Power", {PageGenericDesktop, 0x82}: "System Sleep",
		{PageGenericDesktop, 0x83}: "System Wake", {PageGenericDesktop, 0x84}: "System Context Menu",
		{PageGenericDesktop, 0x85}: "System Main Menu", {PageGenericDesktop, 0x86}: "System App Menu",
		{PageGenericDesktop, 0x87}: "System Help", {PageGenericDesktop, 0x88}: "System Menu Exit",
		{PageGenericDesktop, 0x89}: "System Menu Select", {PageGenericDesktop, 0x8a}: "System Menu Right",
		{PageGenericDesktop, 0x8b}: "System Menu Left", {PageGenericDesktop, 0x8c}: "System Menu Up",
		{PageGenericDesktop, 0x8d}: "System Menu Down", {PageGenericDesktop, 0x8e}: "System Cold Restart",
		{PageGenericDesktop, 0x8f}: "System Warm Restart", {PageGenericDesktop, 0x90}: "D-pad Up",
		{PageGenericDesktop, 0x91}: "D-pad Down", {PageGenericDesktop, 0x92}: "D-pad Right",
		{PageGenericDesktop, 0x93}: "D-pad Left",

		{PageTelephony, 0x20}: "Hook Switch", {PageTelephony, 0x21}: "Flash", {PageTelephony, 0x23}: "Hold",
		{PageTelephony, 0x24}: "Redial", {PageTelephony, 0x25}: "Transfer", {PageTelephony, 0x26}: "Drop",
		{PageTelephony, 0x2a}: "Line", {PageTelephony, 0x2b}: "Speakerphone", {PageTelephony, 0x2c}: "Conference",
		{PageTelephony, 0x2f}: "Phone Mute", {PageTelephony, 0x31}: "Send",
		{PageTelephony, 0xb0}: "Phone 0", {PageTelephony, 0xb1}: "Phone 1", {PageTelephony, 0xb2}: "Phone 2",
		{PageTelephony, 0xb3}: "Phone 3", {PageTelephony, 0xb4}: "Phone 4", {PageTelephony, 0xb5}: "Phone 5",
		{PageTelephony, 0xb6}: "Phone 6", {PageTelephony, 0xb7}: "Phone 7", {PageTelephony, 0xb8}: "Phone 8",
		{PageTelephony, 0xb9}: "Phone 9", {PageTelephony, 0xba}: "Phone *", {PageTelephony, 0xbb}: "Phone #",

		{PageConsumer, 0x30}: "Media Power", {PageConsumer, 0x32}: "Media Sleep", {PageConsumer, 0x40}: "Media Menu",
		{PageConsumer, 0x6f}: "Brightness Up", {PageConsumer, 0x70}: "Brightness Down",
		{PageConsumer, 0x9c}: "Channel Up", {PageConsumer, 0x9d}: "Channel Down",
		{PageConsumer, 0xb0}: "Play", {PageConsumer, 0xb1}: "Media Pause", {PageConsumer, 0xb2}: "Record",
		{PageConsumer, 0xb3}: "Fast Forward", {PageConsumer, 0xb4}: "Rewind", {PageConsumer, 0xb5}: "Next Track",
		{PageConsumer, 0xb6}: "Previous Track", {PageConsumer, 0xb7}: "Media Stop", {PageConsumer, 0xb8}: "Eject",
		{PageConsumer, 0xb9}: "Shuffle", {PageConsumer, 0xbc}: "Repeat", {PageConsumer, 0xcd}: "Play/Pause",
		{PageConsumer, 0xcf}: "Voice Command", {PageConsumer, 0xe2}: "Mute", {PageConsumer, 0xe9}: "Volume Up",
		{PageConsumer, 0xea}: "Volume Down", {PageConsumer, 0x183}: "Media Player", {PageConsumer, 0x18a}: "Mail",
		{PageConsumer, 0x192}: "Calculator", {PageConsumer, 0x194}: "My Computer", {PageConsumer, 0x196}: "Browser",
		{PageConsumer, 0x19e}: "Lock Screen", {PageConsumer, 0x221}: "Browser Search",
		{PageConsumer, 0x223}: "Browser Home", {PageConsumer, 0x224}: "Browser Back",
		{PageConsumer, 0x225}: "Browser Forward", {PageConsumer, 0x226}: "Browser Stop",
		{PageConsumer, 0x227}: "Browser Refresh", {PageConsumer, 0x22a}: "Bookmarks",
		{PageConsumer, 0x22d}: "Zoom In", {PageConsumer, 0x22e}: "Zoom Out",
	}
})

// keyAliases are other names for keys, folded as foldName does, and the Name they stand for.
// Like otherNames it is made when it is first asked for: most commands ask for no key.
var keyAliases = sync.OnceValue(func() map[string]string {
	return map[string]string{
		"esc": "Escape", "return": "Enter", "ret": "Enter", "bksp": "Backspace", "spacebar": "Space",
		"minus": "-", "hyphen": "-", "equals": "=", "equal": "=", "backslash": `\`, "semicolon": ";", "apostrophe": "'", "quote": "'",
		"grave": "`", "backtick": "`", "comma": ",", "period": ".", "dot": ".", "slash": "/",
		"leftbracket": "[", "rightbracket": "]",
		"caps": "Caps Lock", "scroll": "Scroll Lock", "numlk": "Num Lock", "prtsc": "Print Screen", "prtscn": "Print Screen",
		"print": "Print Screen", "break": "Pause", "ins": "Insert", "del": "Delete", "pgup": "Page Up", "pgdn": "Page Down",
		"pagedn": "Page Down", "arrowright": "Right", "arrowleft": "Left", "arrowdown": "Down", "arrowup": "Up",
		"rightarrow": "Right", "leftarrow": "Left", "downarrow": "Down", "uparrow": "Up", "application": "Menu",
		"keypadslash": "Keypad /", "keypaddivide": "Keypad /", "keypadasterisk": "Keypad *", "keypadstar": "Keypad *",
		"keypadmultiply": "Keypad *", "keypadminus": "Keypad -", "keypadsubtract": "Keypad -", "keypadplus": "Keypad +",
		"keypadadd": "Keypad +", "keypadreturn": "Keypad Enter", "keypaddot": "Keypad .", "keypadperiod": "Keypad .",
		"keypaddel": "Keypad .", "keypadequal": "Keypad =", "keypadcomma": "Keypad ,",
		"ctrl": "Left Ctrl", "control": "Left Ctrl", "lctrl": "Left Ctrl", "leftcontrol": "Left Ctrl", "rctrl": "Right Ctrl",
		"rightcontrol": "Right Ctrl", "shift": "Left Shift", "lshift": "Left Shift", "rshift": "Right Shift",
		"alt": "Left Alt", "lalt": "Left Alt", "option": "Left Alt", "altgr": "Right Alt", "ralt": "Right Alt",
		"win": "Left GUI", "windows": "Left GUI", "super": "Left GUI", "meta": "Left GUI", "cmd": "Left GUI",
		"command": "Left GUI", "gui": "Left GUI", "lgui": "Left GUI", "lwin": "Left GUI", "leftwin": "Left GUI",
		"rgui": "Right GUI", "rwin": "Right GUI", "rightwin": "Right GUI",
		"volup": "Volume Up", "voldown": "Volume Down", "next": "Next Track", "nexttrack": "Next Track",
		"prev": "Previous Track", "prevtrack": "Previous Track", "forward": "Browser Forward", "back": "Browser Back",
		"hook": "Hook Switch", "micmute": "Phone Mute",
	}
})
