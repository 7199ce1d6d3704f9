package provision

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/acm/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// certificate is the listeners' certificate: ours, found by domain and tag, or the
// one that lb.yaml names.
type certificate struct {
	detail  *types.CertificateDetail // nil: not there, or IAM's
	owned   []string                 // with our tag, for any domain; read by Destroy
	foreign []string                 // certificates for the same domain without our tag
	tags    map[string]string        // of detail, if it is ours
}

// certificateResource is the certificate, which listeners need.
func (s *state) certificateResource() resource {
	return resource{name: "certificate", read: &reader{s.readCertificate}, changes: s.certificateChanges}
}

// readCertificate reads ACM, unless the certificate is IAM's, of which only the
// name is used.
func (s *state) readCertificate(ctx context.Context) error {
	s.certificate = certificate{}
	t := s.spec.TLS
	switch {
	case t == nil || isIAM(t.Certificate):
		return nil
	case s.foreignARN() != "":
		return nil
	case t.Certificate != "":
		detail, err := s.describeCertificate(ctx, t.Certificate)
		s.certificate.detail = detail
		if code(err) == "ResourceNotFoundException" {
			return nil
		}
		return err
	}
	arns, err := s.certificatesFor(ctx, t.Domain)
	if err != nil {
		return err
	}
	for _, arn := range arns {
		tags, err := s.cloud.ACM.ListTagsForCertificate(ctx, &acm.ListTagsForCertificateInput{CertificateArn: aws.String(arn)})
		if err != nil {
			return err
		}
		detail, err := s.describeCertificate(ctx, arn)
		switch {
		case err != nil:
			return err
		case s.ownsACM(tags.Tags):
			if s.certificate.detail = preferred(s.certificate.detail, detail); s.certificate.detail == detail {
				s.certificate.tags = map[string]string{}
				for _, t := range tags.Tags {
					s.certificate.tags[text(t.Key)] = text(t.Value)
				}
			}
		case detail != nil && !unusable(detail.Status):
			s.certificate.foreign = append(s.certificate.foreign, arn)
		}
	}
	return nil
}

// foreignARN says why a load balancer cannot use the certificate of an ARN, which the
// ARN alone tells; "": it may.
func (s *state) foreignARN() string {
	parts := strings.Split(s.spec.TLS.Certificate, ":") // arn:PARTITION:SERVICE:REGION:ACCOUNT:...
	switch {
	case len(parts) < 6:
		return ""
	case parts[3] != "" && parts[3] != s.cloud.Region:
		return "it is in " + parts[3] + ", and a load balancer in " + s.cloud.Region + " needs one there: request or import it in that region"
	case parts[4] != s.identity.account:
		return "it belongs to another account, whose certificates this one cannot use"
	}
	return ""
}

func isIAM(arn string) bool { return strings.Contains(arn, ":server-certificate/") }

func (s *state) certificatesFor(ctx context.Context, domain string) ([]string, error) {
	var arns []string
	err := EachPage(ctx, acm.NewListCertificatesPaginator(s.cloud.ACM, &acm.ListCertificatesInput{}), func(page *acm.ListCertificatesOutput) {
		for _, c := range page.CertificateSummaryList {
			if strings.EqualFold(text(c.DomainName), domain) {
				arns = append(arns, text(c.CertificateArn))
			}
		}
	})
	slices.Sort(arns)
	return arns, err
}

func (s *state) describeCertificate(ctx context.Context, arn string) (*types.CertificateDetail, error) {
	out, err := s.cloud.ACM.DescribeCertificate(ctx, &acm.DescribeCertificateInput{CertificateArn: aws.String(arn)})
	if err != nil {
		return nil, err
	}
	return out.Certificate, nil
}

// preferred chooses between two certificates of ours: issued, then pending, then failed.
func preferred(a, b *types.CertificateDetail) *types.CertificateDetail {
	rank := func(c *types.CertificateDetail) int {
		switch {
		case c == nil:
			return 0
		case c.Status == types.CertificateStatusIssued:
			return 3
		case unusable(c.Status):
			return 1
		}
		return 2
	}
	if rank(b) > rank(a) {
		return b
	}
	return a
}

// unusable reports whether a certificate can never be used again.
func unusable(status types.CertificateStatus) bool {
	return status != types.CertificateStatusIssued && status != types.CertificateStatusPendingValidation && status != types.CertificateStatusInactive
}

func (s *state) certificateARN() string {
	switch {
	case s.spec.TLS.Certificate != "":
		return s.spec.TLS.Certificate
	case s.certificate.detail != nil:
		return text(s.certificate.detail.CertificateArn)
	}
	return certificateVar
}

// issued reports whether listeners may use the certificate.
func (s *state) issued() bool {
	return isIAM(s.spec.TLS.Certificate) || s.certificate.detail != nil && s.certificate.detail.Status == types.CertificateStatusIssued
}

func (s *state) certificateChanges() []Change {
	t, is := s.spec.TLS, s.certificate.detail
	c := Change{Resource: "certificate", Name: t.Domain + t.Certificate}
	switch {
	case s.foreignARN() != "":
		return []Change{blocked(noChange(c.Resource, c.Name, ""), "%s", s.foreignARN())}
	case isIAM(t.Certificate):
		return []Change{noChange(c.Resource, c.Name, "in IAM")}
	case is == nil && t.Certificate != "":
		return []Change{blocked(noChange(c.Resource, c.Name, ""), "it does not exist")}
	case is == nil && len(s.certificate.foreign) > 0:
		c.Action, c.Before = Conflict, commaList(s.certificate.foreign)
		c.Why = "a certificate for this domain exists without our tag " + ownerTag + "=" + s.identity.owner + ": set tls.certificate to its ARN instead of tls.domain"
		return []Change{c}
	case is == nil:
		return []Change{s.request(c), s.waitForIssue(c)}
	case s.hostProblem() != "":
		return []Change{blocked(noChange(c.Resource, c.Name, text(is.DomainName)), "%s", s.hostProblem())}
	case s.kind.refuses(is.KeyAlgorithm) != "":
		return []Change{blocked(noChange(c.Resource, c.Name, string(is.KeyAlgorithm)), "%s", s.kind.refuses(is.KeyAlgorithm))}
	}
	switch is.Status {
	case types.CertificateStatusIssued:
		return append([]Change{noChange(c.Resource, c.Name, "issued")}, s.certificateTags()...)
	case types.CertificateStatusPendingValidation:
		return []Change{s.waitForIssue(c)}
	}
	why := fmt.Sprintf("%s is %s", text(is.CertificateArn), is.Status)
	if is.FailureReason != "" {
		why += " (" + string(is.FailureReason) + ")"
	}
	return []Change{blocked(noChange(c.Resource, c.Name, string(is.Status)), "%s, and cannot be requested again: delete it, and the next apply requests another", why)}
}

// hostProblem says why clients could not verify the host by the certificate; "": they can.
func (s *state) hostProblem() string {
	is, host := s.certificate.detail, s.spec.TLS.Host
	names := append([]string{text(is.DomainName)}, is.SubjectAlternativeNames...)
	switch {
	case host == "" && lbfile.IsWildcard(text(is.DomainName)):
		return "its name is a wildcard, and clients need one name: set tls.host, such as impala" + strings.TrimPrefix(text(is.DomainName), "*")
	case host != "" && !slices.ContainsFunc(names, func(name string) bool { return lbfile.Covers(name, host) }):
		slices.Sort(names)
		return "tls.host is " + host + ", and the certificate is for " + commaList(slices.Compact(names))
	}
	return ""
}

// clientHost is the name that clients use and verify; "": unknown, for a certificate
// of IAM without tls.host.
func (s *state) clientHost() string {
	if s.spec.TLS.Host != "" || s.certificate.detail == nil {
		return cmp.Or(s.spec.TLS.Host, s.spec.TLS.Domain)
	}
	return text(s.certificate.detail.DomainName)
}

// certificateTags adds missing tags to a certificate of ours.
func (s *state) certificateTags() []Change {
	if s.certificate.tags == nil {
		return nil
	}
	lacking := s.lackingTags(s.certificate.tags)
	if len(lacking) == 0 {
		return nil
	}
	c := Change{Resource: "certificate's tags", Name: s.spec.TLS.Domain, Action: Update, Before: tagsText(s.certificate.tags), After: "with " + tagsText(lacking)}
	return []Change{writes(c, s.cloud.ACM.AddTagsToCertificate,
		&acm.AddTagsToCertificateInput{CertificateArn: s.certificate.detail.CertificateArn, Tags: tagList(lacking, acmTag)})}
}

// request asks for a certificate, with the tags in the same call. The token makes
// ACM give the same certificate to a request that is repeated within an hour.
func (s *state) request(c Change) Change {
	c.Action, c.After = Create, "RSA 2048, validated by DNS"
	in := &acm.RequestCertificateInput{
		DomainName:       aws.String(s.spec.TLS.Domain),
		ValidationMethod: types.ValidationMethodDns,
		KeyAlgorithm:     types.KeyAlgorithmRsa2048,
		IdempotencyToken: aws.String(fmt.Sprintf("%x", sha256.Sum256([]byte(s.identity.owner+" "+s.spec.TLS.Domain)))[:32]),
		Tags:             tagged(s, acmTag),
	}
	return writes(c, s.cloud.ACM.RequestCertificate, in).storedIn("CERTIFICATE", "CertificateArn")
}

// issueResource is the wait for a certificate.
const issueResource = "certificate's issue"

func (s *state) waitForIssue(c Change) Change {
	c.Resource, c.Action = issueResource, Wait
	c.After, c.Why = "issued", "ACM has not published the validation record yet"
	if s.certificate.detail == nil {
		c.Why = "ACM publishes the validation record after the request"
	} else {
		c.Before = string(s.certificate.detail.Status)
	}
	if records := s.validation(); len(records) > 0 {
		lines := mapSlice(records, func(r Record) string { return r.String() })
		c.Why = "create this record in the public zone, and keep it for renewals: " + strings.Join(lines, "; ")
	}
	c.CLI = []string{"aws", "acm", "wait", "certificate-validated", "--certificate-arn", s.certificateARN()}
	return c
}

// Record is a DNS record that you must create.
type Record struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Value string `json:"value"`
}

func (r Record) String() string { return r.Name + " " + r.Type + " " + r.Value }

// validation lists the records that prove to ACM that you own the domain.
func (s *state) validation() []Record {
	if s.certificate.detail == nil {
		return nil
	}
	var records []Record
	for _, o := range s.certificate.detail.DomainValidationOptions {
		if o.ResourceRecord == nil {
			continue
		}
		r := Record{text(o.ResourceRecord.Name), string(o.ResourceRecord.Type), text(o.ResourceRecord.Value)}
		if !slices.Contains(records, r) {
			records = append(records, r)
		}
	}
	return records
}

// Certificate is the state of the certificate in use.
type Certificate struct {
	ARN        string    `json:"arn"`
	Domain     string    `json:"domain,omitempty"`
	Status     string    `json:"status,omitempty"` // as ACM reports it; "" for IAM's
	Issuer     string    `json:"issuer,omitempty"`
	NotAfter   time.Time `json:"not_after,omitzero"`
	DaysLeft   int       `json:"days_left,omitempty"`
	Renewal    string    `json:"renewal,omitempty"` // as ACM reports it; "": no renewal
	Validation []Record  `json:"validation,omitempty"`
}

func (s *state) certificateState() *Certificate {
	if s.spec.TLS == nil || s.certificateARN() == certificateVar {
		return nil
	}
	c := &Certificate{ARN: s.certificateARN(), Domain: s.spec.TLS.Domain, Validation: s.validation()}
	if is := s.certificate.detail; is != nil {
		c.Domain, c.Status, c.Issuer = text(is.DomainName), string(is.Status), text(is.Issuer)
		if is.NotAfter != nil {
			c.NotAfter = is.NotAfter.UTC()
			c.DaysLeft = int(is.NotAfter.Sub(s.cloud.Now()) / (24 * time.Hour))
		}
		if is.RenewalSummary != nil {
			c.Renewal = string(is.RenewalSummary.RenewalStatus)
		}
	}
	return c
}
