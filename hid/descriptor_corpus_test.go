package hid

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The corpus holds descriptors and reports of real devices with what the Linux kernel made of them. It lies beside the
// project, because its licences are not the project's.

// corpusDir is where the corpus is, if it is there.
func corpusDir(t testing.TB) string {
	t.Helper()
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			return filepath.Join(root, "..", "shared", "hid-corpus")
		}
		if root == filepath.Dir(root) {
			t.Fatal("no go.mod above the test's folder")
		}
		root = filepath.Dir(root)
	}
}

// corpusDevices are the devices of the corpus: paths without ".bin". The test is skipped where the corpus is missing.
func corpusDevices(t *testing.T) []string {
	t.Helper()
	bins, err := filepath.Glob(filepath.Join(corpusDir(t), "kernel-oracle", "*.bin"))
	if err != nil {
		t.Fatal(err)
	}
	if len(bins) == 0 {
		t.Skipf("no corpus of real devices at ../shared/hid-corpus beside the project")
	}
	for i, bin := range bins {
		bins[i] = strings.TrimSuffix(bin, ".bin")
	}
	return bins
}

func corpusDescriptor(t *testing.T, device string) *Descriptor {
	t.Helper()
	b, err := os.ReadFile(device + ".bin")
	if err != nil {
		t.Fatal(err)
	}
	d, err := ParseDescriptor(b)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// kernelField is a field in the kernel's words: its dump in debugfs, "rdesc".
type kernelField struct {
	Report   string // such as "INPUT(1)"
	Usages   []string
	Min, Max int64
	Size     int
	Count    int
	Offset   int
	Flags    string
}

// readKernelFields reads the fields and the count of each usage in the device.
func readKernelFields(t *testing.T, device string) ([]kernelField, map[string]int) {
	t.Helper()
	text, err := os.ReadFile(device + ".fields.txt")
	if err != nil {
		t.Fatal(err)
	}
	var fields []kernelField
	seen := make(map[string]int)
	report, inUsages := "", false
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		word := strings.TrimSpace(line)
		name, rest, _ := strings.Cut(word, "(")
		number, _, _ := strings.Cut(rest, ")")
		switch {
		case strings.Contains(line, "--->"):
			continue
		case strings.HasPrefix(line, "  ") && !strings.HasPrefix(line, "   "):
			report, _, _ = strings.Cut(word, "[")
			continue
		case name == "Field" && rest != "":
			fields = append(fields, kernelField{Report: report})
			continue
		case len(fields) == 0:
			continue
		}
		f := &fields[len(fields)-1]
		if strings.HasPrefix(line, "        ") && inUsages {
			f.Usages = append(f.Usages, word)
			seen[word]++
			continue
		}
		inUsages = name == "Usage"
		switch name {
		case "Logical Minimum":
			f.Min = kernelNumber(t, number)
		case "Logical Maximum":
			f.Max = kernelNumber(t, number)
		case "Report Size":
			f.Size = int(kernelNumber(t, number))
		case "Report Count":
			f.Count = int(kernelNumber(t, number))
		case "Report Offset":
			f.Offset = int(kernelNumber(t, number))
		case "Flags":
			f.Flags = strings.TrimSpace(number)
		}
	}
	return fields, seen
}

func kernelNumber(t *testing.T, s string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// inKernelWords is a descriptor's fields as the kernel dumps them.
func inKernelWords(d *Descriptor) []kernelField {
	var fields []kernelField
	for i := range d.Fields {
		f := &d.Fields[i]
		k := kernelField{
			Report: []string{"INPUT", "OUTPUT", "FEATURE"}[f.Kind], Size: f.Size, Count: f.Count, Offset: f.BitOffset,
			Min: f.LogicalMin, Max: int64(int32(f.LogicalMax)), Flags: kernelFlags(f.Flags),
		}
		if f.ReportID != 0 {
			k.Report += fmt.Sprintf("(%d)", f.ReportID)
		}
		for _, r := range f.Usages {
			for u := int(r.Min); u <= int(r.Max); u++ {
				k.Usages = append(k.Usages, kernelUsage(r.Page, uint16(u)))
			}
		}
		for len(k.Usages) < f.Count {
			k.Usages = append(k.Usages, k.Usages[len(k.Usages)-1])
		}
		fields = append(fields, k)
	}
	return fields
}

// kernelFlags names flags as hid_dump_field does.
func kernelFlags(f Flags) string {
	var words []string
	if f&FlagConstant != 0 {
		words = append(words, "Constant")
	}
	words = append(words, map[bool]string{true: "Variable", false: "Array"}[f&FlagVariable != 0])
	words = append(words, map[bool]string{true: "Relative", false: "Absolute"}[f&FlagRelative != 0])
	for bit, word := range []string{3: "Wrap", 4: "NonLinear", 5: "NoPreferredState", 6: "NullState", 7: "Volatile", 8: "BufferedByte"} {
		if word != "" && f&(1<<bit) != 0 {
			words = append(words, word)
		}
	}
	return strings.Join(words, " ")
}

// kernelUsage names a usage as the kernel's dump does: by its table where that has the usage, else in hex.
func kernelUsage(page, usage uint16) string {
	pageName := map[uint16]string{
		PageGenericDesktop: "GenericDesktop", 0x06: "GenericDeviceControls", PageKeyboard: "Keyboard", PageLED: "LED",
		0x02: "Simulation", 0x0f: "PhysicalInterfaceDevice", PageButton: "Button", PageTelephony: "Telephony", PageConsumer: "Consumer", pageDigitizer: "Digitizers",
	}[page]
	if pageName == "" {
		pageName = fmt.Sprintf("%04x", page)
	}
	if name := kernelUsageNames[Key{page, usage}]; name != "" {
		return pageName + "." + name
	}
	return fmt.Sprintf("%s.%04x", pageName, usage)
}

// kernelUsageNames are the usages of the corpus that the kernel's dump knows by name (drivers/hid/hid-debug.c).
var kernelUsageNames = map[Key]string{
	{PageGenericDesktop, 0x30}: "X", {PageGenericDesktop, 0x31}: "Y", {PageGenericDesktop, 0x32}: "Z",
	{PageGenericDesktop, 0x33}: "Rx", {PageGenericDesktop, 0x34}: "Ry", {PageGenericDesktop, 0x35}: "Rz",
	{PageGenericDesktop, 0x38}: "Wheel", {PageGenericDesktop, 0x39}: "HatSwitch",
	{PageGenericDesktop, 0x81}: "SystemPowerDown", {PageGenericDesktop, 0x82}: "SystemSleep",
	{PageGenericDesktop, 0x83}: "SystemWakeUp",
	{0x06, 0x20}:               "BatteryStrength", {0x06, 0x22}: "WirelessID",
	{PageLED, 0x01}: "NumLock", {PageLED, 0x02}: "CapsLock", {PageLED, 0x03}: "ScrollLock", {PageLED, 0x04}: "Compose",
	{PageLED, 0x05}: "Kana", {PageConsumer, 0x03}: "ProgrammableButtons", {PageConsumer, 0x238}: "HorizontalWheel",
	{pageDigitizer, 0x30}: "TipPressure", {pageDigitizer, 0x32}: "InRange", {pageDigitizer, 0x3b}: "Battery Strength",
	{pageDigitizer, 0x3c}: "Invert", {pageDigitizer, 0x42}: "TipSwitch", {pageDigitizer, 0x44}: "BarrelSwitch",
	{pageDigitizer, 0x45}: "Eraser", {pageDigitizer, 0x46}: "TabletPick", {pageDigitizer, 0x47}: "Confidence",
	{pageDigitizer, 0x48}: "Width", {pageDigitizer, 0x49}: "Height", {pageDigitizer, 0x51}: "ContactID",
	{pageDigitizer, 0x52}: "InputMode", {pageDigitizer, 0x54}: "ContactCount",
	{pageDigitizer, 0x55}: "ContactMaximumNumber", {pageDigitizer, 0x59}: "ButtonType",
	{pageDigitizer, 0x5a}: "SecondaryBarrelSwitch",
}

// TestCorpusFields: the fields of every real device, with their usages, places, sizes, ranges and flags, are the kernel's.
func TestCorpusFields(t *testing.T) {
	devices, fields := corpusDevices(t), 0
	for _, device := range devices {
		t.Run(filepath.Base(device), func(t *testing.T) {
			kernel := make(map[string][]kernelField)
			list, _ := readKernelFields(t, device)
			for _, f := range list {
				if f.Size*f.Count == 0 {
					continue // the kernel keeps a field without values, we do not
				}
				kernel[f.Report] = append(kernel[f.Report], f)
			}
			ours := make(map[string][]kernelField)
			for _, f := range inKernelWords(corpusDescriptor(t, device)) {
				ours[f.Report] = append(ours[f.Report], f)
			}
			if diff := cmp.Diff(kernel, ours); diff != "" {
				t.Errorf("fields by report (-kernel +ours):\n%s", diff)
			}
			fields += len(list)
		})
	}
	t.Logf("%d devices, %d fields", len(devices), fields)
}
