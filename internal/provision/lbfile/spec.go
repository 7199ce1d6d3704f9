package lbfile

import (
	"net/netip"
	"time"
)

// Spec is the desired load balancer, and how to find its network and coordinators.
// [Parse] fills in all defaults.
type Spec struct {
	Cluster string `yaml:"cluster"`           // part of every name: elb-impala-CLUSTER, "CLUSTER Impala FE", ...
	Kind    Kind   `yaml:"kind,omitempty"`    // "" is classic
	Region  string `yaml:"region,omitempty"`  // "": as the AWS configuration says
	Account string `yaml:"account,omitempty"` // twelve digits; the caller must belong to it; "": any

	Network      Network           `yaml:"network"`
	Coordinators Coordinators      `yaml:"coordinators"`
	Clients      []netip.Prefix    `yaml:"clients"`                // that may connect to the listeners
	Anywhere     bool              `yaml:"anywhere,omitempty"`     // confirms 0.0.0.0/0 or ::/0 in Clients
	Listeners    []uint16          `yaml:"listeners,omitempty"`    // ports, the same in front and behind
	Scheme       Scheme            `yaml:"scheme,omitempty"`       // "" is internal
	IdleTimeout  Span              `yaml:"idle_timeout,omitempty"` // 1 s to 4000 s; network: 60 s to 6000 s, and 350 s with TLS
	HealthCheck  HealthCheck       `yaml:"health_check,omitempty"`
	AccessLogs   *AccessLogs       `yaml:"access_logs,omitempty"` // nil: none
	CrossZone    bool              `yaml:"cross_zone"`            // the API's default is off, which skews uneven zones
	Draining     Span              `yaml:"draining,omitempty"`    // 1 s to 3600 s; 0: off
	TLS          *TLS              `yaml:"tls,omitempty"`         // nil: plain TCP listeners
	Tags         map[string]string `yaml:"tags,omitempty"`        // besides ours

	// Of the kind network alone.
	Targets               Targets    `yaml:"targets,omitempty"`                // "" is instance
	PreserveClientIP      *bool      `yaml:"preserve_client_ip,omitempty"`     // nil: as AWS, on for instances and off for addresses
	ConnectionTermination bool       `yaml:"connection_termination,omitempty"` // connections that draining did not end are reset
	UnhealthyDraining     *Span      `yaml:"unhealthy_draining,omitempty"`     // nil: 5 minutes; 0: connections of an unhealthy target are reset at once
	Stickiness            Stickiness `yaml:"stickiness,omitempty"`             // "": none
}

// Kind is the kind of load balancer.
type Kind string

// The kinds.
const (
	Classic         Kind = "classic"
	NetworkBalancer Kind = "network"
)

// Targets says how a network load balancer is given its coordinators.
type Targets string

// The kinds of targets.
const (
	ByInstance Targets = "instance"
	ByAddress  Targets = "ip"
)

// Stickiness says which sessions of a network load balancer stay with a coordinator.
type Stickiness string

// BySource sends all sessions from an address to the same coordinator.
const BySource Stickiness = "source_ip"

// Scheme says whether the balancer has public addresses.
type Scheme string

// The schemes.
const (
	Internal       Scheme = "internal"
	InternetFacing Scheme = "internet-facing"
)

// Network is the balancer's VPC and subnets: by id, or by tags that must match
// exactly one VPC, and exactly one subnet per zone.
type Network struct {
	VPC     Pick `yaml:"vpc"`
	Subnets Pick `yaml:"subnets"`
}

// Coordinators are the instances that open the client ports.
type Coordinators struct {
	IDs  []string          `yaml:"ids,omitempty"`
	Tags map[string]string `yaml:"tags,omitempty"`
	// SecurityGroup is a group that all of them already have: the rules are added
	// there and no network interface is changed. "": a group of ours is attached to
	// each primary network interface.
	SecurityGroup string `yaml:"security_group,omitempty"`
}

// Pick finds resources by id or by tags; exactly one of the two is given.
type Pick struct {
	IDs  []string          `yaml:"ids,omitempty"`
	Tags map[string]string `yaml:"tags,omitempty"`
}

// HealthCheck is the balancer's health check.
type HealthCheck struct {
	Target    string `yaml:"target,omitempty"`    // TCP:21050 or HTTP:25000/healthz
	Interval  Span   `yaml:"interval,omitempty"`  // 5 s to 300 s
	Timeout   Span   `yaml:"timeout,omitempty"`   // 2 s to 60 s (network: 120 s), less than Interval
	Unhealthy int    `yaml:"unhealthy,omitempty"` // failures until out of service, 2 to 10
	Healthy   int    `yaml:"healthy,omitempty"`   // successes until back, 2 to 10
}

// AccessLogs go to a bucket in the balancer's region.
type AccessLogs struct {
	Bucket string `yaml:"bucket"`
	Prefix string `yaml:"prefix,omitempty"`
	Every  Span   `yaml:"every,omitempty"`  // 5 min or 60 min; network: 5 min
	Create bool   `yaml:"create,omitempty"` // create the bucket if it is missing
	Adopt  bool   `yaml:"adopt,omitempty"`  // use one that exists without our tag; it is never deleted
	Manage *bool  `yaml:"manage,omitempty"` // false: the bucket, which may be another account's, is neither read nor changed
}

// Managed reports whether the bucket is read and changed.
func (l AccessLogs) Managed() bool { return l.Manage == nil || *l.Manage }

// TLS is the listeners' certificate, and whether the back end is encrypted.
type TLS struct {
	Domain      string  `yaml:"domain,omitempty"`      // your own name: a certificate is requested for it
	Certificate string  `yaml:"certificate,omitempty"` // or the ARN of an existing one
	Host        string  `yaml:"host,omitempty"`        // the name that clients use; "": the certificate's, which must have no wildcard then
	Policy      string  `yaml:"policy,omitempty"`      // predefined security policy
	Backend     Backend `yaml:"backend,omitempty"`     // "" is plain
}

// Backend says whether the connection to the coordinators is encrypted.
type Backend string

// Back-end protocols.
const (
	Plain     Backend = "plain" // passwords cross the VPC in clear text
	Encrypted Backend = "tls"
)

// Span is a time in whole seconds that files write as "3600s" or "1h".
type Span time.Duration
