package awssim

import (
	"regexp"
	"slices"
	"strings"
)

type requestCertificate struct {
	DomainName              string
	SubjectAlternativeNames []string
	ValidationMethod        string
	IdempotencyToken        string
	KeyAlgorithm            string
	Tags                    []tag
}

func (c requestCertificate) carriesTags() bool { return len(c.Tags) > 0 }

var (
	domainName = regexp.MustCompile(`^(\*\.)?([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$`)
	tokenForm  = regexp.MustCompile(`^\w{0,32}$`)
)

// maxCertificateNames is the initial quota of names a certificate.
const maxCertificateNames = 10

// requestCertificate creates one, or returns the one of the same token.
func (r *region) requestCertificate(in requestCertificate) (*Certificate, error) {
	if err := in.valid(); err != nil {
		return nil, err
	}
	tags, err := acmTags.set(in.Tags)
	if err != nil {
		return nil, err
	}
	if in.IdempotencyToken != "" {
		if c := find(r.certificates, func(c *Certificate) bool { return c.token == in.IdempotencyToken && c.Domain == in.DomainName }); c != nil {
			return c, nil
		}
	}
	c := &Certificate{
		ARN: r.certificateARN(), Domain: in.DomainName, Names: distinct(append([]string{in.DomainName}, in.SubjectAlternativeNames...)),
		Status: "PENDING_VALIDATION", Key: in.KeyAlgorithm, Tags: tags, Created: r.now(), token: in.IdempotencyToken, creation: r.aws.createdNow(),
	}
	if c.Key == "" {
		c.Key = "RSA_2048"
	}
	if slices.ContainsFunc(c.Names, isAmazonDomain) { // guess: that it fails afterwards, and the reason
		c.Status, c.Failure = "FAILED", "ADDITIONAL_VERIFICATION_REQUIRED"
	}
	r.certificates = append(r.certificates, c)
	return c, nil
}

// isAmazonDomain reports a name for which ACM issues no certificate.
func isAmazonDomain(name string) bool {
	name = strings.ToLower(name)
	return name == "amazonaws.com" || strings.HasSuffix(name, ".amazonaws.com")
}

func (c requestCertificate) valid() error {
	names := distinct(append([]string{c.DomainName}, c.SubjectAlternativeNames...))
	for _, name := range names {
		if !domainName.MatchString(name) || len(name) > 253 {
			return refuse("ValidationException", "1 validation error detected: Value '%s' at 'domainName' failed to satisfy constraint", name)
		}
	}
	switch {
	case len(c.DomainName) > 64: // guess: the code
		return refuse("ValidationException", "The first domain name can be no longer than 64 characters.")
	case len(names) > maxCertificateNames:
		return refuse("LimitExceededException", "A certificate has at most %d names", maxCertificateNames)
	case c.ValidationMethod != "DNS":
		return notSimulated("validation by " + c.ValidationMethod)
	case !slices.Contains([]string{"", "RSA_2048", "EC_prime256v1", "EC_secp384r1"}, c.KeyAlgorithm):
		return refuse("ValidationException", "The key algorithm %s cannot be requested", c.KeyAlgorithm)
	case !tokenForm.MatchString(c.IdempotencyToken):
		return refuse("ValidationException", "1 validation error detected: Value at 'idempotencyToken' failed to satisfy constraint: at most 32 letters, digits and underscores")
	}
	return nil
}
