package hs2client

import "github.com/impala-lbcheck/impala-lbcheck/internal/krb5conf"

// KerberosConf is what a krb5.conf says: the default realm, the realms of hosts, the
// KDCs. The zero value says nothing, as an empty file does. It does not change.
type KerberosConf struct{ read *krb5conf.Config }

// ParseKerberosConf reads the text of a krb5.conf without include directives. Its error
// has the line that cannot be read.
func ParseKerberosConf(text string) (KerberosConf, error) {
	c, err := krb5conf.Parse(text)
	return KerberosConf{c}, err
}

// ReadKerberosConf reads the file of a krb5.conf, or several of which the first counts
// most, with what they include, by a function such as os.ReadFile. Its error has the file
// and the line that cannot be read.
func ReadKerberosConf(readFile func(name string) ([]byte, error), paths ...string) (KerberosConf, error) {
	c, err := krb5conf.Read(readFile, paths...)
	return KerberosConf{c}, err
}

// CCacheName is default_ccache_name as it is written; "": it is not said.
func (c KerberosConf) CCacheName() string { return c.config().CCacheName }

// config is what was read, or what nothing says.
func (c KerberosConf) config() *krb5conf.Config {
	if c.read != nil {
		return c.read
	}
	empty, _ := krb5conf.Parse("") // it cannot fail
	return empty
}
