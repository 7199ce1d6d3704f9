package main

import (
	"fmt"
	"strings"
)

// A block is a run of statements without a jump, as Go's cover tool has them.
type block struct {
	File      string // below the root
	Line, Col int
	EndLine   int
	EndCol    int
}

// holds reports whether a place is in the block.
func (b block) holds(line, col int) bool {
	after := line > b.Line || line == b.Line && col >= b.Col
	before := line < b.EndLine || line == b.EndLine && col < b.EndCol
	return after && before
}

// readProfile reads a cover profile: its blocks, and whether each was executed.
func readProfile(profile string) (map[block]bool, error) {
	out := map[block]bool{}
	for line := range strings.Lines(profile) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "mode:") {
			continue
		}
		var b block
		var statements, count int
		file, rest, _ := strings.Cut(line, ":")
		if _, err := fmt.Sscanf(rest, "%d.%d,%d.%d %d %d", &b.Line, &b.Col, &b.EndLine, &b.EndCol, &statements, &count); err != nil {
			return nil, fmt.Errorf("line of a cover profile %q: %w", line, err)
		}
		b.File = strings.TrimPrefix(file, module+"/")
		out[b] = out[b] || count > 0
	}
	return out, nil
}
