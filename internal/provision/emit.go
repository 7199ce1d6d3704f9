package provision

import (
	"fmt"
	"regexp"
	"strings"
)

// Script is a plan as a shell script of AWS CLI commands: the same inputs in the
// same order, in the same account only. Unlike Apply it reads nothing, so it is valid
// only while AWS is as the plan found it. Where something stops the plan, it only says
// so.
func Script(p Plan) string {
	var b strings.Builder
	fmt.Fprintf(&b, "#!/bin/sh\n# %s in %s: %d changes\nset -eu\n", oneLine(p.Cluster), oneLine(p.Region), p.Writes())
	if stop := p.Stops(); len(stop) > 0 {
		for _, c := range stop {
			fmt.Fprintf(&b, "echo %s >&2\n", quote(oneLine(c.Resource+" "+c.Name+": "+c.Why)))
		}
		return b.String() + "echo 'Nothing was changed.' >&2\nexit 1\n"
	}
	fmt.Fprintf(&b, "export AWS_REGION=%s\n", quote(p.Region))
	fmt.Fprintf(&b, "account=$(aws sts get-caller-identity --query Account --output text)\n"+
		"test \"$account\" = %s || { echo \"these credentials are for account $account\" >&2; exit 1; }\n", quote(p.Account))
	for _, c := range p.Changes {
		if c.Action == NoOp {
			continue
		}
		fmt.Fprintf(&b, "\n# %s\n", oneLine(c.summary()))
		switch line := commandOf(c.CLI); {
		case c.Alone:
			fmt.Fprintf(&b, "echo %s >&2\n", quote(oneLine(c.Resource+" "+c.Name+": "+c.Why)))
		case line == "":
		case c.variable != "":
			fmt.Fprintf(&b, "%s=$(%s)\n", c.variable, line)
		case c.Resource == issueResource:
			fmt.Fprintf(&b, "%s%s\n", showRecord(c.CLI), line)
		default:
			fmt.Fprintf(&b, "%s\n", line)
		}
	}
	return b.String()
}

// showRecord prints the validation record before the wait for it: ACM publishes it
// some seconds after the request.
func showRecord(wait []string) string {
	describe := []string{"aws", "acm", "describe-certificate", "--certificate-arn", wait[len(wait)-1],
		"--query", "Certificate.DomainValidationOptions[].ResourceRecord.[Name,Type,Value]", "--output", "text"}
	return "echo 'Create this record in the public zone, and keep it for renewals:' >&2\n" +
		"until " + commandOf(describe) + " | grep CNAME >&2; do sleep 5; done\n"
}

// oneLine keeps a comment a comment.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func commandOf(args []string) string { return strings.Join(mapSlice(args, quote), " ") }

// laterForm matches the variables for ids that are not known yet.
var laterForm = regexp.MustCompile(`\$\{(FRONT_GROUP|BACK_GROUP|CERTIFICATE|LOAD_BALANCER|(TARGET_GROUP|LISTENER)_[0-9]+)\}`)

// quote writes an argument for a POSIX shell. Variables for ids that are not known
// yet are expanded; all else is literal.
func quote(arg string) string {
	if at := laterForm.FindStringIndex(arg); at != nil {
		return quoteIfAny(arg[:at[0]]) + `"` + arg[at[0]:at[1]] + `"` + quoteIfAny(arg[at[1]:])
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
