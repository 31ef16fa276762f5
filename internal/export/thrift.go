package export

import "encoding/binary"

// thrift writes the structs of a Parquet file's metadata: Thrift's compact protocol
// (github.com/apache/thrift, doc/specs/thrift-compact-protocol.md), as far as they
// need it.
type thrift struct {
	b     []byte
	last  int   // the field that was written last in this struct
	outer []int // the same of the structs around it
}

// Types of the compact protocol.
const (
	thriftTrue   = 1
	thriftI32    = 5
	thriftI64    = 6
	thriftBinary = 8
	thriftList   = 9
	thriftStruct = 12
)

// field begins a field. Their numbers rise within a struct, by less than 16.
func (t *thrift) field(n, kind int) {
	t.b = append(t.b, byte((n-t.last)<<4|kind))
	t.last = n
}

func (t *thrift) i32(n int, v int64) {
	t.field(n, thriftI32)
	t.b = binary.AppendVarint(t.b, v) // zigzag, as the protocol has it
}

func (t *thrift) i64(n int, v int64) {
	t.field(n, thriftI64)
	t.b = binary.AppendVarint(t.b, v)
}

func (t *thrift) yes(n int) { t.field(n, thriftTrue) }

func (t *thrift) text(n int, s string) {
	t.field(n, thriftBinary)
	t.element(s)
}

// element writes a text in a list.
func (t *thrift) element(s string) {
	t.b = append(binary.AppendUvarint(t.b, uint64(len(s))), s...)
}

func (t *thrift) list(n, kind, length int) {
	t.field(n, thriftList)
	if length < 15 {
		t.b = append(t.b, byte(length<<4|kind))
		return
	}
	t.b = binary.AppendUvarint(append(t.b, byte(15<<4|kind)), uint64(length))
}

// open begins a struct that is a field.
func (t *thrift) open(n int) {
	t.field(n, thriftStruct)
	t.push()
}

// push begins a struct that is in a list, or the whole.
func (t *thrift) push() { t.outer, t.last = append(t.outer, t.last), 0 }

// close ends a struct.
func (t *thrift) close() {
	t.b = append(t.b, 0)
	n := len(t.outer) - 1
	t.last, t.outer = t.outer[n], t.outer[:n]
}

// empty writes a struct without fields.
func (t *thrift) empty(n int) {
	t.open(n)
	t.close()
}
