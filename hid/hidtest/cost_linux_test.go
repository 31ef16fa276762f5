package hidtest_test

import (
	"testing"
	"time"

	"magicbutton/hid"
	"magicbutton/hid/hidtest"
)

// testCost compares what decoding a report costs with reading it from real USB, while the keypad sends as fast as it can.
func testCost(t *testing.T, g *gadget) {
	device, _ := g.listed(t)
	layout, err := device.Layout()
	if err != nil {
		t.Fatal(err)
	}
	conn, err := g.bus.Open(device)
	if err != nil {
		t.Fatal(err)
	}
	reports := [][]byte{hidtest.KeyboardReport(hidtest.Key(0x59)), hidtest.KeyboardReport()}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			if _, err := g.node.Write(reports[i%2]); err != nil {
				t.Error(err)
				return
			}
		}
	}()
	reading := testing.Benchmark(func(b *testing.B) {
		buf := make([]byte, 1024)
		for b.Loop() {
			if _, err := conn.ReadTimeout(buf, time.Second); err != nil {
				b.Fatal(err)
			}
		}
	})
	close(stop)
	drain(conn, stopped)
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
	decoding := testing.Benchmark(func(b *testing.B) {
		decoder := hid.NewDecoder(layout)
		var changes []hid.Change
		for i := 0; b.Loop(); i++ {
			changes = decoder.Decode(reports[i%2], changes[:0])
		}
		if len(changes) != 1 {
			b.Fatalf("changes = %v, want one", changes)
		}
	})
	const times = 100
	share := reading.NsPerOp() / max(1, decoding.NsPerOp())
	t.Logf("reading takes %v a call, decoding %v with %d allocations: 1/%d", time.Duration(reading.NsPerOp()), time.Duration(decoding.NsPerOp()), decoding.AllocsPerOp(), share)
	if share < times || decoding.AllocsPerOp() > 0 {
		t.Errorf("decoding a report costs 1/%d of reading it and allocates %d times, want at most 1/%d and none", share, decoding.AllocsPerOp(), times)
	}
	g.await(t, "the system has the keypad again", func() bool { return g.SystemHas(t) })
}

// drain reads until the writer, whose last report may still wait to be fetched, has stopped.
func drain(conn hid.Conn, stopped <-chan struct{}) {
	buf := make([]byte, 1024)
	for {
		select {
		case <-stopped:
			return
		default:
			_, _ = conn.ReadTimeout(buf, 10*time.Millisecond)
		}
	}
}
