package scenarios

import (
	"fmt"
	"net/netip"
	"strings"
	"unicode"

	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// checkLogin looks at who logs in, and with what.
func (s Scenario) checkLogin() *InvalidError {
	claims := append(s.mechanismClaims(), s.secretClaims()...)
	return firstWrong(append(claims, s.kerberosClaims()...))
}

// secretClaims are about where a password and a token come from, and where they go.
func (s Scenario) secretClaims() []claim {
	a := s.Auth
	password := a.PasswordFile != "" || a.PasswordCommand != ""
	token := a.TokenFile != "" || a.TokenCommand != ""
	ofPassword := a.Mechanism == MechanismLDAP || a.Mechanism == MechanismKerberos
	return []claim{
		{a.PasswordFile != "" && a.PasswordCommand != "", "auth.password_command", "auth.password_file is set, too; set one of the two", nil},
		{a.TokenFile != "" && a.TokenCommand != "", "auth.token_command", "auth.token_file is set, too; set one of the two", nil},
		{password && !ofPassword, "auth.mechanism", "a password is given, but no login that uses it", []vocab.Fix{setTo("auth.mechanism", string(MechanismLDAP))}},
		{token && a.Mechanism != MechanismJWT, "auth.mechanism", "a token is given, but no login that uses it", []vocab.Fix{setTo("auth.mechanism", string(MechanismJWT))}},
		{a.Mechanism.SecretInClear() != "" && !s.TLS.Enabled && !a.AllowCleartext, "auth.mechanism",
			fmt.Sprintf("%s would send the %s in cleartext, since TLS is off", a.Mechanism, a.Mechanism.SecretInClear()),
			[]vocab.Fix{setTo("tls.enabled", "true"), setTo("auth.allow_cleartext", "true")}},
	}
}

// mechanismClaims are about what a mechanism needs, and where it is spoken.
func (s Scenario) mechanismClaims() []claim {
	a, protocol := s.Auth, s.Target.Protocol
	return []claim{
		{a.Mechanism == MechanismLDAP && a.User == "", "auth.user", "a login with ldap needs a user name", []vocab.Fix{setTo("auth.user", "")}},
		{a.Mechanism == MechanismLDAP && protocol == ProtocolHS2HTTP && strings.Contains(a.User, ":"), "auth.user", "a user of HTTP's Basic login has no colon", nil},
		{a.Mechanism == MechanismKerberos && a.User != "", "auth.user", "with kerberos the principal is who logs in", []vocab.Fix{setTo("auth.principal", a.User)}},
		{a.Mechanism == MechanismJWT && a.User != "", "auth.user", "with jwt the token says who logs in; remove it", nil},
		{a.Mechanism == MechanismJWT && protocol != ProtocolHS2HTTP, "auth.mechanism", "jwt is a login over HTTP alone", []vocab.Fix{setTo("target.protocol", string(ProtocolHS2HTTP))}},
		{strings.ContainsFunc(a.Delegate, unicode.IsControl), "auth.delegate", "has a control character", nil},
		{a.Delegate != "" && protocol == ProtocolBeeswax, "auth.delegate", "Beeswax knows no delegation", []vocab.Fix{setTo("target.protocol", string(ProtocolHS2))}},
	}
}

// kerberosClaims are about a login with Kerberos.
func (s Scenario) kerberosClaims() []claim {
	a := s.Auth
	if a.Mechanism != MechanismKerberos {
		return a.uselessKerberosClaims()
	}
	byPassword := a.PasswordFile != "" || a.PasswordCommand != ""
	claims := []claim{
		{a.Keytab != "" && a.CCache != "", "auth.ccache", "auth.keytab is set, too; set one of the two", nil},
		{byPassword && a.Keytab != "", "auth.keytab", "a password is given, too; give one of the two", nil},
		{byPassword && a.CCache != "", "auth.ccache", "a password is given, too; give one of the two", nil},
		{byPassword && a.Principal == "", "auth.principal", "a password is given, but not whose it is", []vocab.Fix{setTo("auth.principal", "")}},
		{s.Target.Protocol == ProtocolHS2HTTP && a.KerberosQOP != "" && a.KerberosQOP != QOPAuth, "auth.kerberos_qop", "over HTTP, Kerberos protects no messages",
			[]vocab.Fix{setTo("auth.kerberos_qop", "auth"), setTo("tls.enabled", "true")}},
	}
	return append(claims, s.serviceNameClaims()...)
}

// uselessKerberosClaims refuse settings of Kerberos where the login is another.
func (a Auth) uselessKerberosClaims() []claim {
	var claims []claim
	for _, set := range []struct {
		key   string
		value string
	}{
		{"auth.principal", a.Principal},
		{"auth.keytab", a.Keytab},
		{"auth.ccache", a.CCache},
		{"auth.krb5_conf", a.Krb5Conf},
		{"auth.kerberos_service", a.KerberosService},
		{"auth.kerberos_host", a.KerberosHost},
		{"auth.kerberos_qop", string(a.KerberosQOP)},
	} {
		claims = append(claims, claim{set.value != "", set.key, "needs a login with Kerberos", []vocab.Fix{setTo("auth.mechanism", string(MechanismKerberos))}})
	}
	return claims
}

// serviceNameClaims refuse an address where a name is needed: a ticket is for a
// service's name, and none is looked up, for whoever answers for an address could then
// choose the service.
func (s Scenario) serviceNameClaims() []claim {
	claims := []claim{
		{isAddress(s.Auth.KerberosHost), "auth.kerberos_host", "must be the name in the service's principal, and no address", nil},
		{!isPartOfPrincipal(s.Auth.KerberosHost), "auth.kerberos_host", "must be the host alone, such as impala.example.com", nil},
		{!isPartOfPrincipal(s.Auth.KerberosService), "auth.kerberos_service", "must be the first part of the principal alone, such as impala", nil},
	}
	for _, endpoint := range s.Target.Endpoints {
		host, _, err := SplitEndpoint(endpoint, s.Target.Protocol.Port())
		claims = append(claims, claim{err == nil && s.Auth.KerberosHost == "" && isAddress(host), "auth.kerberos_host",
			fmt.Sprintf("%s is an address, and a Kerberos ticket is for a name: which full name of the balancer do the coordinators have a key for?", host),
			[]vocab.Fix{setTo("auth.kerberos_host", "impala.example.com")}})
	}
	return claims
}

// isPartOfPrincipal reports whether a text can be one part of a principal's name; "" is
// one that is not set.
func isPartOfPrincipal(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '/' || r == '@' || r == '\\' })
}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}
