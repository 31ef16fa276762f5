//go:build !unix

package hid

// syncDir does nothing where folders cannot be flushed.
func syncDir(string) error { return nil }
