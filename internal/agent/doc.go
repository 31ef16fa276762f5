// Package agent owns the database: presses in, events stored, feedback out. It
// also serves the local API, since nobody else can open the file while it runs.
//
// The path of a press: [hid.Listener] recognises it; [Agent.listen] takes it from
// there, looks up what its key is bound to, has [Desk.Press] store it, and only
// when that is on the disk answers with the device's light. A press that the disk
// does not take waits in the desk, and [Agent.keep] stores it when it does.
package agent
