//go:build linux

package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"time"
)

// Where the LDAP directory listens, and the names of its users.
const (
	slapdAddress = "127.0.0.1:13890"
	slapdURL     = "ldap://" + slapdAddress
	slapdSuffix  = "dc=example,dc=com"
	slapdUserDN  = "uid=%s," + slapdSuffix
)

const slapdConf = `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
database mdb
maxsize 1048576
suffix "` + slapdSuffix + `"
directory %s
`

const slapdEntries = `dn: ` + slapdSuffix + `
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: uid=` + ldapUser + `,` + slapdSuffix + `
objectClass: inetOrgPerson
uid: ` + ldapUser + `
cn: ` + ldapUser + `
sn: ` + ldapUser + `
userPassword: ` + ldapPassword + `
`

// startSlapd starts OpenLDAP's server with one user. It is the servers that ask it, not
// our client.
func (l *lab) startSlapd(ctx context.Context) error {
	if err := l.packages(); err != nil {
		return err
	}
	dir := l.file("run", "slapd")
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	conf, entries := dir+"/slapd.conf", dir+"/entries.ldif"
	if err := os.WriteFile(conf, fmt.Appendf(nil, slapdConf, dir), 0o600); err != nil {
		return err
	}
	if err := os.WriteFile(entries, []byte(slapdEntries), 0o600); err != nil {
		return err
	}
	if _, err := runRequired(ctx, time.Minute, nil, "slapadd", "-f", conf, "-l", entries); err != nil {
		return err
	}
	p, err := l.procs.start("slapd", exec.Command("slapd", "-f", conf, "-h", slapdURL, "-d", "0"), nil)
	if err != nil {
		return err
	}
	return p.await(ctx, 10*time.Second, func(ctx context.Context) error {
		var d net.Dialer
		c, err := d.DialContext(ctx, "tcp", slapdAddress)
		if err == nil {
			c.Close()
		}
		return err
	})
}
