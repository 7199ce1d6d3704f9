package main

import (
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// completeFiles makes the shell complete names of files where help says FILE, those
// with an extension where it says FILE.json, and nowhere else: a host is no file.
func completeFiles(cmd *cobra.Command) {
	cmd.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		word, _ := pflag.UnquoteUsage(f)
		if _, has := cmd.GetFlagCompletionFunc(f.Name); !has && isFile(word) {
			mustComplete(cmd, f.Name, func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
				return filesOf(word)
			})
		}
	})
	if words := argWords(cmd); cmd.ValidArgsFunction == nil && slices.ContainsFunc(words, isFile) {
		cmd.ValidArgsFunction = func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return filesOf(wordAt(cmd, words, len(args)))
		}
	}
	for _, sub := range cmd.Commands() {
		completeFiles(sub)
	}
}

// fileWord is how help writes a file: FILE, RUN or LOG, or a word with an extension; DIR is a
// directory.
var fileWord = regexp.MustCompile(`^(FILE|RUN|LOG|DIR|[A-Z]+\.(json|jsonl|yaml))$`)

func isFile(word string) bool { return fileWord.MatchString(word) }

// filesOf makes the shell complete what stands for a word of help.
func filesOf(word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	switch _, extension, _ := strings.Cut(word, "."); {
	case !isFile(word):
		return nil, cobra.ShellCompDirectiveNoFileComp
	case word == "DIR":
		return nil, cobra.ShellCompDirectiveFilterDirs
	case extension == "yaml":
		return []cobra.Completion{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
	case extension != "":
		return []cobra.Completion{extension}, cobra.ShellCompDirectiveFilterFileExt
	}
	return nil, cobra.ShellCompDirectiveDefault
}

// argWords are the words for a command's arguments: FILE.yaml and HOST of
// "run FILE.yaml [HOST[:PORT]...]".
func argWords(cmd *cobra.Command) []string {
	var words []string
	for _, field := range strings.Fields(cmd.Use)[1:] {
		word, _, _ := strings.Cut(strings.TrimPrefix(field, "["), "[")
		words = append(words, strings.TrimRight(word, ".]"))
	}
	return words
}

// wordAt is the word for the argument with index i: the last one may be repeated.
func wordAt(cmd *cobra.Command, words []string, i int) string {
	switch {
	case i < len(words):
		return words[i]
	case strings.HasSuffix(strings.TrimRight(cmd.Use, "]"), "..."):
		return words[len(words)-1]
	}
	return ""
}

// mustComplete makes the shell complete the values of a flag.
func mustComplete(cmd *cobra.Command, flag string, values cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, values); err != nil {
		panic(err) // the flag does not exist
	}
}

// completeValues makes the shell complete a flag that has a list of values.
func completeValues(cmd *cobra.Command, flag string, values []cobra.Completion) {
	mustComplete(cmd, flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}

// completeScenario completes the name of a built-in scenario.
func completeScenario(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var all []cobra.Completion
	for _, name := range scenarios.BuiltinNames() {
		s, err := scenarios.Builtin(name)
		if err != nil {
			panic(err) // it is embedded, and a test reads each of them
		}
		all = append(all, cobra.CompletionWithDesc(name, s.Description))
	}
	return all, cobra.ShellCompDirectiveNoFileComp
}

// completeOut completes the FORMAT= of --out. Where no format begins so, and after
// the =, the shell completes files.
func completeOut(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var all []cobra.Completion
	for _, f := range report.Formats() {
		if format := string(f) + "="; strings.HasPrefix(format, typed) && format != typed {
			all = append(all, format)
		}
	}
	if all == nil {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return all, cobra.ShellCompDirectiveNoSpace
}
