package scenarios

import "time"

// SecretCommandTime is how long a command may take that prints a password or a token. A
// person may have to unlock something meanwhile.
const SecretCommandTime = time.Minute

// onlySecret is who may read and change a file with a secret.
const onlySecret = "no other user may be able to change it, or, unless it is a mounted secret, to read it"

var loginSettings = []Setting{
	{Key: "auth.mechanism", Name: "auth", Arg: "none|ldap|kerberos|jwt", Group: GroupLogin, Help: "how to log in; jwt, with a JWT or an OAuth token, over hs2-http alone",
		Default: string(MechanismNone), Values: words(MechanismNone, MechanismLDAP, MechanismKerberos, MechanismJWT)},
	{Key: "auth.user", Name: "user", Arg: argName, Group: GroupLogin, Help: "user name", Unset: "none"},
	{Key: "auth.password_file", Name: "password-file", Arg: argFile, Group: GroupLogin, Help: "file with the password; " + onlySecret, Unset: "none"},
	{Key: "auth.password_command", Name: "password-command", Arg: argCommand, Group: GroupLogin, Help: "command that prints the password within " + SecretCommandTime.String(), Unset: "none"},
	{Key: "auth.token_file", Name: "token-file", Arg: argFile, Group: GroupLogin, Help: "file with the JWT or OAuth token; " + onlySecret, Unset: "none"},
	{Key: "auth.token_command", Name: "token-command", Arg: argCommand, Group: GroupLogin, Help: "command that prints the token within " + SecretCommandTime.String(), Unset: "none"},
	{Key: "auth.allow_cleartext", Name: "allow-cleartext-auth", Group: GroupLogin, Help: "send the password or the token even without TLS", Unset: "false"},
	{Key: "auth.delegate", Name: "delegate", Arg: argName, Group: GroupLogin, Kinds: withSessions, Help: "user for whom the sessions act (impala.doas.user)", Unset: "the user who logs in"},

	{Key: "auth.principal", Name: "principal", Arg: argName, Group: GroupKerberos, Help: "who logs in, as NAME or NAME@REALM", Unset: "the principal of the credential cache, or the first of the keytab"},
	{Key: "auth.keytab", Name: "keytab", Arg: argFile, Group: GroupKerberos, Help: "file with the keys of the principal; " + onlySecret, Unset: "none"},
	{Key: "auth.ccache", Name: "ccache", Arg: argFile, Group: GroupKerberos, Help: "credential cache with a ticket; a file, or DIR:DIRECTORY", Unset: "the one of KRB5CCNAME, or of krb5.conf"},
	{Key: "auth.krb5_conf", Name: "krb5-conf", Arg: argFile, Group: GroupKerberos, Help: "file that says where the Kerberos servers of a realm are", Unset: "the one of KRB5_CONFIG, or /etc/krb5.conf"},
	{Key: "auth.kerberos_service", Name: "kerberos-service-name", Arg: argName, Group: GroupKerberos, Help: "first part of the service's principal, as in impala/HOST@REALM", Unset: DefaultKerberosService},
	{Key: "auth.kerberos_host", Name: "kerberos-host-fqdn", Arg: "HOST", Group: GroupKerberos, Help: "host in the service's principal: the balancer's full name, which every coordinator has a key for", Unset: "the host of the endpoint, as written"},
	{Key: "auth.kerberos_qop", Name: "kerberos-qop", Arg: "auth|auth-int|auth-conf", Group: GroupKerberos, Help: "whether messages are signed or encrypted after the login; Impala knows auth alone",
		Values: words(QOPAuth, QOPIntegrity, QOPPrivacy), Unset: string(QOPAuth)},
}
