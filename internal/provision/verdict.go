package provision

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/acm/types"
)

// Limits are the thresholds of [Report.Judge].
type Limits struct {
	CertificateDays int // a certificate must be valid for at least so many days
}

// Verdict is one check of a load balancer that is as lb.yaml says.
type Verdict struct {
	Check string `json:"check"` // "certificate.days"
	OK    bool   `json:"ok"`
	Limit string `json:"limit"` // what is demanded
	Found string `json:"found"`
}

// lookedUp is what Status found besides AWS's own description; Judge reads it.
type lookedUp struct {
	host                                   string   // that clients use; "": the balancer's own name
	hostAddresses, balancerAddresses       []string // of the balancer before and after those of the host
	hostError                              string
	testFile, testFileExists, balancerHere bool
	ofKind                                 []Verdict // of the kind of load balancer
}

// Judge compares what Status found with limits. It reads neither AWS nor a clock. An
// incomplete report, or one without a load balancer of ours, has no verdicts.
func (r Report) Judge(l Limits) []Verdict {
	if !r.Complete || !r.looked.balancerHere {
		return nil
	}
	verdicts := append([]Verdict{r.judgeInstances()}, r.looked.ofKind...)
	if c := r.Certificate; c != nil {
		if !c.NotAfter.IsZero() {
			verdicts = append(verdicts, Verdict{
				Check: "certificate.days", OK: c.DaysLeft >= l.CertificateDays,
				Limit: fmt.Sprintf("at least %d days left", l.CertificateDays), Found: fmt.Sprintf("%d days left, until %s", c.DaysLeft, c.NotAfter.Format("2006-01-02")),
			})
		}
		if c.Renewal != "" {
			verdicts = append(verdicts, judgeRenewal(*c))
		}
	}
	if r.looked.host != "" {
		verdicts = append(verdicts, r.judgeHost())
	}
	if r.looked.testFile {
		found := "it does not exist: Elastic Load Balancing has not been able to write, or the caller may not read it"
		if r.looked.testFileExists {
			found = "it exists"
		}
		verdicts = append(verdicts, Verdict{Check: "access_log.test_file", OK: r.looked.testFileExists, Limit: "the bucket has the test file of the access log", Found: found})
	}
	return verdicts
}

func (r Report) judgeInstances() Verdict {
	var out []string
	for _, h := range r.Instances {
		if !h.Serves() {
			out = append(out, h.String())
		}
	}
	v := Verdict{Check: "coordinators.in_service", OK: len(out) == 0 && len(r.Instances) > 0, Limit: "every coordinator is in service", Found: fmt.Sprintf("%d of %d", len(r.Instances)-len(out), len(r.Instances))}
	if len(out) > 0 {
		v.Found += ": " + strings.Join(out, "; ")
	}
	return v
}

// judgeRenewal fails where ACM waits for somebody, or has given up.
func judgeRenewal(c Certificate) Verdict {
	v := Verdict{Check: "certificate.renewal", Limit: "ACM renews it by itself", Found: c.Renewal}
	switch types.RenewalStatus(c.Renewal) {
	case types.RenewalStatusSuccess, types.RenewalStatusPendingAutoRenewal:
		v.OK = true
	case types.RenewalStatusPendingValidation:
		v.Found += ": the validation record is missing in DNS"
	}
	return v
}

// judgeHost compares the addresses of the name that clients use with the balancer's,
// which change: an address that the balancer had before or after is one of its own.
func (r Report) judgeHost() Verdict {
	l := r.looked
	v := Verdict{Check: "dns.host", Limit: l.host + " resolves to the load balancer, " + r.Outputs.DNSName}
	foreign := slices.DeleteFunc(slices.Clone(l.hostAddresses), func(a string) bool { return slices.Contains(l.balancerAddresses, a) })
	switch {
	case l.hostError != "":
		v.Found = "no answer: " + l.hostError
	case len(l.hostAddresses) == 0:
		v.Found = "no address"
	case len(l.balancerAddresses) == 0:
		v.Found = commaList(l.hostAddresses) + "; the load balancer's own name has no answer"
	case len(foreign) > 0:
		v.Found = commaList(foreign) + " is not the load balancer's: it has " + commaList(l.balancerAddresses)
	default:
		v.OK, v.Found = true, commaList(l.hostAddresses)
	}
	return v
}

// Failed lists the checks that did not pass.
func (r Report) Failed() []Verdict {
	return slices.DeleteFunc(slices.Clone(r.Verdicts), func(v Verdict) bool { return v.OK })
}
