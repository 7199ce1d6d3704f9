package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// unknownCommand is the error for a word that is no command here.
func unknownCommand(cmd *cobra.Command, word string) error {
	if strings.Contains(word, "@") { // user:password@host, which belongs nowhere and is not to be shown
		return fmt.Errorf("unknown command; %s --help lists them", cmd.CommandPath())
	}
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(word); len(near) > 0 {
		return fmt.Errorf("unknown command %q; did you mean %s?", word, near[0])
	}
	return fmt.Errorf("unknown command %q; %s --help lists them", word, cmd.CommandPath())
}

// noUnknown refuses a word that is no command, naming the nearest ones.
func noUnknown(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return unknownCommand(cmd, args[0])
}

// exactly wants one argument, called what.
func exactly(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch len(args) {
		case 0:
			return fmt.Errorf("no %s: %s", what, cmd.UseLine())
		case 1:
			return nil
		}
		return fmt.Errorf("%d arguments in place of one %s: %s", len(args), what, cmd.UseLine())
	}
}

// atLeastOne wants an argument, called what, and takes more.
func atLeastOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return fmt.Errorf("no %s: %s", what, cmd.UseLine())
		}
		return nil
	}
}

// atMostOne takes one argument, called what, or none.
func atMostOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return fmt.Errorf("%d arguments; at most one %s: %s", len(args), what, cmd.UseLine())
		}
		return nil
	}
}

// none wants no argument.
func none(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return fmt.Errorf("%s takes no argument: %s", cmd.CommandPath(), cmd.UseLine())
}
