package weblab

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// patience is how long a page's checks may take in all, on a machine that does much else.
const patience = 6 * time.Minute

// folder is where tools/setup-weblab.sh puts the checkers.
func folder() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", ".cache", "weblab")
}

// find returns Chromium's path. Without the lab's software it skips the test, or fails it where CI=true.
func find(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err == nil {
		_, err = os.Stat(filepath.Join(folder(), "ready"))
	}
	if err != nil {
		message := fmt.Sprintf("no browser lab on this machine (run tools/setup-weblab.sh): %v", err)
		if os.Getenv("CI") == "true" {
			t.Fatal(message)
		}
		t.Skip(message)
	}
	return path
}

// Browser is a browser with a profile of its own. It ends with the test.
type Browser struct {
	ctx context.Context //nolint:containedctx // chromedp keeps a browser in one
}

// Start starts a browser. Where many start at once one may end before it has begun, so it is tried once more.
func Start(t testing.TB) *Browser {
	t.Helper()
	path := find(t)
	ctx, err := start(t, path)
	if err != nil {
		t.Logf("the browser is started once more: %v", err)
		ctx, err = start(t, path)
	}
	if err != nil {
		t.Fatalf("starting the browser: %v", err)
	}
	t.Cleanup(func() { _ = chromedp.Cancel(ctx) }) // waits until it is gone, or its profile could not be removed
	return &Browser{ctx}
}

func start(t testing.TB, path string) (context.Context, error) {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.UserDataDir(t.TempDir()),
		// Chromium's sandbox does not start as root, nor in most containers; the pages are our own.
		chromedp.NoSandbox,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
	)
	ctx, cancel := context.WithTimeout(context.Background(), patience) //nolint:usetesting // the browser is closed after the test, in order
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx, chromedp.Do(ctx)
}
