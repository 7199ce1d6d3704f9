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
