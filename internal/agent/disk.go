package agent

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"magicbutton/internal/config"
	"magicbutton/store"
)

// noRoomBytes is how little space counts as none: a press takes fewer than four new
// pages of 4 KiB, as it writes over free ones first. A press that still finds too
// little raises the alarm itself.
const noRoomBytes = 16 << 10

// sickDisk reports whether an error is one that passes when somebody makes room or
// mounts the disk for writing again.
func sickDisk(err error) bool {
	for _, passing := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EROFS, syscall.EIO, store.ErrUnsure} {
		if errors.Is(err, passing) {
			return true
		}
	}
	return false
}

// noRoom is the error of a disk that will not take another press.
func noRoom(free uint64) error {
	return fmt.Errorf("%w: %d KiB are free", syscall.ENOSPC, free>>10)
}

// awaitDisk is called with an error of opening the database: where the disk is full
// or read-only and holds one, it waits a little, so that the agent comes up as soon
// as it can. Where there is none yet, or the error will not pass by itself, it
// returns false.
func awaitDisk(ctx context.Context, o Options, err error, said *bool) bool {
	if _, statErr := os.Stat(o.DB); statErr != nil || !sickDisk(err) {
		return false
	}
	if !*said {
		o.Log.Error("cannot save", "err", err)
		*said = true
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(retryEvery):
		return true
	}
}

// configureAtStart is Configure that lets a desk begin on a disk that takes nothing:
// the presses wait, and so do the configuration's tags.
func (d *Desk) configureAtStart(ctx context.Context, cfg *config.Config) error {
	err := d.store.SetCatalogue(ctx, cfg.Catalogue)
	if err != nil && !sickDisk(err) {
		return storageError(err)
	}
	if err != nil {
		d.failed(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.config, d.untold = cfg, err != nil
	return nil
}

// settle writes the configuration's tags where that could not be done at the start,
// or else makes a transaction that changes nothing: it returns nil where the
// database takes events again.
func (d *Desk) settle(ctx context.Context) error {
	d.mu.Lock()
	cfg, untold := d.config, d.untold
	d.mu.Unlock()
	var err error
	if untold {
		err = d.store.SetCatalogue(ctx, cfg.Catalogue)
	} else {
		err = d.store.Try(ctx)
	}
	if err != nil {
		d.failed(err)
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.untold = false
	d.recovered()
	return nil
}
