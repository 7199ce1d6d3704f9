//go:build linux

package main

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simkdc"
)

// The Kerberos realm, and the service that every coordinator has the key of.
const (
	realmName   = "EXAMPLE.COM"
	serviceName = "impala"
)

// realmFiles are the files that clients log in with.
type realmFiles struct {
	conf   string // krb5.conf
	keytab string // of the user
	ccache string // written by MIT's library for impyla
}

func (l *lab) realm() realmFiles {
	return realmFiles{conf: l.file("krb5.conf"), keytab: l.file("user.keytab"), ccache: l.file("ccache")}
}

// serviceKeytab is the file with the key of the service; passwordFile that with the
// password of the user.
func (l *lab) serviceKeytab() string { return l.file("service.keytab") }
func (l *lab) passwordFile() string  { return l.file("password") }

// startKDC starts a KDC in this process, and writes the files of the logins.
func (l *lab) startKDC(context.Context) error {
	kdc, err := simkdc.Start(simkdc.Config{Realm: realmName})
	if err != nil {
		return err
	}
	l.kdc = kdc
	const spn = serviceName + "/" + serverName
	if err := errors.Join(kdc.AddUser(userName, userPassword), kdc.AddService(spn)); err != nil {
		return err
	}
	r := l.realm()
	if err := os.Remove(r.ccache); err != nil && !errors.Is(err, fs.ErrNotExist) { // tickets of an earlier KDC
		return err
	}
	return errors.Join(
		os.WriteFile(r.conf, []byte(kdc.Krb5Conf()), 0o600),
		os.WriteFile(r.keytab, kdc.Keytab(userName), 0o600),
		os.WriteFile(l.serviceKeytab(), kdc.Keytab(spn), 0o600),
		os.WriteFile(l.passwordFile(), []byte(userPassword+"\n"), 0o600),
	)
}
