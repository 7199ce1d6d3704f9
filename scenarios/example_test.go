package scenarios_test

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func ExampleParse() {
	s, err := scenarios.Parse("nightly.yaml", []byte("expect: {coordinators: {count: 5}}"))
	fmt.Println(s.Name, s.Expect.Coordinators.K(), s.Load.Rate, err)
	_, err = scenarios.Parse("nightly.yaml", []byte("load:\n  sesions: 40\n"))
	fmt.Println(err)
	// Output:
	// nightly 5 10/s <nil>
	// nightly.yaml:2:3: unknown key "sesions" under load; did you mean sessions?
}

func ExampleScenario_Validate() {
	s := scenarios.Default()
	s.Target.Endpoints = []string{"impala.example.com"}
	s.Auth = scenarios.Auth{Mechanism: scenarios.MechanismLDAP, User: "svc-ci"}
	fmt.Println(s.Validate())
	// Output:
	// auth.mechanism: ldap would send the password in cleartext, since TLS is off; set tls.enabled: true or auth.allow_cleartext: true
}
