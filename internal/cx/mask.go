package cx

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"time"
)

// Quarter is what instants are rounded down to where it is not to be seen when
// exactly somebody pressed. The clocks of all zones differ by whole quarter hours, so
// that days and hours stay what they are.
const Quarter = 15 * time.Minute

// Mask takes out of events what tells at which desk and when exactly they were made:
// names of desk, device and key are emptied, instants rounded down to the [Quarter].
//
// An id would tell both: it holds the millisecond, and the origin, which is a desk by
// another name. So it is replaced by one that holds the rounded instant and what a
// random key makes of the old id. The same id becomes the same one, so that an
// event still has its conversation; another Mask makes others of them, so that two
// exports cannot be laid side by side. Such ids stand for nothing in any database:
// see [ID.Masked].
type Mask struct{ block cipher.Block }

// NewMask returns a mask with a key of its own, which is kept nowhere.
func NewMask() *Mask {
	var key [16]byte
	_, _ = rand.Read(key[:]) // never returns an error: crypto/rand since Go 1.24
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic("cx: 16 bytes are no key of AES: " + err.Error())
	}
	return &Mask{block}
}

// maskedBytes of zero begin the origin of a masked id. By chance they begin that of
// one database in 16 million.
const maskedBytes = 3

// Event returns the event as everybody may see it. Its tag, site and note stay.
func (m *Mask) Event(e Event) Event {
	e.Desk, e.Device, e.Key = "", "", ""
	if !e.RecordedAt.IsZero() {
		e.RecordedAt = e.RecordedAt.Truncate(Quarter)
	}
	own := e.Conversation == e.ID
	e.ID = m.ID(e.ID)
	if own {
		e.Conversation = e.ID
	} else {
		e.Conversation = m.ID(e.Conversation)
	}
	return e
}

// ID returns what stands for an id; the zero ID stands for itself.
func (m *Mask) ID(id ID) ID {
	if id.IsZero() {
		return id
	}
	quarter := Quarter.Milliseconds()
	out := FirstID(time.UnixMilli(id.UnixMilli() / quarter * quarter))
	var sealed [aes.BlockSize]byte
	m.block.Encrypt(sealed[:], id[:])
	copy(out[6+maskedBytes:], sealed[:])
	if out.Seq() == 0 { // once in 2^40: no id has it
		binary.BigEndian.PutUint32(out[12:], 1)
	}
	return out
}

// Masked reports whether the id was made by a [Mask], or looks so.
func (id ID) Masked() bool {
	return [maskedBytes]byte(id[6:]) == [maskedBytes]byte{} && id.UnixMilli()%Quarter.Milliseconds() == 0 && !id.IsZero()
}
