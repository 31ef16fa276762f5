//go:build !linux

package cli_test

import "github.com/rogpeppe/go-internal/testscript"

func onTerminal(ts *testscript.TestScript, _ *process) func() (string, bool) {
	ts.Fatalf("pseudo-terminals are opened in another way here")
	return nil
}
