package cli

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"magicbutton/hid"
)

// version is set by the build: -ldflags "-X magicbutton/internal/cli.version=…".
var version string

// Version names this build.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return cmp.Or(version, "unknown")
	}
	revision := ""
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			revision = s.Value[:12]
		}
	}
	return cmp.Or(version, revision, "development")
}

func newVersionCommand(env Env) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		GroupID: groupCare,
		Short:   "Print the version, and whether this build can use USB",
		Example: `  magicbutton version`,
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(env.Stdout, "magicbutton %s (%s, %s/%s)\nusb: %s\n",
				Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH, usbState(env.Bus))
			return err
		},
	}
}

// usbState says whether this build can open USB devices.
func usbState(bus hid.Bus) string {
	err := usbAvailable(bus)
	switch {
	case err == nil:
		return "available"
	case errors.Is(err, hid.ErrUnavailable):
		return "unavailable (built without cgo)"
	}
	return err.Error()
}

// usbAvailable is nil where the bus can open devices.
func usbAvailable(bus hid.Bus) error {
	if b, ok := bus.(interface{ Available() error }); ok {
		return b.Available()
	}
	return nil
}
