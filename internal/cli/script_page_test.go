package cli_test

import (
	"fmt"
	"net"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdPort puts a free port into a variable, or one that is taken until the script ends:
// port NAME [taken]
func cmdPort(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 || len(args) > 2 || len(args) == 2 && args[1] != "taken" {
		ts.Fatalf("usage: port name [taken]")
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv(args[0], fmt.Sprint(l.Addr().(*net.TCPAddr).Port))
	if len(args) == 2 {
		ts.Defer(func() { _ = l.Close() })
		return
	}
	ts.Check(l.Close())
}
