//go:build linux

package main

import "os"

// way is how our client comes in: what its flags say.
type way struct{ kerberos, password, http, tls bool }

// flags returns the flags of our client for a way in.
func (l *lab) flags(w way) ([]string, error) {
	var flags []string
	if w.http {
		flags = append(flags, "--protocol", "hs2-http", "--http-path", httpPath)
	}
	if w.password {
		file, err := l.passwordFile()
		if err != nil {
			return nil, err
		}
		flags = append(flags, "--auth", "ldap", "--user", ldapUser, "--password-file", file)
		if !w.tls {
			flags = append(flags, "--allow-cleartext-auth")
		}
	}
	if w.kerberos {
		k, err := l.kdc()
		if err != nil {
			return nil, err
		}
		flags = append(flags, k.flags(kdcPort)...)
	}
	if w.tls {
		certs, err := l.pki()
		if err != nil {
			return nil, err
		}
		flags = append(flags, "--tls", "--ca-cert", certs.root, "--server-name", lbName, "--expect-issuer", goodIssuer)
	}
	return flags, nil
}

// flags returns the flags of our client for a login with the balancer's principal and
// the user's keytab, at the KDC at a port.
func (k *kdc) flags(port int) []string { return k.userFlags(port, krbUser) }

func (k *kdc) userFlags(port int, user string) []string {
	return []string{"--auth", "kerberos", "--principal", user, "--keytab", k.file(user + ".keytab"),
		"--krb5-conf", k.conf(port), "--kerberos-host-fqdn", lbName}
}

// passwordFile writes the password of the directory's user to a file.
func (l *lab) passwordFile() (string, error) {
	path := l.file("run", "ldap-password")
	return path, os.WriteFile(path, []byte(ldapPassword+"\n"), 0o600)
}
