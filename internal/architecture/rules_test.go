package architecture_test

// rooms places every package of the house on its floor. A room holds the
// packages in and below its folder; the longest matching folder counts. Imports
// go to a lower floor or stay in their room.
var rooms = map[string]int{
	"cmd/magicbutton":    5,
	"internal/cli":       4,
	"internal/agent":     3,
	"internal/page":      2,
	"internal/export":    2,
	"internal/report":    2,
	"internal/labels":    2,
	"internal/demo":      2,
	"internal/privacy":   2,
	"internal/config":    1,
	"internal/api":       1,
	"store":              1,
	"internal/cx":        0,
	"hid":                0,
	"internal/localsock": 0,
}

// testRooms hold help for tests. Their code may import any room and the modules
// for tests; only _test.go files and other test rooms may import them.
var testRooms = []string{
	"hid/hidtest",
	"internal/usblab",
	"internal/weblab",
	"internal/report/html/htmltest",
	"internal/architecture",
}

// strangers are imports that the floors allow and the house does not.
var strangers = []struct{ from, to, why string }{
	{"store", "hid", "the event log stores what happened, whatever device it came from"},
}

// owners name the one room that may import a module, tests included. A module
// covers the packages below its path.
var owners = map[string]string{
	"go.etcd.io/bbolt":        "store",
	"github.com/karalabe/hid": "hid",
	"github.com/spf13/cobra":  "internal/cli",
	"github.com/spf13/pflag":  "internal/cli",
}

// standardOnly are rooms whose code, tests aside, imports the standard library alone.
var standardOnly = []string{"internal/cx"}

// testModules never reach the binary.
var testModules = []string{
	"github.com/google/go-cmp",
	"github.com/rogpeppe/go-internal",
	"github.com/chromedp/chromedp",
	"github.com/chromedp/cdproto",
	"github.com/xuri/excelize", // reads what internal/export writes
	"github.com/parquet-go/parquet-go",
}

// banned are modules that no file imports.
var banned = map[string]string{
	"github.com/stretchr/testify": "compare with go-cmp",
	"github.com/golang/mock":      "use the real thing, or the fake in hid/hidtest",
	"go.uber.org/mock":            "use the real thing, or the fake in hid/hidtest",
}

// vagueNames say nothing about what belongs in a package.
var vagueNames = []string{"base", "common", "helper", "helpers", "misc", "mocks", "models", "shared", "util", "utils"}

// unconstrained are file name endings that look like build constraints to a
// reader and are none to the go command.
var unconstrained = []string{"unix", "posix", "bsd", "cgo", "nocgo", "other"}

const (
	maxFileLines     = 400
	maxFunctionLines = 60
)
