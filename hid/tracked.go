package hid

import "sync/atomic"

// lightBox holds the one answer that waits to be played.
type lightBox struct{ waiting atomic.Uint32 }

func (b *lightBox) ask(l Light) { b.waiting.Store(uint32(l)) }

// tracked is what the Listener knows of a device that is present.
type tracked struct {
	state  DeviceState
	lights lightBox
}

func (t *tracked) snapshot() DeviceState { return t.state }
