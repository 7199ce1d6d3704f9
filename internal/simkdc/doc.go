// Package simkdc is a small Kerberos KDC within this process, for demos and tests: MIT's
// and Java's clients log in at it as ours does.
//
// [Start] listens on a loopback address, over UDP and TCP on one port.
// [KDC.AddUser] and [KDC.AddService] make principals, [KDC.Keytab] writes their keys,
// [KDC.Krb5Conf] is the configuration that leads clients to it. [Config.Now] shifts its
// clock. A service that is added again has a new key, as when a keytab is made anew.
//
// It answers AS and TGS requests, with or without encrypted timestamps, in one realm. It
// does not renew or forward tickets, knows no FAST, PKINIT or referrals, keeps nothing
// on disk and refuses an address that is not a loopback one. It is no KDC for anything of
// value: passwords are in memory, and there is no policy.
package simkdc
