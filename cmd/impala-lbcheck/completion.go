package main

import (
	"bytes"
	_ "embed" // for the functions in bash
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// bashFunctions replaces functions of the package bash-completion.
//
//go:embed completion.bash
var bashFunctions string

// completeInAnyBash makes the command that prints the completion for bash print one that
// works without the package bash-completion, too, which macOS and many images lack. Cobra
// adds that command when a command line runs; this has it added before.
func completeInAnyBash(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	if all, _, err := root.Find([]string{"completion"}); err == nil {
		all.Args, all.RunE = noUnknown, func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	}
	bash, _, err := root.Find([]string{"completion", "bash"})
	if err != nil {
		panic(err) // cobra has no such command any more
	}
	bash.Long = fmt.Sprintf(`Generate the autocompletion script for bash. With the package bash-completion it
completes words in quotes, too; without it, words are parted at blanks.

To load completions in the current shell:

  source <(%[1]s completion bash)

To load them in every new shell, add that line to ~/.bashrc, or, with
bash-completion, store them once:

  %[1]s completion bash > /etc/bash_completion.d/%[1]s`, root.Name())
	bash.RunE = func(cmd *cobra.Command, _ []string) error {
		bare, err := cmd.Flags().GetBool("no-descriptions")
		if err != nil {
			return err
		}
		return writeBashCompletion(cmd.OutOrStdout(), root, !bare)
	}
}

// In a bash that completes names of hosts, @ parts words, as = and : do. Cobra's script
// joins words again and strips what stands before for these two, and "dead@2" needs it for
// the third.
const (
	cobraJoins, joinsAt   = "-n =:", "-n =:@"
	cobraStrips, stripsAt = `_handle_special_char "$cur" :`, `_handle_at "$cur"`
)

// writeBashCompletion writes cobra's script, which calls our functions.
func writeBashCompletion(out io.Writer, root *cobra.Command, descriptions bool) error {
	var script bytes.Buffer
	if err := root.GenBashCompletionV2(&script, descriptions); err != nil {
		return err
	}
	function := "__" + root.Name()
	ours := strings.NewReplacer(
		"_filedir", function+"_filedir",
		cobraJoins, joinsAt,
		function+cobraStrips, function+stripsAt+"\n    "+function+cobraStrips,
	)
	_, err := io.WriteString(out, ours.Replace(script.String())+bashFunctions)
	return err
}
