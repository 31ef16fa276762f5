package cli

import "github.com/spf13/cobra"

// The groups of commands in the help.
const (
	groupDesk = "desk"
	groupLead = "lead"
	groupCare = "care"
)

// commands are all there are, in the order of the help.
var commands = []struct {
	name string
	make func(Env) *cobra.Command
}{
	{"init", newInitCommand},
	{"agent", newAgentCommand},
	{"open", newOpenCommand},
	{"devices", newDevicesCommand},
	{"labels", newLabelsCommand},
	{"press", newPressCommand},
	{"undo", newUndoCommand},
	{"demo", newDemoCommand},
	{"tally", newTallyCommand},
	{"events", newEventsCommand},
	{"report", newReportCommand},
	{"rehearse", newRehearseCommand},
	{"export", newExportCommand},
	{"import", newImportCommand},
	{"gather", newGatherCommand},
	{"contacts", newContactsCommand},
	{"action", newActionCommand},
	{"config", newConfigCommand},
	{"db", newDBCommand},
	{"doctor", newDoctorCommand},
	{"privacy", newPrivacyCommand},
	{"version", newVersionCommand},
}

// addCommands adds all commands, or only the one that a command line begins with:
// to make them all takes longer than some of them run.
func addCommands(root *cobra.Command, env Env, args []string) {
	for _, c := range commands {
		if len(args) > 0 && args[0] == c.name {
			root.AddCommand(c.make(env))
			root.CompletionOptions.DisableDefaultCmd = true
			return
		}
	}
	for _, c := range commands {
		root.AddCommand(c.make(env))
	}
}
