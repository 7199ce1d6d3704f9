// Package lbcheck runs scenarios against a cluster: it joins package run, which
// measures and judges, and package hs2client, which dials. It is what the command
// impala-lbcheck is made of, for programs that check a load balancer themselves.
//
//	s, err := scenarios.Builtin("smoke")
//	s.Target.Endpoints = []string{"impala.example.com"}
//	r, err := lbcheck.Run(ctx, s, lbcheck.Options{})
//	// r.Verdict, r.Findings; package report renders r.
//
// [Run] carries out every kind of scenario. [Check] says beforehand, and without
// sending anything, why one must not run. [Options.Open] and [Options.Handshake]
// are for callers of package run who want to stand between the two.
//
// # What it does not do
//
// It reads no argument, environment variable, file or terminal: what a scenario
// names (tls.ca_cert, auth.password_file, target.web_password_file, ...) is the caller's
// to read and to pass in [Options], and a scenario without them is refused rather
// than run with less. It starts no process: watch.on_event is executed by the
// caller's own function, if there is one. It writes nothing and logs nothing. It
// retries nothing. The password is in no result and no error, also where a server
// repeats it.
package lbcheck
