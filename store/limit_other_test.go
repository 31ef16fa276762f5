//go:build !linux

package store

// appendWithLimit has no test here.
func appendWithLimit(string) int { return 1 }

// runOnBadDisk has no test here.
func runOnBadDisk(string) int { return 1 }
