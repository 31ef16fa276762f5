package hid

import "time"

// together is how long answers that come in a burst are waited for, so that the most important one is played.
const together = 5 * time.Millisecond

// shining is the goroutine that plays the lights of an open device. It is not the one that reads, as a busy device, or a
// busy computer, may take a while over each report, and one that answers no write a second: its keys must not wait for that.
type shining struct {
	conn   Conn
	player *player
	box    *lightBox
	failed func(error) // told, at most once, why the lights were given up
	stop   chan struct{}
	done   chan struct{} // closed when nothing more will be written
}

// shine begins to play the answers in a box.
func shine(conn Conn, p *player, box *lightBox, failed func(error)) *shining {
	s := &shining{conn: conn, player: p, box: box, failed: failed, stop: make(chan struct{}), done: make(chan struct{})}
	go s.run()
	return s
}

// end ends an answer midway, and returns when the lights are as they were: the device may be closed.
func (s *shining) end() {
	close(s.stop)
	<-s.done
}

func (s *shining) run() {
	defer close(s.done)
	if err := s.play(); err != nil {
		s.failed(err)
		return
	}
	for _, report := range s.player.rest() {
		if s.conn.Write(report) != nil {
			return // it may be unplugged
		}
	}
}

// play plays until the end (nil) or until the device does not take a report.
func (s *shining) play() error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-s.stop:
			return nil
		default:
		}
		now := time.Now()
		if report := s.player.advance(now, s.box); report != nil {
			if err := s.conn.Write(report); err != nil {
				return err
			}
			continue
		}
		var due <-chan time.Time
		if next := s.player.next(); !next.IsZero() {
			timer.Reset(next.Sub(now))
			due = timer.C
		}
		select {
		case <-s.stop:
			return nil
		case <-due:
		case <-s.box.asked:
			time.Sleep(together)
		}
	}
}
