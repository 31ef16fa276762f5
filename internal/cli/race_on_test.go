//go:build race

package cli_test

// raceDetector reports whether the program watches for data races, which takes
// several times its memory.
const raceDetector = true
