// Package usblab is for tests: a Linux guest with real USB devices.
//
// QEMU runs a Linux kernel in pure emulation. Its keyboards hang on an emulated
// xHCI controller; any other HID device is made by the guest's kernel itself
// (dummy_hcd: host and device side of a USB cable in one machine). To a program in
// the guest both are USB devices like any other: they are enumerated, claimed,
// read, unplugged. tools/setup-lab.sh installs what the lab needs.
//
//	disk := usblab.NewDisk(t)
//	g := usblab.Start(t, usblab.Options{
//		Disk:  disk, // mounted on /data
//		Files: map[string]string{"/bin/magicbutton": usblab.Build(t, "magicbutton/cmd/magicbutton")},
//	})
//	left := g.Plug(t, &usblab.Keyboard{Serial: "DESK-A", Port: 1})
//	agent := g.Start(t, usblab.Command{Args: []string{"magicbutton", "agent", "--db", "/data/desk.db"}})
//	agent.WaitStdout(t, "listening")
//	left.Press(t, "kp_1")
//	agent.WaitStdout(t, "#1")
//	g.PowerCut(t) // and Start again with the same disk
//
// Gadgets (Guest.Make) have any descriptor, number of interfaces and serial number;
// their reports are sent by the guest at an exact spacing and none is lost. A QEMU
// keyboard loses events that come faster than the guest fetches them; Keyboard.Pace
// says more. What programs send to a device, such as its lights, is in Outputs of
// either. A Recorder lists what reached the guest's own input devices.
//
// A test that fails shows the guest's console. When the test process dies, so does
// the guest.
package usblab
