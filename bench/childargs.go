//go:build linux

package main

import (
	"context"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
)

// childArgs are the arguments of a child process.
type childArgs struct {
	client   string
	addrs    []string
	http     bool
	login    string                  // loginNone and so on
	kerberos hs2client.KerberosLogin // of loginKerberos
	roots    *x509.CertPool          // nil: plain TCP
	c        int
	window   time.Duration
	hold     int // number of sessions to hold
	parked   bool
	profile  string // file for a profile: CPU (load) or memory (hold); "": none
}

// parseChild parses the arguments of a child process and creates its client.
func parseChild(ctx context.Context, args []string) (childArgs, client, error) {
	o, err := parseChildArgs(args)
	if err != nil {
		return o, nil, err
	}
	cl, err := o.newClient(ctx)
	return o, cl, err
}

func parseChildArgs(args []string) (o childArgs, err error) {
	flags := flag.NewFlagSet("bench child", flag.ContinueOnError)
	flags.StringVar(&o.client, "client", clientOurs, "client to measure")
	addrs := flags.String("addrs", "", "addresses, separated by commas")
	flags.BoolVar(&o.http, "http", false, "HS2 over HTTP")
	flags.StringVar(&o.login, "login", loginNone, "login: password, kerberos; empty: none")
	conf := flags.String("krb5-conf", "", "krb5.conf of the login kerberos")
	keytab := flags.String("keytab", "", "keytab of the login kerberos")
	ca := flags.String("ca", "", "PEM file of the CA; empty: plain TCP")
	flags.IntVar(&o.c, "c", 1, "concurrent sessions")
	flags.DurationVar(&o.window, "window", time.Second, "duration of the turn")
	flags.IntVar(&o.hold, "n", 1000, "sessions to hold")
	flags.BoolVar(&o.parked, "parked", false, "let a goroutine wait on each session")
	flags.StringVar(&o.profile, "profile", "", "file for a profile of the CPU (load) or the memory (hold)")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	o.addrs = strings.Split(*addrs, ",")
	return o, errors.Join(o.readKerberos(*conf, *keytab), o.readRoots(*ca))
}

func (o *childArgs) readKerberos(conf, keytab string) error {
	if o.login != loginKerberos {
		return nil
	}
	text, err := os.ReadFile(conf)
	if err != nil {
		return err
	}
	if o.kerberos.Conf, err = hs2client.ParseKerberosConf(string(text)); err != nil {
		return err
	}
	o.kerberos.Keytab, err = os.ReadFile(keytab)
	return err
}

func (o *childArgs) readRoots(ca string) error {
	if ca == "" {
		return nil
	}
	pem, err := os.ReadFile(ca)
	if err != nil {
		return err
	}
	o.roots = x509.NewCertPool()
	if !o.roots.AppendCertsFromPEM(pem) {
		return errors.New("no certificate in " + ca)
	}
	return nil
}

// newClient creates the client.
func (o childArgs) newClient(ctx context.Context) (client, error) {
	if o.client == clientOurs || o.client == clientCalls {
		return newOurs(ctx, o)
	}
	if o.http || o.login != loginNone {
		return nil, fmt.Errorf("%s has no HTTP and no login here", o.client)
	}
	switch o.client {
	case clientRaw:
		return newRaw(ctx, o.addrs[0], o.roots)
	case clientGohive:
		return newGohive(o.roots), nil
	}
	return nil, fmt.Errorf("unknown client %q", o.client)
}
