package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// unknownCommand is the error for a word that is no command here.
func unknownCommand(cmd *cobra.Command, word string) error {
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(word); len(near) > 0 {
		return fmt.Errorf("unknown command %q; did you mean %s?", word, near[0])
	}
	return fmt.Errorf("unknown command %q; %s --help lists them", word, cmd.CommandPath())
}
