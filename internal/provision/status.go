package provision

import (
	"cmp"
	"context"
	"errors"
	"net"
	"path"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// Report is the result of [Status] and [Apply], or of [Destroy], which fills Done
// and Left. With an error it is incomplete: it holds what was done and what was
// read last, and draws no conclusions from it.
type Report struct {
	Schema  string `json:"schema"` // ReportSchema
	Account string `json:"account"`
	Region  string `json:"region"`
	Cluster string `json:"cluster"`

	Complete bool   `json:"complete"`        // everything was done and read
	Error    string `json:"error,omitempty"` // why it is not, in one line; set by the printer

	Unfinished []string `json:"unfinished,omitempty"` // steps of Apply or Destroy that were not done, or not to their end

	Drift       []Change          `json:"drift,omitzero"` // differences from lb.yaml; empty: none; nil: unknown
	Notes       []string          `json:"notes,omitempty"`
	Instances   []InstanceHealth  `json:"instances,omitempty"`
	Certificate *Certificate      `json:"certificate,omitempty"` // nil: none
	DNS         map[string]string `json:"dns,omitempty"`         // addresses by name, or why there are none
	AccessLog   string            `json:"access_log,omitempty"`  // whether the test file exists; "": no access log
	Verdicts    []Verdict         `json:"verdicts,omitempty"`    // of Judge; set by the status command
	Smoke       []string          `json:"smoke,omitempty"`       // a command for each listener that smoke can test
	Outputs     Outputs           `json:"outputs,omitzero"`

	Done []Change   `json:"done,omitempty"` // calls that AWS accepted in this run
	Left []Leftover `json:"left,omitempty"` // what Destroy could not remove, or kept

	looked lookedUp
}

// Stops lists the differences that stop Apply.
func (r Report) Stops() []Change { return stops(r.Drift) }

// ReportSchema is the version of a report's JSON.
const ReportSchema = "impala-lbcheck/provision/1"

// Outputs describes the load balancer to other programs; smoke --from-provision
// uses it.
type Outputs struct {
	DNSName      string    `json:"dns_name,omitempty"` // "": it does not exist yet
	ZoneID       string    `json:"zone_id,omitempty"`  // Route 53's, for an alias
	Host         string    `json:"host,omitempty"`     // name for clients: tls.host, the certificate's, else DNSName
	Listeners    []uint16  `json:"listeners"`          // those that match lb.yaml
	Coordinators []Backend `json:"coordinators"`
	TLS          *TLSNames `json:"tls,omitempty"` // of Listeners; nil: plain TCP
	LogURI       string    `json:"log_uri,omitempty"`
}

// Backend is a coordinator behind the load balancer.
type Backend struct {
	ID   string `json:"id"`
	DNS  string `json:"dns"` // private name, usually the impalad's own name
	Zone string `json:"zone"`
}

// TLSNames describes the TLS of the listeners.
type TLSNames struct {
	Domain      string `json:"domain,omitempty"`    // that clients verify; "": unknown, for a certificate of IAM
	Certificate string `json:"certificate"`         // its ARN
	NotAfter    string `json:"not_after,omitempty"` // RFC 3339
	Backend     string `json:"backend"`             // plain or tls
}

// Status reads AWS and compares it with the spec. It needs no permission to write.
func Status(ctx context.Context, c Cloud, spec lbfile.Spec) (Report, error) {
	return newState(c, spec).status(ctx)
}

func (s *state) status(ctx context.Context) (Report, error) {
	p, err := s.compare(ctx)
	if err != nil {
		return s.partial(), err
	}
	names, looked := s.lookUpNames(ctx)
	if err := cmp.Or(s.readLogs(ctx), ctx.Err()); err != nil {
		return s.partial(), explain(ctx, err)
	}
	report := s.compared(p)
	looked.balancerHere, looked.testFile, looked.testFileExists = s.ownsBalancer(), s.managesBucket() && s.kind.writesTestFile(), s.bucket.testFile != ""
	if looked.balancerHere {
		looked.ofKind = s.kind.verdicts()
	}
	report.DNS, report.AccessLog, report.looked = names, s.accessLogState(), looked
	return report, nil
}

// partial is what was read last. It compares nothing, since AWS may have changed
// since then.
func (s *state) partial() Report {
	r := Report{Schema: ReportSchema, Account: s.identity.account, Region: s.cloud.Region, Cluster: s.spec.Cluster}
	if s.ownsBalancer() {
		r.Instances, r.Certificate = s.kind.health(), s.certificateState()
	}
	return r
}

// compared adds the findings of a plan after which nothing was written.
func (s *state) compared(p Plan) Report {
	r := s.partial()
	r.Complete, r.Drift, r.Notes = p.Complete, []Change{}, p.Notes
	for _, c := range p.Changes {
		if c.Writes() || c.Stops() || c.Alone {
			r.Drift = append(r.Drift, c)
		}
	}
	if s.ownsBalancer() {
		r.Outputs = s.outputs()
		lines, notes := r.Outputs.Smoke()
		r.Smoke, r.Notes = lines, append(slices.Clone(r.Notes), notes...)
	}
	return r
}

func (s *state) outputs() Outputs {
	b := s.kind.found()
	o := Outputs{DNSName: b.dns, ZoneID: b.zone, Host: b.dns, Listeners: s.kind.matching()}
	o.Coordinators = mapSlice(s.network.coordinators, func(c coordinator) Backend { return Backend{c.id, c.dns, c.zone} })
	if s.spec.AccessLogs != nil {
		o.LogURI = "s3://" + path.Join(s.spec.AccessLogs.Bucket, s.logFolder())
	}
	if c := s.certificateState(); c != nil && len(o.Listeners) > 0 {
		o.TLS = &TLSNames{Domain: s.clientHost(), Certificate: c.ARN, Backend: string(s.spec.TLS.Backend)}
		if !c.NotAfter.IsZero() {
			o.TLS.NotAfter = c.NotAfter.Format("2006-01-02T15:04:05Z07:00")
		}
		o.Host = cmp.Or(s.clientHost(), o.Host)
	}
	return o
}

// lookUpNames looks up the balancer's own name and the one that clients use. The
// former is looked up again afterwards where they differ: its addresses change.
func (s *state) lookUpNames(ctx context.Context) (map[string]string, lookedUp) {
	if !s.ownsBalancer() {
		return nil, lookedUp{}
	}
	o, answers := s.outputs(), map[string]string{}
	ask := func(name string) []string {
		addresses, err := s.cloud.LookupHost(ctx, name)
		answers[name] = commaList(addresses)
		if err != nil {
			answers[name] = noAnswer + lookupReason(err)
		}
		return addresses
	}
	var looked lookedUp
	looked.balancerAddresses = ask(o.DNSName)
	if o.Host != o.DNSName {
		looked.host, looked.hostAddresses = o.Host, ask(o.Host)
		if reason, failed := strings.CutPrefix(answers[o.Host], noAnswer); failed {
			looked.hostError = reason
		}
		looked.balancerAddresses = append(looked.balancerAddresses, ask(o.DNSName)...)
		slices.Sort(looked.balancerAddresses)
		looked.balancerAddresses = slices.Compact(looked.balancerAddresses)
	}
	return answers, looked
}

// noAnswer begins what is said of a name that does not resolve.
const noAnswer = "no answer: "

func lookup(ctx context.Context, name string) ([]string, error) {
	return net.DefaultResolver.LookupHost(ctx, name)
}

func lookupReason(err error) string {
	if e, ok := errors.AsType[*net.DNSError](err); ok {
		return e.Err
	}
	return err.Error()
}

// accessLogState reports whether Elastic Load Balancing has written its test file.
func (s *state) accessLogState() string {
	switch {
	case s.spec.AccessLogs == nil:
		return ""
	case !s.kind.writesTestFile():
		return "AWS documents no test file for a " + s.kind.title() + ": look for logs some minutes after the first TLS session"
	case !s.managesBucket():
		return s.testFileKey() + " was not looked for: access_logs.manage is false"
	case s.bucket.testFile != "":
		return s.bucket.testFile + " exists"
	}
	return s.testFileKey() + " does not exist: Elastic Load Balancing has not written yet"
}
