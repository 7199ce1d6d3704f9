package awssim

import (
	"maps"
	"slices"
	"strings"
)

// acmOperations are the calls of Certificate Manager that are simulated.
var acmOperations = map[string]operation{
	"ListCertificates":       answers("acm:ListCertificates", (*region).listCertificates, encodeCertificates),
	"ListTagsForCertificate": answers("acm:ListTagsForCertificate", (*region).certificateTags, encodeCertificateTags),
	"DescribeCertificate":    answers("acm:DescribeCertificate", (*region).describeCertificate, encodeCertificate),
	"RequestCertificate":     answers("acm:RequestCertificate", (*region).requestCertificate, encodeNewCertificate).withTags("acm:AddTagsToCertificate"),
	"AddTagsToCertificate":   answers("acm:AddTagsToCertificate", (*region).addCertificateTags, func(none) any { return struct{}{} }),
	"DeleteCertificate":      answers("acm:DeleteCertificate", (*region).deleteCertificate, func(none) any { return struct{}{} }),
}

func encodeNewCertificate(c *Certificate) any {
	return map[string]string{"CertificateArn": c.ARN}
}

func encodeCertificateTags(c *Certificate) any {
	tags := []tag{}
	for _, key := range slices.Sorted(maps.Keys(c.Tags)) {
		tags = append(tags, tag{key, c.Tags[key]})
	}
	return map[string]any{"Tags": tags}
}

type jsonSummary struct {
	CertificateArn                  string
	DomainName                      string
	SubjectAlternativeNameSummaries []string
	Status                          string
	Type                            string
	KeyAlgorithm                    string
	InUse                           bool
	CreatedAt                       int64
	NotAfter                        int64 `json:",omitempty"`
}

func encodeCertificates(p page[certificateView]) any {
	out := struct {
		CertificateSummaryList []jsonSummary
		NextToken              string `json:",omitempty"`
	}{CertificateSummaryList: []jsonSummary{}, NextToken: p.Next}
	for _, c := range p.Items {
		s := jsonSummary{
			CertificateArn: c.ARN, DomainName: c.Domain, SubjectAlternativeNameSummaries: c.Names, Status: c.Status,
			Type: "AMAZON_ISSUED", KeyAlgorithm: c.Key, InUse: len(c.users) > 0, CreatedAt: c.Created.Unix(),
		}
		if !c.NotAfter.IsZero() {
			s.NotAfter = c.NotAfter.Unix()
		}
		out.CertificateSummaryList = append(out.CertificateSummaryList, s)
	}
	return out
}

type jsonCertificate struct {
	CertificateArn          string
	DomainName              string
	SubjectAlternativeNames []string
	DomainValidationOptions []jsonValidation
	Status                  string
	FailureReason           string `json:",omitempty"`
	Type                    string
	KeyAlgorithm            string
	Issuer                  string   `json:",omitempty"`
	InUseBy                 []string // never null
	RenewalEligibility      string
	CreatedAt               int64
	IssuedAt                int64        `json:",omitempty"`
	NotBefore               int64        `json:",omitempty"`
	NotAfter                int64        `json:",omitempty"`
	RenewalSummary          *jsonRenewal `json:",omitempty"`
}

// jsonRenewal is there once ACM has begun to renew.
type jsonRenewal struct {
	RenewalStatus           string
	DomainValidationOptions []jsonValidation
	UpdatedAt               int64
}

type jsonValidation struct {
	DomainName       string
	ValidationMethod string
	ValidationStatus string
	ResourceRecord   *jsonRecord `json:",omitempty"`
}

type jsonRecord struct{ Name, Type, Value string }

func encodeCertificate(d certificateView) any {
	c := jsonCertificate{
		CertificateArn: d.ARN, DomainName: d.Domain, SubjectAlternativeNames: d.Names, Status: d.Status, FailureReason: d.Failure,
		Type: "AMAZON_ISSUED", InUseBy: d.users, CreatedAt: d.Created.Unix(),
		KeyAlgorithm: strings.ReplaceAll(d.Key, "RSA_", "RSA-"), // so described, though requested and listed with an underscore
	}
	c.RenewalEligibility = "INELIGIBLE"
	if d.Imported {
		c.Type = "IMPORTED"
	} else if len(d.users) > 0 {
		c.RenewalEligibility = "ELIGIBLE"
	}
	if d.Status == "ISSUED" {
		c.Issuer, c.IssuedAt, c.NotBefore, c.NotAfter = "Amazon", d.Created.Unix(), d.Created.Unix(), d.NotAfter.Unix()
	}
	for _, name := range d.Names {
		c.DomainValidationOptions = append(c.DomainValidationOptions, encodeValidation(d, name))
	}
	if d.Renewal != "" {
		c.RenewalSummary = &jsonRenewal{RenewalStatus: d.Renewal, DomainValidationOptions: c.DomainValidationOptions, UpdatedAt: d.Created.Unix()}
	}
	return map[string]any{"Certificate": c}
}

func encodeValidation(d certificateView, name string) jsonValidation {
	v := jsonValidation{DomainName: name, ValidationMethod: "DNS", ValidationStatus: "PENDING_VALIDATION"}
	switch d.Status {
	case "ISSUED":
		v.ValidationStatus = "SUCCESS"
	case "FAILED", "VALIDATION_TIMED_OUT":
		v.ValidationStatus = "FAILED"
	}
	if d.details {
		key, value := cname(name)
		v.ResourceRecord = &jsonRecord{key, "CNAME", value}
	}
	return v
}
