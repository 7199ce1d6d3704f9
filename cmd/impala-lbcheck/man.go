package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/manpage"
)

// newMan is the command with which releases make the man pages. It is hidden, for a user
// has the pages installed.
func newMan() *cobra.Command {
	return &cobra.Command{
		Use:     "man DIR",
		Short:   "Write the man pages of all commands to a directory",
		Example: "  impala-lbcheck man ~/.local/share/man/man1",
		Args:    exactly("DIR"),
		Hidden:  true,
		RunE: func(cmd *cobra.Command, args []string) error {
			return writeManPages(cmd.Root(), args[0])
		},
	}
}

// writeManPages writes a page for each command into dir, which is created.
func writeManPages(root *cobra.Command, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("man pages: %w", err)
	}
	header := manpage.Header{Version: version(), Date: commitDate()}
	for _, cmd := range manpage.Commands(root) {
		var page bytes.Buffer
		if err := manpage.Write(&page, cmd, header); err != nil {
			return fmt.Errorf("man page of %s: %w", cmd.CommandPath(), err)
		}
		if err := os.WriteFile(filepath.Join(dir, manpage.Name(cmd)+".1"), page.Bytes(), 0o644); err != nil {
			return fmt.Errorf("man pages: %w", err)
		}
	}
	return nil
}
