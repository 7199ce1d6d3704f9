package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/flags"
	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/keytab"
	"github.com/impala-lbcheck/impala-lbcheck/internal/krb5conf"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// The variables of Kerberos's own that are read.
const (
	krb5ConfVariable   = "KRB5_CONFIG"
	krb5CCNameVariable = "KRB5CCNAME"
)

// systemKrb5Conf is read where nothing names another file.
const systemKrb5Conf = "/etc/krb5.conf"

// readKerberos reads what a login with Kerberos needs. No server is asked yet.
func readKerberos(ctx context.Context, e env, a scenarios.Auth) (hs2client.KerberosLogin, error) {
	login := hs2client.KerberosLogin{Principal: a.Principal}
	conf, err := readKrb5Conf(ctx, e, a.Krb5Conf)
	if err != nil {
		return login, err
	}
	login.Conf = conf
	if err := checkWhosePassword(e, a); err != nil {
		return login, err
	}
	switch {
	case a.Keytab != "":
		if login.Keytab, err = readSecretFile(ctx, a.Keytab, maxKerberosFile); err != nil {
			return login, fmt.Errorf("--keytab: %w", err)
		}
		if err := checkKeytab(login.Keytab); err != nil {
			return login, fmt.Errorf("--keytab: %s: %w; klist -k shows what a keytab holds", a.Keytab, err)
		}
	case byPassword(e, a):
		login.Password, err = readSecret(ctx, e, passwordOf(a, a.Principal))
	default:
		login.CCache, err = readCCache(ctx, e, a, conf.CCacheName())
		if _, terminal := terminalOf(e.in); terminal && a.Principal != "" && a.CCache == "" && errors.Is(err, fs.ErrNotExist) {
			login.Password, err = readSecret(ctx, e, passwordOf(a, a.Principal))
		}
	}
	return login, err
}

// checkKeytab reports what is wrong with a keytab, so that nothing is sent.
func checkKeytab(data []byte) error {
	keys, err := keytab.Parse(data)
	if err == nil && len(keys) == 0 {
		err = errors.New("the keytab is empty")
	}
	return err
}

// byPassword reports whether a password was given for the principal.
func byPassword(e env, a scenarios.Auth) bool {
	given := a.PasswordFile != "" || a.PasswordCommand != "" || flags.Lookup(e.environ, flags.PasswordVariable) != ""
	return given && a.Principal != "" && a.CCache == ""
}

// checkWhosePassword refuses a password of the environment that nothing says the user of,
// where nothing else to log in with is named: a login by the credential cache would be
// another one than was meant. Of a password in a file the scenario says so.
func checkWhosePassword(e env, a scenarios.Auth) error {
	if flags.Lookup(e.environ, flags.PasswordVariable) == "" || a.Principal != "" || a.Keytab != "" || a.CCache != "" {
		return nil
	}
	return fmt.Errorf("%s is set, and nothing says whose password it is: --principal NAME; to log in with a ticket, unset it, or name the credential cache by --ccache", flags.PasswordVariable)
}

// readKrb5Conf reads the configuration, with what it includes: the file that is given, or
// those of KRB5_CONFIG, of which the first counts most, or the system's.
func readKrb5Conf(ctx context.Context, e env, given string) (hs2client.KerberosConf, error) {
	from, names := "--krb5-conf", []string{given}
	if given == "" {
		from, names = krb5ConfVariable, strings.Split(flags.Lookup(e.environ, krb5ConfVariable), string(os.PathListSeparator))
	}
	if names[0] == "" {
		from, names = "no other krb5.conf is named (--krb5-conf)", []string{systemKrb5Conf}
	}
	conf, err := hs2client.ReadKerberosConf(func(name string) ([]byte, error) { return readFile(ctx, name, maxKerberosFile) }, names...)
	if err != nil {
		return conf, fmt.Errorf("%s: %w", from, err)
	}
	return conf, nil
}

// readCCache reads the credential cache: the one that is given, or that kinit writes,
// which krb5.conf may say where.
func readCCache(ctx context.Context, e env, a scenarios.Auth, configured string) ([]byte, error) {
	name, from := a.CCache, "--ccache"
	if name == "" {
		name, from = krb5conf.CacheName(flags.Lookup(e.environ, krb5CCNameVariable), configured, cacheUser()), "no ticket: the credential cache"
	}
	readSecretly := func(name string) ([]byte, error) { return readSecretFile(ctx, name, maxKerberosFile) }
	file, err := krb5conf.CacheFile(name, readSecretly)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", from, err)
	}
	cache, err := readSecretly(file)
	switch {
	case err != nil && a.CCache == "":
		return nil, fmt.Errorf("%s: %w; run kinit, or give --ccache, --keytab, or --principal and a password", from, err)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", from, err)
	}
	return cache, nil
}

// cacheUser is whose cache the default one is.
func cacheUser() krb5conf.User {
	u := krb5conf.User{ID: os.Getuid()}
	if current, err := user.Current(); err == nil {
		u.Name, u.Home = current.Username, current.HomeDir
	}
	return u
}
