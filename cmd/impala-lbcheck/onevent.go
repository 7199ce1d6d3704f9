package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// maxEventWords bounds what is kept of a command's own words.
const maxEventWords = 200

// onEvent runs the command of a watch by the system's shell, as the user who
// wrote it. Its output is not the report's: the end of it is told where it fails.
func onEvent(ctx context.Context, command string) error {
	cmd := exec.CommandContext(ctx, shell[0], slices.Concat(shell[1:], []string{command})...)
	cmd.WaitDelay = time.Second // a child of the shell may keep the pipe open
	out, err := cmd.CombinedOutput()
	if err == nil || errors.Is(err, exec.ErrWaitDelay) {
		return nil
	}
	words := strings.Join(strings.Fields(string(out)), " ")
	if len(words) > maxEventWords {
		words = "..." + words[len(words)-maxEventWords:]
	}
	if words == "" {
		return fmt.Errorf("the command failed: %w", err)
	}
	return fmt.Errorf("the command failed: %w: %s", err, words)
}
