package main

import (
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// leafNames are all commands that do something, as users write them.
func leafNames() []string {
	var names []string
	for _, c := range commandsOf(wholeTree()) {
		names = append(names, nameOf(c))
	}
	return names
}

// wholeTree is the command line, with the commands that cobra adds.
func wholeTree() *cobra.Command {
	root := newRoot(env{out: io.Discard, err: io.Discard})
	root.InitDefaultHelpCmd()
	completeInAnyBash(root)
	return root
}

// commandsOf are a command and all below it, as far as they do something.
func commandsOf(c *cobra.Command) []*cobra.Command {
	var all []*cobra.Command
	if c.HasParent() && c.Runnable() && !c.HasSubCommands() {
		all = append(all, c)
	}
	for _, sub := range c.Commands() {
		all = append(all, commandsOf(sub)...)
	}
	return all
}

// nameOf is a command as users write it, without the program.
func nameOf(c *cobra.Command) string {
	_, name, _ := strings.Cut(c.CommandPath(), " ")
	return name
}
