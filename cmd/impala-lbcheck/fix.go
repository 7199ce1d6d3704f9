package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/limits"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/threshold"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// fixFlags are the flags of the settings that fixes suggest.
var fixFlags = map[string]string{
	"target.protocol":       "--protocol",
	"target.dns":            "--dns",
	"target.web_port":       "--web-port",
	"target.confirm":        "--confirm",
	"auth.mechanism":        "--auth",
	"tls.enabled":           "--tls",
	"tls.ca_cert":           "--ca-cert",
	"tls.server_name":       "--server-name",
	"load.sessions":         "--sessions",
	"load.concurrency":      "--concurrency",
	"load.rate":             "--rate",
	"load.local_addresses":  "--local-address",
	"capacity.threads":      "--threads",
	"capacity.hold":         "--hold",
	"watch.for":             "--watch-for",
	"expect.min_idle":       "--min-idle",
	"identity_query":        "--identity-query",
	"strict_errors":         "--strict-errors",
	"thresholds":            "--threshold",
	"expect.coordinators":   "--expect-coordinators",
	"expect.nodes":          "--expect-nodes",
	"expect.version":        "--expect-version",
	"expect.slowest":        "--slowest",
	"expect.tls.issuer":     "--expect-issuer",
	"expect.balance.policy": "--policy",
}

// asFlag writes a fix's setting as a flag that can be pasted into a shell.
func asFlag(f vocab.Fix) string {
	flag, ok := fixFlags[f.Setting]
	switch {
	case !ok:
		return strings.TrimSpace(f.Setting + ": " + f.Value)
	case f.Value == "true":
		return flag
	case f.Value == "false":
		return "without " + flag
	case f.Value == "":
		return flag
	}
	return flag + " " + quoted(f.Value)
}

// inFlags writes what to try against a refused scenario with flags.
func inFlags(err error) error {
	if guard, ok := errors.AsType[*limits.GuardError](err); ok {
		return fmt.Errorf("%s; if permitted, add %s", guard.Text(), asFlag(guard.Fix()))
	}
	refused, ok := errors.AsType[*threshold.Error](err)
	if !ok || len(refused.Fix) == 0 {
		return err
	}
	return fmt.Errorf("%w: %s", err, report.Style{Setting: asFlag}.Fixes(refused.Fix))
}

// quoted is a value as one word of a shell.
func quoted(value string) string {
	if strings.IndexFunc(value, special) < 0 {
		return value
	}
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}

// special reports whether a shell may not take a character as it stands.
func special(r rune) bool {
	plain := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:,@%+", r)
	return !plain
}
