package hs2client

import "github.com/impala-lbcheck/impala-lbcheck/internal/gss"

// Keys of the settings of Kerberos that a hint may suggest.
const (
	settingKeytab    = "auth.keytab"
	settingPrincipal = "auth.principal"
	settingCCache    = "auth.ccache"
	settingKrb5Conf  = "auth.krb5_conf"
	settingService   = "auth.kerberos_service"
	settingKrbHost   = "auth.kerberos_host"
	settingQOP       = "auth.kerberos_qop"
)

// kerberosHints are for the kinds of failure that Kerberos alone has.
var kerberosHints = map[Kind][]Fix{
	KindNoTicket: {
		{Setting: settingCCache, Why: "get a ticket into a file (kinit -c FILE:/tmp/krb5cc_lbcheck), and name the file"},
		{Setting: settingKeytab, Why: "log in with a keytab"},
		{Setting: settingPrincipal, Why: "name the principal that the keytab or the cache is for (klist, klist -k)"},
	},
	KindTicketExpired: {
		todo("get a new ticket (kinit), one that is valid for as long as the run takes"),
		{Setting: settingKeytab, Why: "log in with a keytab, for a ticket of the full lifetime"},
	},
	KindClockSkew: {todo("set the clocks by NTP: this machine's, the KDC's and each coordinator's may differ by 5 minutes at most " +
		"(that kinit works proves nothing: it takes the KDC's clock)")},
	KindUnknownService: {
		{Setting: settingKrbHost, Why: "name the host whose principal the coordinators hold, as a rule the balancer's"},
		{Setting: settingService, Why: "name the service, as in the principal (Impala: impala; Hive and Spark: often hive)"},
		todo("create the principal and add it to every coordinator's keytab; its host is spelled as clients connect, no DNS is asked"),
	},
	KindUnknownClient: {{Setting: settingPrincipal, Why: "check name and realm: the KDC has no such principal"}},
	KindKDCUnreachable: {
		{Setting: settingKrb5Conf, Why: "name the file with the KDCs of the realm"},
		todo("check that the KDC runs, and that firewalls let TCP and UDP to port 88 pass"),
	},
	KindWrongRealm: {
		{Setting: settingKrb5Conf, Why: "name the file with default_realm, the KDCs of the realm, and the host's realm in [domain_realm]"},
		{Setting: settingPrincipal, Why: "write the principal with its realm, in capital letters as a rule"},
	},
	KindNoEncryption: {
		todo("give the service's principal, and the user's, AES keys (in Active Directory: the account's AES boxes, then a new password); sessions need AES"),
		{Setting: settingKrb5Conf, Why: "allow AES there: permitted_enctypes, default_tkt_enctypes, default_tgs_enctypes"},
	},
	KindServerProof: {
		todo("the server that answered does not hold the key of the service: a coordinator's keytab is that of another realm or is old, or something else answers there"),
		{Setting: settingKrbHost, Why: "name the host whose principal the coordinators hold"},
	},
	KindProtection: {
		todo("a message came that is not protected as agreed, or whose protection does not verify: something on the way changes messages, or has put its own among them"),
	},
}

// otherProtection is for a server that offers other protections than the one wanted.
func otherProtection(offered gss.QOP) []Fix {
	for _, q := range []gss.QOP{gss.QOPConf, gss.QOPInt, gss.QOPAuth} {
		if offered&q != 0 {
			return []Fix{{Setting: settingQOP, Value: q.String(), Why: "the server offers it"},
				todo("Impala offers auth alone; what Hive and Spark offer is hive.server2.thrift.sasl.qop")}
		}
	}
	return nil
}

// refusedTicket is for a login by ticket that was refused without a reason.
var refusedTicket = []Fix{
	todo("the coordinator refused the ticket (Impala says no reason, and over the binary protocols closes the connection): compare the ticket's service and kvno with klist -k -e of each coordinator's keytab, and their clocks"),
	{Setting: settingKrbHost, Why: "name the host whose principal the coordinators hold, as a rule the balancer's"},
}
