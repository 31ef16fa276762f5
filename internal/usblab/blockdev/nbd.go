package blockdev

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
)

// Numbers of the NBD protocol (github.com/NetworkBlockDevice/nbd, doc/proto.md), those that QEMU uses of it.
const (
	magicServer  = 0x4e42444d41474943 // "NBDMAGIC"
	magicOption  = 0x49484156454f5054 // "IHAVEOPT"
	magicReply   = 0x3e889045565a9    // to an option
	magicRequest = 0x25609513
	magicSimple  = 0x67446698 // reply to a request

	serverFixed    = 1 << 0 // fixed newstyle
	serverNoZeroes = 1 << 1

	optionAbort = 2
	optionGo    = 7

	replyAck         = 1
	replyInfo        = 3
	replyUnsupported = 1<<31 + 1
	infoExport       = 0

	// What the disk is able to do: it has a cache to flush, and a write may ask to go through it.
	exportFlags = 1<<0 | 1<<2 | 1<<3 // these are flags; flush; FUA

	commandRead       = 0
	commandWrite      = 1
	commandDisconnect = 2
	commandFlush      = 3
	commandFUA        = 1 << 0 // a flag

	errInvalid = 22 // NBD_EINVAL

	maxLength = 32 << 20 // of a request's or an option's data, as the protocol recommends
)

// Serve lets one client use the disk, until that one ends the connection. The error of a client that was killed is nil.
func (d *Disk) Serve(conn net.Conn) error {
	c := &client{disk: d, in: bufio.NewReader(conn), out: bufio.NewWriter(conn)}
	err := c.negotiate()
	if err == nil {
		err = c.transmit()
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, new(*net.OpError)) {
		return nil
	}
	return err
}

// client is one connection.
type client struct {
	disk *Disk
	in   *bufio.Reader
	out  *bufio.Writer
}

// negotiate goes through the handshake until the client has chosen the export, whatever its name.
func (c *client) negotiate() error {
	if err := c.send(uint64(magicServer), uint64(magicOption), uint16(serverFixed|serverNoZeroes)); err != nil {
		return err
	}
	var flags uint32
	if err := c.receive(&flags); err != nil {
		return err
	}
	for {
		var option struct {
			Magic          uint64
			Option, Length uint32
		}
		if err := c.receive(&option); err != nil {
			return err
		}
		if option.Magic != magicOption || option.Length > maxLength {
			return fmt.Errorf("NBD client sent a bad option: %+v", option)
		}
		if _, err := c.in.Discard(int(option.Length)); err != nil {
			return err
		}
		switch option.Option {
		case optionGo:
			const infoSize = 2 + 8 + 2
			return c.send(uint64(magicReply), option.Option, uint32(replyInfo), uint32(infoSize),
				uint16(infoExport), c.disk.size(), uint16(exportFlags),
				uint64(magicReply), option.Option, uint32(replyAck), uint32(0))
		case optionAbort:
			return io.EOF
		}
		if err := c.send(uint64(magicReply), option.Option, uint32(replyUnsupported), uint32(0)); err != nil {
			return err
		}
	}
}

// wireRequest is the fixed part of a request on the wire.
type wireRequest struct {
	Magic          uint32
	Flags, Command uint16
	Handle, Offset uint64
	Length         uint32
}

// transmit answers requests in their order.
func (c *client) transmit() error {
	for {
		var r wireRequest
		if err := c.receive(&r); err != nil {
			return err
		}
		if r.Magic != magicRequest || r.Length > maxLength {
			return fmt.Errorf("NBD client sent a bad request: %+v", r)
		}
		if r.Command == commandDisconnect {
			return nil
		}
		if err := c.answer(r); err != nil {
			return err
		}
	}
}

func (c *client) answer(r wireRequest) error {
	var data []byte
	if r.Command == commandRead || r.Command == commandWrite {
		data = make([]byte, r.Length)
	}
	if r.Command == commandWrite {
		if _, err := io.ReadFull(c.in, data); err != nil {
			return err
		}
	}
	size := uint64(c.disk.size())
	inside := r.Offset <= size && uint64(r.Length) <= size-r.Offset
	switch {
	case r.Command == commandFlush:
		c.disk.flush()
	case r.Command == commandRead && inside:
		c.disk.read(data, int64(r.Offset))
		return c.send(uint32(magicSimple), uint32(0), r.Handle, data)
	case r.Command == commandWrite && inside && r.Length > 0:
		c.disk.write(data, int64(r.Offset), r.Flags&commandFUA != 0)
	default:
		return c.send(uint32(magicSimple), uint32(errInvalid), r.Handle)
	}
	return c.send(uint32(magicSimple), uint32(0), r.Handle)
}

// send writes values as the protocol does, big endian.
func (c *client) send(values ...any) error {
	for _, v := range values {
		if err := binary.Write(c.out, binary.BigEndian, v); err != nil {
			return err
		}
	}
	return c.out.Flush()
}

func (c *client) receive(v any) error { return binary.Read(c.in, binary.BigEndian, v) }
