package scenarios

// Auth says how to log in. It names where a secret is, and never holds one.
type Auth struct {
	Mechanism       Mechanism     `yaml:"mechanism,omitempty" json:"mechanism"` // "" is none
	User            string        `yaml:"user,omitempty" json:"user,omitempty"` // with a password; with Kerberos it is Principal
	PasswordFile    string        `yaml:"password_file,omitempty" json:"password_file,omitempty"`
	PasswordCommand SecretCommand `yaml:"password_command,omitempty" json:"password_command,omitempty"`
	TokenFile       string        `yaml:"token_file,omitempty" json:"token_file,omitempty"`
	TokenCommand    SecretCommand `yaml:"token_command,omitempty" json:"token_command,omitempty"`
	Principal       string        `yaml:"principal,omitempty" json:"principal,omitempty"`               // name, or name@REALM; "": the one of the credential cache
	Keytab          string        `yaml:"keytab,omitempty" json:"keytab,omitempty"`                     // file with Principal's keys
	CCache          string        `yaml:"ccache,omitempty" json:"ccache,omitempty"`                     // credential cache; "" is the one that kinit writes
	Krb5Conf        string        `yaml:"krb5_conf,omitempty" json:"krb5_conf,omitempty"`               // "" is the system's
	KerberosService string        `yaml:"kerberos_service,omitempty" json:"kerberos_service,omitempty"` // first part of the service's principal; "" is impala
	KerberosHost    string        `yaml:"kerberos_host,omitempty" json:"kerberos_host,omitempty"`       // its second part; "" is the endpoint's host
	KerberosQOP     KerberosQOP   `yaml:"kerberos_qop,omitempty" json:"kerberos_qop,omitempty"`         // "" is auth
	Delegate        string        `yaml:"delegate,omitempty" json:"delegate,omitempty"`                 // whom the session acts for; "": who logged in
	AllowCleartext  bool          `yaml:"allow_cleartext,omitempty" json:"allow_cleartext,omitempty"`   // a password or a token over a connection without TLS
}

// SecretCommand is a command line that yields a secret, and may hold one.
type SecretCommand string

// MarshalJSON writes that there is a command: what it is stays out of results.
func (c SecretCommand) MarshalJSON() ([]byte, error) {
	if c == "" {
		return []byte(`""`), nil
	}
	return []byte(`"(not stored)"`), nil
}

// LocksAccounts reports whether a server may lock an account after some rejected logins:
// each sends a password, as far as is known. A rejected ticket or token locks none.
func (a Auth) LocksAccounts() bool {
	return a.Mechanism != MechanismKerberos && a.Mechanism != MechanismJWT
}

// Mechanism is the way of logging in.
type Mechanism string

// The mechanisms.
const (
	MechanismNone     Mechanism = "none"     // NOSASL; over HTTP no Authorization
	MechanismLDAP     Mechanism = "ldap"     // SASL PLAIN; over HTTP Basic
	MechanismKerberos Mechanism = "kerberos" // SASL GSSAPI; over HTTP Negotiate
	MechanismJWT      Mechanism = "jwt"      // a JWT or an OAuth token, over HTTP alone: Bearer
)

// SecretInClear is what a login by the mechanism sends as it is: "password", "token".
// "" where it sends no secret: a Kerberos login proves that it has one.
func (m Mechanism) SecretInClear() string {
	switch m {
	case MechanismLDAP:
		return "password"
	case MechanismJWT:
		return "token"
	}
	return ""
}

// LogsIn reports whether there is a login at all.
func (m Mechanism) LogsIn() bool { return m != "" && m != MechanismNone }

// KerberosQOP is what GSSAPI does to the messages after the login.
type KerberosQOP string

// The protections. Impala itself knows the first alone.
const (
	QOPAuth      KerberosQOP = "auth"      // nothing
	QOPIntegrity KerberosQOP = "auth-int"  // signs them
	QOPPrivacy   KerberosQOP = "auth-conf" // encrypts them
)

// DefaultKerberosService is the first part of the principal that clients of Impala
// ask for where nothing else is set.
const DefaultKerberosService = "impala"

// KerberosServiceName is auth.kerberos_service, or its default.
func (a Auth) KerberosServiceName() string {
	if a.KerberosService == "" {
		return DefaultKerberosService
	}
	return a.KerberosService
}

// KerberosHostOf is the host in the principal of the service behind an endpoint's host:
// auth.kerberos_host, or that host. No name is resolved for it.
func (a Auth) KerberosHostOf(host string) string {
	if a.KerberosHost == "" {
		return host
	}
	return a.KerberosHost
}
