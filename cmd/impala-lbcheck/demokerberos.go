package main

import (
	"cmp"
	"errors"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simkdc"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// demoRealm is the Kerberos realm of demo's own server.
const demoRealm = "EXAMPLE.COM"

// startDemoKDC starts a Kerberos server that knows the scenario's user and the balancer,
// whose key every coordinator gets. Close it.
func startDemoKDC(config *simcluster.Config, s *scenarios.Scenario) (*simkdc.KDC, hs2client.KerberosLogin, error) {
	s.Auth.Principal = cmp.Or(s.Auth.Principal, demoUser)
	s.Auth.KerberosHost = cmp.Or(s.Auth.KerberosHost, config.Host)
	login := hs2client.KerberosLogin{Principal: s.Auth.Principal, Password: newPassword()}
	kdc, err := simkdc.Start(simkdc.Config{Realm: demoRealm})
	if err != nil {
		return nil, login, err
	}
	service := s.Auth.KerberosServiceName() + "/" + config.Host
	if err := errors.Join(kdc.AddUser(login.Principal, login.Password), kdc.AddService(service)); err != nil {
		return nil, login, errors.Join(err, kdc.Close())
	}
	if login.Conf, err = hs2client.ParseKerberosConf(kdc.Krb5Conf()); err != nil {
		return nil, login, errors.Join(err, kdc.Close())
	}
	config.Auth, config.Keytab = simcluster.AuthKerberos, kdc.Keytab(service)
	return kdc, login, nil
}
