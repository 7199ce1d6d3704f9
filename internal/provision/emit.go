package provision

import (
	"fmt"
	"strings"
)

// Script is a plan as a shell script of AWS CLI commands: the same inputs in the
// same order. Unlike Apply it reads nothing, so it is valid only while AWS is as
// the plan found it.
func Script(p Plan) string {
	var b strings.Builder
	fmt.Fprintf(&b, "#!/bin/sh\n# %s in %s: %d changes\nset -eu\nexport AWS_REGION=%s\n", oneLine(p.Cluster), oneLine(p.Region), p.Writes(), quote(p.Region))
	for _, c := range p.Changes {
		if c.Action == NoOp {
			continue
		}
		fmt.Fprintf(&b, "\n# %s\n", oneLine(c.summary()))
		switch line := commandOf(c.CLI); {
		case c.Stops():
			fmt.Fprintf(&b, "echo %s >&2; exit 1\n", quote(c.Resource+" "+c.Name+": "+c.Why))
		case line == "":
		case c.variable != "":
			fmt.Fprintf(&b, "%s=$(%s)\n", c.variable, line)
		default:
			fmt.Fprintf(&b, "%s\n", line)
		}
	}
	return b.String()
}

// oneLine keeps a comment a comment.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func commandOf(args []string) string { return strings.Join(mapSlice(args, quote), " ") }

// quote writes an argument for a POSIX shell. Variables for ids that are not known
// yet are expanded; all else is literal.
func quote(arg string) string {
	for _, later := range []string{frontGroupVar, backGroupVar, certificateVar} {
		if before, after, found := strings.Cut(arg, later); found {
			return quoteIfAny(before) + `"` + later + `"` + quoteIfAny(after)
		}
	}
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:,+@%", r)
	}
	if arg != "" && strings.IndexFunc(arg, func(r rune) bool { return !plain(r) }) < 0 {
		return arg
	}
	return `'` + strings.ReplaceAll(arg, `'`, `'\''`) + `'`
}

func quoteIfAny(s string) string {
	if s == "" {
		return ""
	}
	return quote(s)
}
