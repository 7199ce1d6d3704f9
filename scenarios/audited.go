package scenarios

import "time"

// AuditByHost is the value of [AuditConfig.Balancer] for the load balancer of the endpoint.
const AuditByHost = "auto"

// AuditConfig is what an audit holds a balancer's settings against, where only the
// user or Impala knows it. What Impala's own pages say goes before it.
type AuditConfig struct {
	Balancer     string   `yaml:"balancer,omitempty" json:"balancer,omitempty"`                     // of kind looks: name or ARN of the load balancer to audit beside the sessions; "auto": that of the endpoint; "": none
	LongestIdle  Duration `yaml:"longest_idle,omitempty" json:"longest_idle,omitempty"`             // the longest time that a client keeps a connection without using it
	LongestQuery Duration `yaml:"longest_query,omitempty" json:"longest_query,omitempty"`           // the longest time that a query runs; 0: not said
	Grace        Duration `yaml:"grace,omitempty" json:"grace,omitempty"`                           // shutdown_grace_period_s; 0: not said
	Keepalive    Duration `yaml:"keepalive,omitempty" json:"keepalive,omitempty"`                   // client_keepalive_probe_period_s; 0: not said
	IdleSession  Duration `yaml:"idle_session,omitempty" json:"idle_session,omitempty"`             // idle_session_timeout; 0: not said
	MinTLS       string   `yaml:"min_tls,omitempty" json:"min_tls,omitempty"`                       // ssl_minimum_version, as "1.2"; "": not said
	Sticky       int      `yaml:"sticky,omitempty" json:"sticky,omitempty"`                         // port of the listener that must keep a client on one coordinator, as Hue needs it; 0: none
	ClientsOn    bool     `yaml:"clients_on_targets,omitempty" json:"clients_on_targets,omitempty"` // clients, such as Hue, run on the coordinators
}

// Audited is what AWS said of one load balancer, and Impala's pages of its targets. It
// has no account number. What could not be read is zero, and in Unread.
type Audited struct {
	Type       BalancerType      `json:"type,omitempty"` // "": the load balancer could not be read
	Name       string            `json:"name"`
	DNSName    string            `json:"dns_name,omitempty"`
	Region     string            `json:"region"`
	Scheme     string            `json:"scheme,omitempty"`       // internal or internet-facing
	Addresses  string            `json:"address_type,omitempty"` // of a network load balancer: ipv4 or dualstack
	State      string            `json:"state,omitempty"`        // of a network load balancer: active, provisioning, active_impaired or failed
	At         time.Time         `json:"at"`                     // when it was read
	Zones      []string          `json:"zones,omitempty"`        // that are enabled, sorted
	Attributes map[string]string `json:"attributes,omitempty"`
	Listeners  []AuditListener   `json:"listeners,omitempty"` // by port
	Groups     []AuditTargets    `json:"groups,omitempty"`    // target groups that listeners forward to; of a Classic one, its instances
	Firewall   []AuditFirewall   `json:"firewall,omitempty"`  // its security groups
	Behind     []AuditFirewall   `json:"behind,omitempty"`    // the security groups of the targets
	TLS        []AuditPolicy     `json:"tls,omitempty"`       // security policies of the listeners
	Shown      []AuditShown      `json:"shown,omitempty"`     // certificates of the listeners
	Tags       map[string]string `json:"tags,omitempty"`      // of the load balancer
	Unread     []AuditUnread     `json:"unread,omitempty"`    // in the order of the calls
	PagesAsked bool              `json:"pages_asked,omitempty"`
}

// BalancerType is a type of load balancer.
type BalancerType string

// The types.
const (
	BalancerClassic     BalancerType = "classic"
	BalancerNetwork     BalancerType = "network"
	BalancerApplication BalancerType = "application" // of HTTP requests, not of connections
	BalancerGateway     BalancerType = "gateway"     // of packets
)

// AuditListener is a listener.
type AuditListener struct {
	Port            int               `json:"port"`
	Protocol        string            `json:"protocol"`                   // TCP, TLS; of a Classic one TCP, SSL, HTTP, HTTPS
	BackendProtocol string            `json:"backend_protocol,omitempty"` // that of the connections to its targets
	BackendPort     int               `json:"backend_port,omitempty"`     // of a Classic one
	Groups          []string          `json:"groups,omitempty"`           // names of the target groups that it forwards to
	Weights         map[string]int    `json:"weights,omitempty"`          // of Groups, by name, where there are several
	Policies        []string          `json:"policies,omitempty"`         // names of security policies
	Certificates    []string          `json:"certificates,omitempty"`     // "certificate/ID" of Certificate Manager, "server-certificate/NAME" of IAM
	Attributes      map[string]string `json:"attributes,omitempty"`
}

// AuditTargets is a target group, or the instances of a Classic load balancer.
type AuditTargets struct {
	Name       string            `json:"name"`
	Protocol   string            `json:"protocol,omitempty"`
	Port       int               `json:"port,omitempty"`
	Kind       string            `json:"kind"` // instance, ip or alb
	Check      AuditCheck        `json:"check"`
	Attributes map[string]string `json:"attributes,omitempty"`
	Targets    []AuditTarget     `json:"targets,omitempty"`
	Proxied    []int             `json:"proxied,omitempty"` // instance ports to which a Classic one sends a PROXY header
}

// AuditCheck is a health check.
type AuditCheck struct {
	Protocol  string  `json:"protocol"`
	Port      int     `json:"port,omitempty"` // 0: that of each target's traffic
	Path      string  `json:"path,omitempty"`
	Interval  Seconds `json:"interval_s"`
	Timeout   Seconds `json:"timeout_s"`
	Healthy   int     `json:"healthy"`   // successes until a target is in service
	Unhealthy int     `json:"unhealthy"` // failures until it is out of service
}

// AuditTarget is one registered target.
type AuditTarget struct {
	ID       string       `json:"id"` // of the instance, or an address
	Address  string       `json:"address,omitempty"`
	DNS      string       `json:"dns,omitempty"` // private DNS name
	Port     int          `json:"port,omitempty"`
	Zone     string       `json:"zone,omitempty"`
	State    string       `json:"state,omitempty"`  // as AWS says it, in lower case: healthy, inservice, unused, ...
	Reason   string       `json:"reason,omitempty"` // AWS's code
	Text     string       `json:"text,omitempty"`   // AWS's description
	Override string       `json:"override,omitempty"`
	Impala   *AuditImpala `json:"impala,omitempty"` // nil: its pages were not read
}

// AuditImpala is what the pages of a target say of its flags.
type AuditImpala struct {
	Coordinator *bool    `json:"coordinator,omitempty"`    // is_coordinator
	Quiescing   bool     `json:"quiescing,omitempty"`      // it is shutting down
	Keepalive   *Seconds `json:"keepalive_s,omitempty"`    // client_keepalive_probe_period_s; 0: no probes
	IdleSession *Seconds `json:"idle_session_s,omitempty"` // idle_session_timeout; 0: sessions are not closed
	Grace       *Seconds `json:"grace_s,omitempty"`        // shutdown_grace_period_s
	BeeswaxPort *int     `json:"beeswax_port,omitempty"`   // 0: it is off
	MinTLS      string   `json:"min_tls,omitempty"`        // ssl_minimum_version
	Err         string   `json:"error,omitempty"`          // why not all was read; untrusted
}

// AuditFirewall is one security group.
type AuditFirewall struct {
	ID  string      `json:"id"`
	In  []AuditRule `json:"in,omitempty"`
	Out []AuditRule `json:"out,omitempty"`
}

// AuditRule allows TCP to or from one source.
type AuditRule struct {
	From  int    `json:"from"` // ports
	To    int    `json:"to"`
	CIDR  string `json:"cidr,omitempty"`
	Group string `json:"group,omitempty"` // of CIDR, Group and List one is set
	List  string `json:"list,omitempty"`  // of prefixes
}

// AuditPolicy is a security policy of TLS.
type AuditPolicy struct {
	Name     string   `json:"name"`
	Versions []string `json:"versions"` // "TLSv1", "TLSv1.1", ...
}

// AuditShown is a certificate that a listener shows.
type AuditShown struct {
	ID          string    `json:"id"` // "certificate/ID"
	Status      string    `json:"status,omitempty"`
	NotAfter    time.Time `json:"not_after,omitzero"`
	Imported    bool      `json:"imported,omitempty"`    // it is not renewed by AWS
	Eligibility string    `json:"eligibility,omitempty"` // to be renewed: ELIGIBLE, INELIGIBLE
	Renewal     string    `json:"renewal,omitempty"`     // of the renewal: PENDING_VALIDATION, FAILED, ...
}

// AuditUnread is a call that failed, or was left out.
type AuditUnread struct {
	Action  string `json:"action"`            // of IAM: "elasticloadbalancing:DescribeTags"
	Missing string `json:"missing,omitempty"` // the permission that the caller lacks; "": another cause
	Text    string `json:"text,omitempty"`    // the cause
}

// MaxAudited is how many of a kind there are at the most: a load balancer has 50
// listeners, and a target group 1,000 targets.
const MaxAudited = 3000
