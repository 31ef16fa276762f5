// Magicbutton tags customer conversations at the press of a USB key and tallies
// them by the week.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"magicbutton/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends what the first did not
	code := cli.Main(ctx, cli.System(), os.Args[1:])
	stop()
	os.Exit(code)
}
