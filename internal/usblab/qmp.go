package usblab

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// qmp speaks QEMU's machine protocol (docs/interop/qmp-spec of QEMU): one JSON
// object a line. Commands are answered in order; events come in between.
type qmp struct {
	conn    net.Conn
	mu      sync.Mutex // one command at a time
	answers chan answer
	done    chan struct{} // closed when the connection has ended

	events  sync.Mutex
	deleted map[string]chan struct{} // device id to its waiting Unplug
}

type answer struct {
	QMP    json.RawMessage
	Return json.RawMessage
	Error  *struct{ Desc string }
	Event  string
	Data   struct{ Device string }
}

var errQMPClosed = errors.New("QEMU has closed its control connection")

// newQMP leaves a goroutine that reads until conn is closed.
func newQMP(conn net.Conn) *qmp {
	q := &qmp{conn: conn, answers: make(chan answer), done: make(chan struct{}), deleted: map[string]chan struct{}{}}
	go q.read()
	return q
}

func (q *qmp) read() {
	defer close(q.done)
	for d := json.NewDecoder(q.conn); ; {
		var a answer
		if err := d.Decode(&a); err != nil {
			return
		}
		switch {
		case a.QMP != nil: // the greeting
		case a.Event == "DEVICE_DELETED":
			q.events.Lock()
			if gone := q.deleted[a.Data.Device]; gone != nil {
				close(gone)
				delete(q.deleted, a.Data.Device)
			}
			q.events.Unlock()
		case a.Event != "":
		default:
			q.answers <- a
		}
	}
}

// do runs one command.
func (q *qmp) do(command string, arguments any) error {
	request := map[string]any{"execute": command}
	if arguments != nil {
		request["arguments"] = arguments
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := json.NewEncoder(q.conn).Encode(request); err != nil {
		return fmt.Errorf("QEMU %s: %w", command, err)
	}
	select {
	case a := <-q.answers:
		if a.Error != nil {
			return fmt.Errorf("QEMU %s %v: %s", command, arguments, a.Error.Desc)
		}
		return nil
	case <-q.done:
		return fmt.Errorf("QEMU %s: %w", command, errQMPClosed)
	}
}

// deleteDevice unplugs a device and waits until it is gone.
func (q *qmp) deleteDevice(id string) error {
	gone := make(chan struct{})
	q.events.Lock()
	q.deleted[id] = gone
	q.events.Unlock()
	if err := q.do("device_del", map[string]any{"id": id}); err != nil {
		return err
	}
	select {
	case <-gone:
		return nil
	case <-q.done:
		return fmt.Errorf("unplugging %s: %w", id, errQMPClosed)
	case <-time.After(waitLimit):
		return fmt.Errorf("unplugging %s: the guest did not let go in %v", id, waitLimit)
	}
}
