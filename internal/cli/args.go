package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// noArgs refuses arguments. Of a command that has others below it, an argument is
// one of them that does not exist.
func noArgs(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return nil
	case cmd.HasSubCommands():
		return unknownCommand(cmd, args[0])
	}
	return fmt.Errorf("%s takes no arguments, got %q", cmd.Name(), args[0])
}

func unknownCommand(parent *cobra.Command, name string) error {
	if near := parent.SuggestionsFor(name); len(near) > 0 {
		return fmt.Errorf("unknown command %q (did you mean %q?)", name, near[0])
	}
	return fmt.Errorf("unknown command %q", name)
}

// oneArg wants one argument, named as the usage line names it.
func oneArg(name string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch len(args) {
		case 0:
			return fmt.Errorf("%s: no %s is given", cmd.Name(), name)
		case 1:
			return nil
		}
		return fmt.Errorf("%s: want one %s, got %q too", cmd.Name(), name, args[1])
	}
}

// noEmptyFlag refuses a flag that is given as "", as by a script whose variable is
// not set: the default would stand for what was meant. By nothing, and nothing
// noted, are answers.
func noEmptyFlag(cmd *cobra.Command) error {
	var errs []error
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if f.Value.Type() == "string" && f.Value.String() == "" && f.Name != "by" && f.Name != "note" {
			errs = append(errs, fmt.Errorf("--%s is empty", f.Name))
		}
	})
	return errors.Join(errs...)
}

// helpArgs refuses what is no command: cobra's own help shows something else then.
func helpArgs(cmd *cobra.Command, args []string) error {
	topic, rest, err := cmd.Root().Find(args)
	if err == nil && len(rest) > 0 {
		err = unknownCommand(topic, rest[0])
	}
	return err
}

// settle gives every command what cobra has no default for: wrong arguments are
// usage errors, and the shell offers no file names where there are no arguments.
func settle(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error { return usage(check(cmd, args)) }
	}
	if cmd.ValidArgsFunction == nil && !cmd.HasSubCommands() {
		cmd.ValidArgsFunction = cobra.NoFileCompletions
	}
	if cmd.Name() == "help" {
		cmd.Args = func(cmd *cobra.Command, args []string) error { return usage(helpArgs(cmd, args)) }
		cmd.Example = "  magicbutton help tally\n  magicbutton help export events"
	}
	cmd.SuggestionsMinimumDistance = 2 // letters that may be wrong
	for _, sub := range cmd.Commands() {
		settle(sub)
	}
}

// flagError says in words of ours what is wrong with a number: in a flag, or one that is
// negative and so was read as flags of a letter each.
func flagError(err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		word := unknown.GetSpecifiedShortnames()
		if _, number := strconv.ParseFloat(word, 64); number == nil && word[0] <= '9' { // no infinity
			return fmt.Errorf("-%s: want a number that is not negative", word)
		}
	}
	var number *strconv.NumError
	if !errors.As(err, &number) {
		return err
	}
	said, _, _ := strings.Cut(err.Error(), ": strconv.")
	if errors.Is(number, strconv.ErrRange) {
		return fmt.Errorf("%s: the number is too large", said)
	}
	return fmt.Errorf("%s: want a whole number", said)
}
