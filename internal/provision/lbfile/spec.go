package lbfile

import (
	"net/netip"
	"time"
)

// Spec is the load balancer that is wanted, and where to find what it stands
// before. [Parse] fills defaults in, so that a Spec has no hidden ones.
type Spec struct {
	Cluster string `yaml:"cluster"`           // names everything: elb-impala-CLUSTER, "CLUSTER Impala FE", ...
	Kind    Kind   `yaml:"kind,omitempty"`    // "" is classic
	Region  string `yaml:"region,omitempty"`  // "": as the AWS configuration says
	Account string `yaml:"account,omitempty"` // twelve digits that the caller must belong to; "": any

	Network      Network           `yaml:"network"`
	Coordinators Coordinators      `yaml:"coordinators"`
	Clients      []netip.Prefix    `yaml:"clients"`                // that may connect to the listeners
	Anywhere     bool              `yaml:"anywhere,omitempty"`     // says a second time that 0.0.0.0/0 or ::/0 among Clients is meant
	Listeners    []uint16          `yaml:"listeners,omitempty"`    // ports, the same in front and behind
	Scheme       Scheme            `yaml:"scheme,omitempty"`       // "" is internal
	IdleTimeout  Span              `yaml:"idle_timeout,omitempty"` // 1 s to 4000 s
	HealthCheck  HealthCheck       `yaml:"health_check,omitempty"`
	AccessLogs   *AccessLogs       `yaml:"access_logs,omitempty"` // nil: none
	CrossZone    bool              `yaml:"cross_zone"`            // the API's own default is off, which skews uneven zones
	Draining     Span              `yaml:"draining,omitempty"`    // 1 s to 3600 s; 0: off
	TLS          *TLS              `yaml:"tls,omitempty"`         // nil: plain TCP listeners
	Tags         map[string]string `yaml:"tags,omitempty"`        // besides ours
}

// Kind is the kind of load balancer.
type Kind string

// Classic is the only kind as yet.
const Classic Kind = "classic"

// Scheme says whether the balancer has public addresses.
type Scheme string

// The schemes.
const (
	Internal       Scheme = "internal"
	InternetFacing Scheme = "internet-facing"
)

// Network is where the balancer stands: by id, or by tags that must match
// exactly one VPC, and exactly one subnet a zone.
type Network struct {
	VPC     Pick `yaml:"vpc"`
	Subnets Pick `yaml:"subnets"`
}

// Coordinators is which instances open the client ports.
type Coordinators struct {
	IDs  []string          `yaml:"ids,omitempty"`
	Tags map[string]string `yaml:"tags,omitempty"`
	// SecurityGroup is a group that all of them have already: the rule from the
	// balancer goes there and no network interface is touched. "": a group of
	// our own is appended to each one's primary network interface.
	SecurityGroup string `yaml:"security_group,omitempty"`
}

// Pick finds resources by id or by tags; exactly one of the two is given.
type Pick struct {
	IDs  []string          `yaml:"ids,omitempty"`
	Tags map[string]string `yaml:"tags,omitempty"`
}

// HealthCheck is the balancer's own.
type HealthCheck struct {
	Target    string `yaml:"target,omitempty"`    // TCP:21050 or HTTP:25000/healthz
	Interval  Span   `yaml:"interval,omitempty"`  // 5 s to 300 s
	Timeout   Span   `yaml:"timeout,omitempty"`   // 2 s to 60 s, less than Interval
	Unhealthy int    `yaml:"unhealthy,omitempty"` // failures until out of service, 2 to 10
	Healthy   int    `yaml:"healthy,omitempty"`   // successes until back, 2 to 10
}

// AccessLogs go to a bucket in the balancer's region.
type AccessLogs struct {
	Bucket string `yaml:"bucket"`
	Prefix string `yaml:"prefix,omitempty"`
	Every  Span   `yaml:"every,omitempty"`  // 5 min or 60 min
	Create bool   `yaml:"create,omitempty"` // make the bucket where it is missing
}

// TLS is the certificate in front, and whether it is plain behind.
type TLS struct {
	Domain      string  `yaml:"domain,omitempty"`      // a name of your own: a certificate is requested for it
	Certificate string  `yaml:"certificate,omitempty"` // or the ARN of one that is there
	Policy      string  `yaml:"policy,omitempty"`      // predefined security policy
	Backend     Backend `yaml:"backend,omitempty"`     // "" is plain
}

// Backend says whether the connection to the coordinators is encrypted.
type Backend string

// The ways to the coordinators.
const (
	Plain     Backend = "plain" // passwords go in clear through the VPC
	Encrypted Backend = "tls"
)

// Span is a time in whole seconds that files write as "3600s" or "1h".
type Span time.Duration
