package krb5conf

import (
	"fmt"
	"net"
	"strings"
	"time"
)

// Config is what a krb5.conf says, as far as a client needs it. It must not be changed.
type Config struct {
	DefaultRealm string
	CCacheName   string        // default_ccache_name as it is written; "": the system's
	Skew         time.Duration // clockskew
	Lifetime     time.Duration // ticket_lifetime
	Forwardable  bool
	DNSLookupKDC bool    // ask the DNS for the KDCs of a realm that has none here
	UDPLimit     int     // udp_preference_limit; 1: TCP alone
	TktETypes    []int32 // for the first ticket, in the order of preference
	TGSETypes    []int32 // for the others

	realms  map[string][]KDC
	domains map[string]string
}

// KDC is a server of a realm.
type KDC struct {
	Addr string // host:port
	TCP  bool   // over TCP alone
}

// Parse reads the text of a krb5.conf without include directives. It fails with the line
// where a section that matters cannot be read, and where there is no section at all.
func Parse(text string) (*Config, error) {
	var lines []line
	for n, l := range split(text) {
		if saysSomething(l) {
			lines = append(lines, line{fmt.Sprintf("krb5.conf:%d", n+1), l})
		}
	}
	if err := checkSections(lines); err != nil {
		return nil, err
	}
	return interpret(lines)
}

// interpret reads the lines of all files.
func interpret(lines []line) (*Config, error) {
	c := &Config{
		Skew: 5 * time.Minute, Lifetime: 24 * time.Hour, DNSLookupKDC: true, UDPLimit: 1465,
		realms: map[string][]KDC{}, domains: map[string]string{},
	}
	relations, err := relationsOf(lines)
	if err != nil {
		return nil, err
	}
	values := map[string]bool{} // of libdefaults, those that are set: the first counts
	for _, r := range relations {
		switch {
		case r.section == "libdefaults" && len(r.within) == 0 && !values[r.key]:
			values[r.key] = true
			if err := c.setDefault(r.key, r.value); err != nil {
				return nil, fmt.Errorf("%s: %s: %w", r.where, r.key, err)
			}
		case r.section == "realms" && len(r.within) == 1 && (r.key == "kdc" || r.key == "master_kdc" || r.key == "primary_kdc"):
			c.addKDC(r.within[0], r.value)
		case r.section == "domain_realm" && len(r.within) == 0:
			if domain := strings.ToLower(r.key); c.domains[domain] == "" {
				c.domains[domain] = first(r.value)
			}
		}
	}
	c.completeETypes()
	return c, nil
}

// setDefault reads a value of libdefaults.
func (c *Config) setDefault(key, value string) (err error) {
	switch key {
	case "default_realm":
		c.DefaultRealm = first(value)
	case "default_ccache_name":
		c.CCacheName = value
	case "clockskew":
		c.Skew, err = duration(value)
	case "ticket_lifetime":
		c.Lifetime, err = duration(value)
	case "forwardable":
		setBool(&c.Forwardable, value)
	case "dns_lookup_kdc":
		setBool(&c.DNSLookupKDC, value)
	case "udp_preference_limit":
		c.UDPLimit, err = number(first(value))
	case "default_tkt_enctypes":
		c.TktETypes = etypes(value)
	case "default_tgs_enctypes":
		c.TGSETypes = etypes(value)
	case "permitted_enctypes":
		permitted := etypes(value)
		if c.TktETypes == nil {
			c.TktETypes = permitted
		}
		if c.TGSETypes == nil {
			c.TGSETypes = permitted
		}
	}
	return err
}

// addKDC reads a server's address: a host, host:port, a prefix for the transport. A
// proxy by HTTPS is passed over.
func (c *Config) addKDC(realm, value string) {
	const port = "88"
	k := KDC{Addr: strings.TrimSuffix(first(value), "*")}
	if strings.Contains(k.Addr, "://") || k.Addr == "" || len(c.realms[realm]) >= maxKDCs {
		return
	}
	if rest, ok := strings.CutPrefix(k.Addr, "tcp/"); ok {
		k.Addr, k.TCP = rest, true
	}
	k.Addr = strings.TrimPrefix(k.Addr, "udp/")
	if _, _, err := net.SplitHostPort(k.Addr); err != nil {
		k.Addr = net.JoinHostPort(strings.Trim(k.Addr, "[]"), port)
	}
	for _, known := range c.realms[realm] {
		if known.Addr == k.Addr {
			return
		}
	}
	c.realms[realm] = append(c.realms[realm], k)
}

// maxKDCs bounds how many servers of a realm are kept.
const maxKDCs = 16

// KDCs are the servers that the configuration has for a realm, in its order.
func (c *Config) KDCs(realm string) []KDC { return c.realms[realm] }

// Realm is the realm of a host by [domain_realm]; "" where none is said.
func (c *Config) Realm(host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for host != "" {
		if realm := c.domains[host]; realm != "" {
			return realm
		}
		if strings.HasPrefix(host, ".") {
			host = host[1:]
		} else if i := strings.IndexByte(host, '.'); i >= 0 {
			host = host[i:]
		} else {
			host = ""
		}
	}
	return ""
}
