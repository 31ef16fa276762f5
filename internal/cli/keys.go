package cli

// keys splits what a terminal sends into keys, one byte after the other. Most keys
// that have no letter are sequences of bytes, with digits and letters in them that
// nobody typed: Delete is ESC [ 3 ~. Of a sequence only its first byte is a key,
// one that means nothing here. See ECMA-48, 5.4, and xterm's ctlseqs.
//
// The zero value is ready.
type keys struct {
	state  keyState
	params []byte // of the sequence so far, as far as they may matter
}

type keyState uint8

const (
	ground keyState = iota
	escaped
	meta    // after an ESC with which more came: Alt and a key
	control // after ESC [, until a final byte
	single  // one more byte, after ESC O
	paste   // after ESC [ 200 ~, until ESC [ 201 ~
)

const (
	esc        = 0x1b
	beginPaste = "[200~"
	endPaste   = "\x1b[201~"
)

// next takes the next byte and returns it where it is a key of its own, or stands
// for a whole sequence. more says that others came together with it: it tells Alt
// and a key from Escape and then a key.
func (k *keys) next(b byte, more bool) (key byte, ok bool) {
	if b == ctrlC { // stops the agent, whatever is unfinished
		k.state = ground
		return b, true
	}
	if k.state == paste {
		k.pasted(b)
		return 0, false
	}
	if b < ' ' || k.state == escaped && b != '[' && b != 'O' {
		k.state = ground // nothing goes on with this: what was begun is not finished
	}
	switch k.state {
	case escaped, meta:
		k.introduced(b)
		return 0, false
	case control:
		k.controlled(b)
		return 0, false
	case single:
		k.state = ground
		return 0, false
	}
	if b == esc {
		k.state = escaped
		if more {
			k.state = meta
		}
	}
	return b, b < 0x80 || b >= 0xc0 // the rest of a character in UTF-8 is no key
}

// introduced takes the byte after ESC.
func (k *keys) introduced(b byte) {
	switch b {
	case '[':
		k.state, k.params = control, append(k.params[:0], b)
	case 'O':
		k.state = single
	default:
		k.state = ground
	}
}

// controlled takes a byte after ESC [.
func (k *keys) controlled(b byte) {
	first := len(k.params) == 1
	if len(k.params) < len(beginPaste) {
		k.params = append(k.params, b)
	}
	switch {
	case b == '[' && first: // F1 to F5 of Linux's own console are ESC [ [ and a letter
		k.state = single
	case b < 0x40: // a parameter
	case string(k.params) == beginPaste:
		k.state, k.params = paste, k.params[:0]
	default:
		k.state = ground
	}
}

// pasted takes a byte of what is pasted.
func (k *keys) pasted(b byte) {
	if b == esc {
		k.params = k.params[:0]
	}
	if b != endPaste[len(k.params)] {
		k.params = k.params[:0]
		return
	}
	if k.params = append(k.params, b); string(k.params) == endPaste {
		k.state = ground
	}
}
