//go:build unix

package main

import "time"

// interruptRow is a command line that is interrupted. ADDR is a node of a cluster of its own,
// DIR a directory of its own, in which it may find what interruptFiles has.
type interruptRow struct {
	command string
	args    []string
	lasts   time.Duration // it is interrupted at a moment before this
	codes   []int         // that it ends with when nobody interrupts it
	endless bool          // nothing but a signal ends it
	prints  bool          // it opens, serves and writes nothing
	scraped bool          // it is asked, at the address that it prints, for a run
}

// interruptLogin are the flags of a login whose password must be seen nowhere, interruptOut
// those of what is written.
var (
	interruptLogin = []string{"--auth", "ldap", "--user", "ann", "--password-file", "DIR/pw", "--allow-cleartext-auth", "--timeout", "20s"}
	interruptOut   = []string{"--out", "DIR/r.json", "--out", "DIR/r.html", "--observations", "DIR/o.jsonl"}
)

// A command of the user's says who it is, so that it is seen whether it is left behind.
const (
	eventCommand    = "echo $$ > DIR/pid; exec sleep 1000"
	passwordCommand = "echo $$ > DIR/pid; sleep 0.1; echo s3cret"
)

// opens is a row of a command that opens sessions.
func opens(command string, lasts time.Duration, args ...string) interruptRow {
	all := append(append([]string{}, interruptLogin...), interruptOut...)
	return interruptRow{command: command, args: append(all, args...), lasts: lasts, codes: []int{exitPass, exitFail, exitInconclusive}}
}

// prints is a row of a command that is over soon.
func prints(command string, args ...string) interruptRow {
	return interruptRow{command: command, args: args, lasts: 300 * time.Millisecond, codes: []int{exitPass}, prints: true}
}

var interruptRows = []interruptRow{
	opens("smoke", 1500*time.Millisecond, "ADDR", "--sessions", "40", "--serve", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0"),
	opens("spread", 1500*time.Millisecond, "ADDR", "--sessions", "40"),
	opens("run", 1500*time.Millisecond, "DIR/s.yaml", "ADDR"),
	opens("query", 1500*time.Millisecond, "ADDR", "--sql", "SELECT count(*) FROM t"),
	opens("capacity", 1500*time.Millisecond, "ADDR", "--hold", "20", "--for", "500ms"),
	opens("idle", 1500*time.Millisecond, "ADDR", "--idle-steps", "200ms,600ms", "--min-idle", "100ms"),
	opens("handle-reuse", 1500*time.Millisecond, "ADDR"),
	{command: "watch", args: []string{"ADDR", "--auth", "ldap", "--user", "ann", "--password-command", passwordCommand, "--allow-cleartext-auth", "--timeout", "20s",
		"--out", "DIR/r.json", "--observations", "DIR/o.jsonl", "--watch-for", "1s", "--on-event", eventCommand}, lasts: 1500 * time.Millisecond, codes: []int{exitPass, exitFail, exitInconclusive}, endless: true},
	{command: "doctor", args: append([]string{"ADDR"}, interruptLogin...), lasts: time.Second, codes: []int{exitPass, exitFail}},
	{command: "tls", args: []string{"ADDR", "--timeout", "2s", "--out", "DIR/r.json"}, lasts: time.Second, codes: []int{exitUnmeasured}},
	{command: "demo", args: []string{"--auth", "ldap", "--timeout", "20s", "--sessions", "40", "--out", "DIR/r.json", "--observations", "DIR/o.jsonl"}, lasts: 2 * time.Second, codes: []int{exitPass, exitInconclusive}},
	{command: "sim", args: []string{"--tls", "--ca-out", "DIR/ca.pem", "--client-out", "DIR/client.pem", "--auth", "ldap", "--user", "ann", "--password-file", "DIR/pw"}, lasts: time.Second, codes: []int{exitPass}, endless: true},
	{command: "exporter", args: []string{"--config", "DIR/exporter.yaml", "--listen", "127.0.0.1:0"}, lasts: 1500 * time.Millisecond, codes: []int{exitPass}, endless: true, scraped: true},
	{command: "provision plan", args: []string{"-f", "DIR/lb.yaml"}, lasts: time.Second, codes: []int{exitPass}},
	{command: "provision apply", args: []string{"-f", "DIR/lb.yaml"}, lasts: time.Second, codes: []int{exitPass}},
	{command: "provision status", args: []string{"-f", "DIR/lb.yaml"}, lasts: time.Second, codes: []int{exitFail}},
	{command: "provision destroy", args: []string{"-f", "DIR/lb.yaml", "--yes", "blue"}, lasts: time.Second, codes: []int{exitPass}},
	{command: "audit", args: []string{"impala-prod", "--out", "DIR/r.json"}, lasts: time.Second, codes: []int{exitFail}},
	{command: "reconcile", args: []string{"TESTDATA/capacity-full.json", "DIR/log"}, lasts: 300 * time.Millisecond, codes: []int{exitUsage}},
	{command: "report", args: []string{"TESTDATA/pass.json", "--explain", "--out", "DIR/report.html", "--out", "DIR/report.xml"}, lasts: 500 * time.Millisecond, codes: []int{exitPass}},
	{command: "compare", args: []string{"TESTDATA/pass.json", "TESTDATA/pass.json"}, lasts: 300 * time.Millisecond, codes: []int{exitPass}},
	{command: "merge", args: []string{"TESTDATA/pass.json", "DIR/second.json", "--out", "DIR/merged.json"}, lasts: 500 * time.Millisecond, codes: []int{exitPass}},
	{command: "man", args: []string{"DIR"}, lasts: 500 * time.Millisecond, codes: []int{exitPass}},
	prints("job kubernetes", "--shards", "2", "--image", "x:1", "--", "smoke", "impala.example.com"),
	prints("job batch", "--shards", "2", "--image", "x:1", "--queue", "q", "--", "smoke", "impala.example.com"),
	prints("provision init", "blue"),
	prints("scenarios list"),
	prints("scenarios show", "smoke"),
	prints("scenarios check", "DIR/s.yaml"),
	prints("scenarios schema"),
	prints("size", "400"),
	prints("completion bash"),
	prints("completion zsh"),
	prints("completion fish"),
	prints("completion powershell"),
	prints("version"),
	prints("help", "smoke"),
}

// interruptFiles are the files in the directory of each.
var interruptFiles = map[string]string{
	"pw":     "s3cret\n",
	"s.yaml": "name: mine\nload: {sessions: 40, burst: 4}\n",
	"log":    "Nov 29 08:00:00 host haproxy[1]: nothing\n",
	"exporter.yaml": `targets:
  lb:
    scenario: smoke
    endpoints: ["ADDR"]
    settings:
      auth.mechanism: ldap
      auth.user: ann
      auth.password_file: DIR/pw
      auth.allow_cleartext: true
      load.timeout: 20s
`,
}
