//go:build !linux

package pagelab_test

import (
	"testing"

	"magicbutton/internal/weblab"
)

// testFullDisk needs a small file system to fill.
func testFullDisk(t *testing.T, _ *weblab.Browser) {
	t.Skip("a small file system is mounted on Linux alone")
}
