package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/flags"
	"github.com/impala-lbcheck/impala-lbcheck/internal/shellcmd"
)

// userCommand is a command line that the user gave, without our secrets in its
// environment. At a terminal it may ask the user, which takes our process group.
func userCommand(e env, text string) shellcmd.Command {
	_, attached := terminalOf(e.in)
	return shellcmd.Command{Text: text, Env: withoutSecrets(os.Environ()), Attached: attached}
}

func withoutSecrets(environ []string) []string {
	return slices.DeleteFunc(environ, func(kv string) bool {
		key, _, _ := strings.Cut(kv, "=")
		return slices.ContainsFunc(flags.SecretVariables(), func(v string) bool { return strings.EqualFold(v, key) })
	})
}

// maxEventWords bounds what is kept of a command's own words, in bytes.
const maxEventWords = 200

// onEvent runs the command of a watch, as the user who wrote it. Its output is
// not the report's: the end of it is told where it fails.
func onEvent(e env) func(context.Context, string) error {
	return func(ctx context.Context, text string) error {
		output := &shellcmd.Tail{Max: 4 << 10}
		c := userCommand(e, text)
		c.Stdout, c.Stderr = output, output
		err := c.Run(ctx)
		if err == nil {
			return nil
		}
		words := strings.Join(strings.Fields(strings.ToValidUTF8(string(output.Bytes()), "?")), " ")
		if len(words) > maxEventWords {
			words = "..." + strings.ToValidUTF8(words[len(words)-maxEventWords:], "")
		}
		if words == "" {
			return fmt.Errorf("the command failed: %w", err)
		}
		return fmt.Errorf("the command failed: %w: %s", err, words)
	}
}
