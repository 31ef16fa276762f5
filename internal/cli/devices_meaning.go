package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"magicbutton/hid"
)

// whereDescriptor says where to get what --descriptor wants.
const whereDescriptor = "give its report descriptor with --descriptor FILE; where it is plugged in, Linux has it in /sys/bus/usb/devices/*/*/report_descriptor"

// meaning is what gives reports their meaning.
type meaning struct {
	layout   *hid.Descriptor
	profiled bool // its keys are numbers of a profile, not usages
}

func (o decodeOptions) meaning(env Env) (meaning, error) {
	switch {
	case (o.descriptor == "") == (o.device == ""):
		return meaning{}, usage(hinted{
			errors.New("decode: want one of --descriptor and --device"),
			"magicbutton devices decode --descriptor FILE, or for a model with a profile --device VVVV:PPPP",
		})
	case o.device != "":
		return meaningOfModel(env, o.device)
	}
	if isStdout(o.descriptor) {
		d, err := readDescriptor("standard input", env.Stdin)
		return meaning{layout: d}, err
	}
	f, err := os.Open(o.descriptor)
	if err != nil {
		return meaning{}, hinted{fmt.Errorf("reading the descriptor: %w", err), whereDescriptor}
	}
	defer f.Close()
	d, err := readDescriptor(o.descriptor, f)
	return meaning{layout: d}, err
}

// meaningOfModel finds it in a profile, or else in a device that is plugged in.
func meaningOfModel(env Env, text string) (meaning, error) {
	model, err := hid.ParseMatch(text)
	if err == nil && (model.Serial != "" || model.Port != "") {
		err = fmt.Errorf("device %q: want a model, and no serial number or port: %s", text, hid.Match{VendorID: model.VendorID, ProductID: model.ProductID})
	}
	if err != nil {
		return meaning{}, usage(fmt.Errorf("--device: %w", err))
	}
	why := fmt.Sprintf("no profile says what the reports of %s mean", model)
	if p, ok := hid.ProfileFor(model.VendorID, model.ProductID); ok {
		if d, ok := p.Descriptor(); ok {
			return meaning{d, true}, nil
		}
		why = fmt.Sprintf("%s (%s) is known by name, and its own descriptor says what its reports mean", model, p.Name)
	}
	devices, err := env.Bus.Devices()
	devices = slices.DeleteFunc(devices, func(d hid.Device) bool { return !model.Matches(d) })
	if err == nil && len(devices) == 0 {
		err = errors.New("none is plugged in")
	}
	if err != nil {
		return meaning{}, hinted{fmt.Errorf("%s, and there is no such device to look at: %w", why, err), "plug it in, or " + whereDescriptor}
	}
	return meaningOfDevices(devices)
}

// meaningOfDevices finds it in the interfaces of one model: the one that has keys.
func meaningOfDevices(devices []hid.Device) (meaning, error) {
	var found meaning
	var first hid.Device // of those with keys
	var errs []error
	for _, d := range devices {
		layout, err := d.Layout()
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("%s: %w", d.Path, err))
		case found.layout == nil:
			found, first = meaningOfDevice(d, layout), d
		case !layout.HasKeys() || slices.Equal(first.Descriptor, d.Descriptor): // or its twin
		case !found.layout.HasKeys():
			found, first = meaningOfDevice(d, layout), d
		default:
			return meaning{}, hinted{
				fmt.Errorf("%s has keys on several interfaces: %s, %s", d.Model(), first.Path, d.Path),
				fmt.Sprintf("say which: --descriptor /sys/bus/usb/devices/%s/*/report_descriptor", d.Path),
			}
		}
	}
	if found.layout == nil {
		return meaning{}, hinted{errors.Join(errs...), "it may be in use: stop the agent, or give its report descriptor with --descriptor"}
	}
	return found, nil
}

func meaningOfDevice(d hid.Device, layout *hid.Descriptor) meaning {
	p, ok := hid.ProfileOf(d)
	if ok {
		_, ok = p.Descriptor()
	}
	return meaning{layout, ok}
}

// completeProfiles offers the models whose reports a profile explains.
func completeProfiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var models []string
	for p := range hid.Profiles() {
		if _, ok := p.Descriptor(); !ok {
			continue
		}
		for _, product := range p.ProductIDs {
			models = append(models, cobra.CompletionWithDesc(hid.Match{VendorID: p.VendorID, ProductID: product}.String(), p.Name))
		}
	}
	return models, cobra.ShellCompDirectiveNoFileComp
}
