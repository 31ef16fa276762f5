package blockdev

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// user is an NBD client, as the protocol describes it.
type user struct {
	t    *testing.T
	conn net.Conn
	end  chan error // what Serve returned
}

func connect(t *testing.T, d *Disk) *user {
	t.Helper()
	here, there := net.Pipe()
	u := &user{t: t, conn: here, end: make(chan error, 1)}
	go func() {
		u.end <- d.Serve(there)
		there.Close()
	}()
	t.Cleanup(func() { here.Close() })
	u.want("NBDMAGIC", "IHAVEOPT", uint16(3))
	u.send(uint32(3))
	return u
}

func (u *user) send(values ...any) {
	u.t.Helper()
	if _, err := u.conn.Write(encode(values)); err != nil {
		u.t.Fatal(err)
	}
}

func (u *user) want(values ...any) {
	u.t.Helper()
	want := encode(values)
	got := make([]byte, len(want))
	if _, err := io.ReadFull(u.conn, got); err != nil {
		u.t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		u.t.Fatalf("the server said (-want +got):\n%s", diff)
	}
}

func encode(values []any) []byte {
	var b bytes.Buffer
	for _, v := range values {
		if text, ok := v.(string); ok {
			v = []byte(text)
		}
		_ = binary.Write(&b, binary.BigEndian, v) // to memory
	}
	return b.Bytes()
}

// choose picks the export, whose size is 8 sectors.
func (u *user) choose() {
	u.t.Helper()
	u.send("IHAVEOPT", uint32(7), uint32(6), uint32(0), uint16(0)) // GO, no name, no questions
	u.want(uint64(0x3e889045565a9), uint32(7), uint32(3), uint32(12), uint16(0), uint64(testSectors*SectorSize), uint16(0b1101))
	u.want(uint64(0x3e889045565a9), uint32(7), uint32(1), uint32(0))
}

// ask sends a request and reads the start of its reply.
func (u *user) ask(command, flags uint16, offset uint64, length uint32, data []byte, wantError uint32) {
	u.t.Helper()
	const handle = 0x0123456789abcdef
	u.send(uint32(0x25609513), flags, command, uint64(handle), offset, length, data)
	u.want(uint32(0x67446698), wantError, uint64(handle))
}

func (u *user) ended() error {
	u.t.Helper()
	return <-u.end
}

func TestServe(t *testing.T) {
	d := New(sectors("........"))
	u := connect(t, d)
	u.send("IHAVEOPT", uint32(8), uint32(0)) // structured replies: no
	u.want(uint64(0x3e889045565a9), uint32(8), uint32(0x80000001), uint32(0))
	u.choose()
	u.ask(1, 0, SectorSize, 2*SectorSize, sectors("ab"), 0)
	u.ask(3, 0, 0, 0, nil, 0)
	u.ask(1, 1, 0, SectorSize, sectors("c"), 0)
	u.ask(1, 0, 7*SectorSize, SectorSize, sectors("d"), 0)
	u.ask(0, 0, 0, 4*SectorSize, nil, 0)
	u.want(sectors("cab."))
	for _, bad := range []struct {
		command        uint16
		offset, length uint64
	}{{0, 8 * SectorSize, 1}, {0, 1 << 63, 1}, {0, 0, testSectors*SectorSize + 1}, {1, 8 * SectorSize, SectorSize}, {4, 0, SectorSize}} {
		var data []byte
		if bad.command == 1 {
			data = sectors("x")
		}
		u.ask(bad.command, 0, bad.offset, uint32(bad.length), data, 22)
	}
	if got := d.Requests(); got != 4 {
		t.Errorf("the disk has answered %d requests, want 4: reads and errors change nothing", got)
	}
	image, err := d.Log().Image(Cut{After: 4})
	if err != nil {
		t.Fatal(err)
	}
	if got := letters(image); got != "cab....." {
		t.Errorf("after a power cut %q, want what was flushed or written through, %q", got, "cab.....")
	}
	u.send(uint32(0x25609513), uint16(0), uint16(2), uint64(0), uint64(0), uint32(0)) // disconnect
	if err := u.ended(); err != nil {
		t.Errorf("after a disconnect the server says %v", err)
	}
}

// A client that was killed is no error, wherever it was; one that speaks something else is.
func TestServeEnds(t *testing.T) {
	for _, test := range []struct {
		name string
		do   func(*user)
		want string
	}{
		{"at the options", func(*user) {}, ""},
		{"within a request", func(u *user) { u.choose(); u.send(uint32(0x25609513)) }, ""},
		{"within a write", func(u *user) {
			u.choose()
			u.send(uint32(0x25609513), uint16(0), uint16(1), uint64(0), uint64(0), uint32(SectorSize), []byte{1})
		}, ""},
		{"no option", func(u *user) { u.send("GET / HTTP/1.1\r\n") }, "bad option"},
		{"no request", func(u *user) { u.choose(); u.send(make([]byte, 28)) }, "bad request"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := New(sectors("........"))
			u := connect(t, d)
			test.do(u)
			u.conn.Close()
			err := u.ended()
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("the server says %v, want %q", err, test.want)
			}
			if d.Requests() != 0 {
				t.Errorf("the disk has answered %d requests, want 0", d.Requests())
			}
		})
	}
}
