package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// simLogin is what the cluster of sim accepts as logins.
type simLogin struct {
	auth         string
	user         string
	passwordFile string
	keytab       string
	principal    string
	jwks         string
	proxyUsers   string
	sharedKey    bool
}

// authModes are the values of --auth, the default first.
var authModes = []string{"none", "ldap", "kerberos", "ldap+kerberos", "jwt"}

func (l *simLogin) bind(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&l.auth, "auth", authModes[0], "authentication: "+strings.Join(authModes, ", "))
	f.StringVar(&l.user, "user", demoUser, "user name to accept")
	f.StringVar(&l.passwordFile, "password-file", "", "`FILE` with the password to accept; others must not be able to read or change it")
	f.StringVar(&l.keytab, "keytab", "", "`FILE` with the keys of the service, for kerberos; others must not be able to read or change it")
	f.StringVar(&l.principal, "principal", "", "principal whose tickets the binary ports accept, `SERVICE/HOST@REALM` (default: the keytab's first)")
	f.StringVar(&l.jwks, "jwks", "", "`FILE` with the JSON Web Key Set of the tokens to accept (default: as in Impala, every signed token)")
	f.StringVar(&l.proxyUsers, "proxy-users", "", "who may act for whom, `USER=DELEGATE,...;...`, as in Impala's authorized_proxy_user_config; * is everybody (default: nobody may)")
	f.BoolVar(&l.sharedKey, "shared-cookie-key", false, "the coordinators accept each other's cookies, as with Impala's cookie_secret_file")
	completeValues(cmd, "auth", authModes)
}

// files are those that must not be written over.
func (l *simLogin) files() []namedFile {
	return []namedFile{{"a password file", l.passwordFile}, {"the keytab", l.keytab}, {"the key set", l.jwks}}
}

// apply makes the cluster accept the logins.
func (l *simLogin) apply(ctx context.Context, config *simcluster.Config) (err error) {
	config.SharedCookieKey = l.sharedKey
	if config.ProxyUsers, err = parseProxyUsers(l.proxyUsers); err != nil {
		return err
	}
	for way := range strings.SplitSeq(l.auth, "+") {
		switch way {
		case "none":
		case "ldap":
			err = l.acceptPassword(ctx, config)
		case "kerberos":
			err = l.acceptTickets(ctx, config)
		case "jwt":
			err = l.acceptTokens(ctx, config)
		default:
			err = fmt.Errorf("--auth %s: it must be one of %s", l.auth, strings.Join(authModes, ", "))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// parseProxyUsers reads --proxy-users.
func parseProxyUsers(text string) (map[string][]string, error) {
	if text == "" {
		return nil, nil
	}
	users := map[string][]string{}
	for entry := range strings.SplitSeq(text, ";") {
		user, delegates, ok := strings.Cut(strings.TrimSpace(entry), "=")
		if !ok || user == "" || delegates == "" {
			return nil, fmt.Errorf("--proxy-users %s: it must be USER=DELEGATE,... with semicolons between users, such as hue=*;bi=alice,bob", text)
		}
		users[user] = strings.Split(delegates, ",")
	}
	return users, nil
}

func (l *simLogin) acceptPassword(ctx context.Context, config *simcluster.Config) error {
	if l.passwordFile == "" {
		return fmt.Errorf("--auth %s needs --password-file with the password to accept", l.auth)
	}
	password, err := secretFromFile(ctx, "password", l.passwordFile)
	config.Auth |= simcluster.AuthLDAP
	config.Users = map[string]string{l.user: password}
	return err
}

func (l *simLogin) acceptTickets(ctx context.Context, config *simcluster.Config) (err error) {
	if l.keytab == "" {
		return fmt.Errorf("--auth %s needs --keytab with the keys of the service", l.auth)
	}
	config.Auth |= simcluster.AuthKerberos
	config.Principal = l.principal
	if config.Keytab, err = readSecretFile(ctx, l.keytab, maxKerberosFile); err != nil {
		return fmt.Errorf("--keytab: %w", err)
	}
	return nil
}

func (l *simLogin) acceptTokens(ctx context.Context, config *simcluster.Config) (err error) {
	if !config.HTTP {
		return errors.New("--auth jwt needs --hs2-http-port: a token is sent over HTTP alone")
	}
	config.Auth |= simcluster.AuthJWT
	if l.jwks == "" {
		return nil
	}
	if config.JWKS, err = readFile(ctx, l.jwks, maxSettings); err != nil {
		return fmt.Errorf("--jwks: %w", err)
	}
	return nil
}
