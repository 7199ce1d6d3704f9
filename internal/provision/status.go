package provision

import (
	"context"
	"errors"
	"net"
	"path"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// Report is how things stand: after [Status] and [Apply], or after [Destroy],
// which fills Done and Left.
type Report struct {
	Schema  string `json:"schema"` // ReportSchema
	Account string `json:"account"`
	Region  string `json:"region"`
	Cluster string `json:"cluster"`

	Drift       []Change          `json:"drift"` // what differs from lb.yaml; empty: nothing
	Notes       []string          `json:"notes,omitempty"`
	Instances   []InstanceHealth  `json:"instances,omitempty"`
	Certificate *Certificate      `json:"certificate,omitempty"` // nil: none
	DNS         map[string]string `json:"dns,omitempty"`         // by name: the addresses, or why there are none
	AccessLog   string            `json:"access_log,omitempty"`  // whether the test file is there; "": no access log
	Smoke       []string          `json:"smoke,omitempty"`       // a command line for each listener
	Outputs     Outputs           `json:"outputs"`

	Done []Change   `json:"done,omitempty"` // calls that AWS accepted in this run
	Left []Leftover `json:"left,omitempty"` // what Destroy could not or would not remove
}

// ReportSchema is the version of a report's JSON.
const ReportSchema = "impala-lbcheck/provision/1"

// Outputs is what others need of the load balancer: smoke --from-provision
// reads them.
type Outputs struct {
	DNSName      string    `json:"dns_name,omitempty"` // "": there is none yet
	ZoneID       string    `json:"zone_id,omitempty"`  // Route 53's, for an alias
	Host         string    `json:"host,omitempty"`     // what clients are to use: tls.domain, else DNSName
	Listeners    []uint16  `json:"listeners"`
	Coordinators []Backend `json:"coordinators"`
	TLS          *TLSNames `json:"tls,omitempty"` // nil: plain TCP
	LogURI       string    `json:"log_uri,omitempty"`
}

// Backend is a coordinator behind the load balancer.
type Backend struct {
	ID   string `json:"id"`
	DNS  string `json:"dns"` // private name, as an impalad usually calls itself
	Zone string `json:"zone"`
}

// TLSNames is what a client must find in front.
type TLSNames struct {
	Domain      string `json:"domain,omitempty"`    // "": the certificate was given by its ARN, and was not asked
	Certificate string `json:"certificate"`         // its ARN
	NotAfter    string `json:"not_after,omitempty"` // RFC 3339
	Backend     string `json:"backend"`             // plain or tls
}

// Status reads AWS and compares; it needs no permission to write, and asks for none.
func Status(ctx context.Context, c Cloud, spec lbfile.Spec) (Report, error) {
	s := newSite(c, spec)
	p, err := s.look(ctx)
	report := s.report(p)
	if err != nil {
		return report, err
	}
	report.DNS = s.names(ctx)
	err = s.readLogs(ctx)
	report.AccessLog = s.accessLog()
	return report, failed(err)
}

// report is what is known of a site, as read last.
func (s *site) report(p Plan) Report {
	r := Report{Schema: ReportSchema, Account: s.who.account, Region: s.cloud.Region, Cluster: s.spec.Cluster, Drift: []Change{}, Notes: p.Notes}
	for _, c := range p.Changes {
		if c.Writes() || c.Stops() {
			r.Drift = append(r.Drift, c)
		}
	}
	if !s.ours() {
		return r
	}
	r.Instances, r.Certificate, r.Outputs = s.healths(), s.certificateState(), s.outputs()
	r.Smoke = r.Outputs.Smoke()
	return r
}

func (s *site) outputs() Outputs {
	b := s.balancer.is
	o := Outputs{DNSName: text(b.DNSName), ZoneID: text(b.CanonicalHostedZoneNameID), Host: text(b.DNSName), Listeners: slices.Clone(s.spec.Listeners)}
	o.Coordinators = each(s.network.coordinators, func(c coordinator) Backend { return Backend{c.id, c.dns, c.zone} })
	if s.spec.AccessLogs != nil {
		o.LogURI = "s3://" + path.Join(s.spec.AccessLogs.Bucket, s.logFolder())
	}
	if c := s.certificateState(); c != nil {
		o.TLS = &TLSNames{Domain: c.Domain, Certificate: c.ARN, Backend: string(s.spec.TLS.Backend)}
		if !c.NotAfter.IsZero() {
			o.TLS.NotAfter = c.NotAfter.Format("2006-01-02T15:04:05Z07:00")
		}
		if c.Domain != "" {
			o.Host = c.Domain
		}
	}
	return o
}

// names looks up the balancer's own name and the domain that clients use.
func (s *site) names(ctx context.Context) map[string]string {
	if !s.ours() {
		return nil
	}
	o := s.outputs()
	answers := map[string]string{}
	for _, name := range []string{o.DNSName, o.Host} {
		if name == "" {
			continue
		}
		addresses, err := s.cloud.LookupHost(ctx, name)
		answers[name] = list(addresses)
		if err != nil {
			answers[name] = "no answer: " + lookupReason(err)
		}
	}
	return answers
}

func lookup(ctx context.Context, name string) ([]string, error) {
	return net.DefaultResolver.LookupHost(ctx, name)
}

func lookupReason(err error) string {
	if e, ok := errors.AsType[*net.DNSError](err); ok {
		return e.Err
	}
	return err.Error()
}

// accessLog says whether Elastic Load Balancing has proved that it may write.
func (s *site) accessLog() string {
	switch {
	case s.spec.AccessLogs == nil:
		return ""
	case s.bucket.proof != "":
		return s.bucket.proof + " is there"
	}
	return s.proofKey() + " is not there: Elastic Load Balancing has not written yet"
}
