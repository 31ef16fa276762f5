//go:build !race

package cli_test

// raceDetector reports whether the program watches for data races.
const raceDetector = false
