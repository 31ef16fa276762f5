// Command writer stores events in a guest from several goroutines at once, and compacts the database and erases events
// meanwhile, more often than a keypad and commands could. It says what is on the disk as soon as it is: "stored ID", "undone ID", "erased ID
// NOTE"; and "erasing ID" before it begins.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"sync"
	"time"

	"magicbutton/internal/cx"
	"magicbutton/store"
)

func main() {
	var w writer
	db := flag.String("db", "", "database `FILE`")
	flag.IntVar(&w.writers, "writers", 4, "how `many` write at once")
	flag.IntVar(&w.events, "events", 50, "how `many` events each of them stores")
	flag.IntVar(&w.compactions, "compact", 0, "how `many` times the database is compacted meanwhile")
	flag.IntVar(&w.erasures, "erase", 0, "how `many` times some events are erased meanwhile")
	flag.Parse()
	if err := w.run(*db); err != nil {
		fmt.Fprintln(os.Stderr, "writer:", err)
		os.Exit(1)
	}
}

type writer struct {
	store                                  *store.Store
	writers, events, compactions, erasures int

	// live has the events that stay, in the order in which they were acknowledged.
	live chan cx.Event
}

func (w *writer) run(db string) (err error) {
	if w.store, err = store.Open(db, store.Options{Create: true}); err != nil {
		return err
	}
	defer func() {
		if e := w.store.Close(); err == nil {
			err = e
		}
	}()
	w.live = make(chan cx.Event, w.writers*w.events) // room for all: a writer never waits for care
	ends := make(chan error, w.writers)              // each says one thing, at its end
	var wg sync.WaitGroup
	for i := range w.writers {
		wg.Go(func() { ends <- w.write(i) })
	}
	err = w.care()
	wg.Wait()
	for range w.writers {
		if e := <-ends; err == nil {
			err = e
		}
	}
	return err
}

// write stores events, and takes back every fifth.
func (w *writer) write(writer int) error {
	ctx := context.Background()
	for i := range w.events {
		got, err := w.store.Append(ctx, store.New{
			At: time.Now(),
			// The note is no part of another's.
			Event: cx.Event{Tag: "praise", Source: cx.SourceAPI, Note: fmt.Sprintf("words of customer %d-%d-%d.", os.Getpid(), writer, i)},
		})
		if err != nil {
			return err
		}
		e := got[0].Event
		fmt.Println("stored", e.ID) // one write each: a port keeps lines whole
		if i%5 != 4 {
			w.live <- e
			continue
		}
		if _, err := w.store.Void(ctx, e.ID); err != nil {
			return err
		}
		fmt.Println("undone", e.ID)
	}
	return nil
}

// care compacts and erases, each time after some more events.
func (w *writer) care() error {
	ctx := context.Background()
	const some = 5
	for range w.compactions {
		for range some {
			<-w.live
		}
		if _, err := w.store.Compact(ctx, nil); err != nil {
			return err
		}
	}
	for range w.erasures {
		var events []cx.Event
		var ids []cx.ID
		for range some {
			e := <-w.live
			events, ids = append(events, e), append(ids, e.ID)
			fmt.Println("erasing", e.ID)
		}
		if _, err := w.store.Erase(ctx, ids, nil); err != nil {
			return err
		}
		for _, e := range events {
			fmt.Println("erased", e.ID, e.Note)
		}
	}
	return nil
}
