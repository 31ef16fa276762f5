package usblab_test

import (
	"os"
	"testing"

	"magicbutton/internal/usblab"
)

func TestMain(m *testing.M) { os.Exit(usblab.Main(m)) }
