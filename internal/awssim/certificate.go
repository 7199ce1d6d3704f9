package awssim

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Certificate is a certificate of Certificate Manager.
type Certificate struct {
	ARN      string // "": generated
	Domain   string
	Names    []string // Domain and the alternative ones
	Status   string   // PENDING_VALIDATION, ISSUED, FAILED, ...
	Failure  string   // why it is FAILED
	Key      string   // "RSA_2048", ...
	Tags     map[string]string
	Created  time.Time
	NotAfter time.Time // zero until it is issued
	Imported bool      // it is not AWS's, and not renewed
	Renewal  string    // PENDING_AUTO_RENEWAL, PENDING_VALIDATION, SUCCESS, FAILED; "": not begun

	token         string // of idempotency
	describeCalls int    // calls of DescribeCertificate
	refusedUses   int    // uses that did not see it yet
	formerUser    string // ARN of the last balancer that used it
	lateCalls     int    // calls that still report that use
	creation
}

// AddCertificate adds an existing certificate and returns its ARN.
// Without a status it is issued, without a key it has RSA_2048.
func (a *AWS) AddCertificate(c Certificate) string {
	r, unlock := a.lockHome()
	defer unlock()
	c.Tags, c.Names = maps.Clone(c.Tags), slices.Clone(c.Names)
	c.creation, c.describeCalls, c.refusedUses = preexisting(), a.config.DetailsLag, a.config.CertificateLag
	if c.ARN == "" {
		c.ARN = r.certificateARN()
	}
	if len(c.Names) == 0 {
		c.Names = []string{c.Domain}
	}
	if c.Key == "" {
		c.Key = "RSA_2048"
	}
	c.Created = r.now()
	if c.Status == "" || c.Status == "ISSUED" {
		r.issue(&c)
	}
	r.certificates = append(r.certificates, &c)
	return c.ARN
}

// Certificates lists the certificates.
func (a *AWS) Certificates() []Certificate {
	r, unlock := a.lockHome()
	defer unlock()
	out := make([]Certificate, 0, len(r.certificates))
	for _, c := range r.certificates {
		copied := *c
		copied.Tags, copied.Names = maps.Clone(c.Tags), slices.Clone(c.Names)
		out = append(out, copied)
	}
	return out
}

// SetCertificate changes the certificate with the ARN, as time does.
func (a *AWS) SetCertificate(arn string, change func(*Certificate)) {
	r, unlock := a.lockHome()
	defer unlock()
	if c := find(r.certificates, func(c *Certificate) bool { return c.ARN == arn }); c != nil {
		change(c)
	}
}

// CompleteValidation issues the pending certificates of a domain, as after its
// CNAME was created.
func (a *AWS) CompleteValidation(domain string) {
	r, unlock := a.lockHome()
	defer unlock()
	for _, c := range r.certificates {
		if c.Domain == domain && c.Status == "PENDING_VALIDATION" {
			r.issue(c)
		}
	}
}

// EndValidation ends the pending certificates of a domain in another state:
// "FAILED" with its reason, or "VALIDATION_TIMED_OUT".
func (a *AWS) EndValidation(domain, status, reason string) {
	r, unlock := a.lockHome()
	defer unlock()
	for _, c := range r.certificates {
		if c.Domain == domain && c.Status == "PENDING_VALIDATION" {
			c.Status, c.Failure = status, reason
		}
	}
}

// ForgetTokens makes every idempotency token as old as the hour that they last.
func (a *AWS) ForgetTokens() {
	r, unlock := a.lockHome()
	defer unlock()
	for _, c := range r.certificates {
		c.token = ""
	}
}

// validity is how long an issued certificate lasts (ACM: 13 months).
const validity = 395 * 24 * time.Hour

func (r *region) issue(c *Certificate) {
	c.Status = "ISSUED"
	if c.NotAfter.IsZero() {
		c.NotAfter = r.now().Add(validity)
	}
}

func (r *region) now() time.Time { return r.aws.config.Now().UTC().Truncate(time.Second) }

func (r *region) certificateARN() string {
	r.aws.ids++
	return fmt.Sprintf("arn:aws:acm:%s:%s:certificate/00000000-0000-4000-8000-%012x", r.name, Account, r.aws.ids)
}

func (r *region) certificate(arn string) (*Certificate, error) {
	if !strings.HasPrefix(arn, "arn:aws:acm:") {
		return nil, refuse("InvalidArnException", "%q is no certificate's ARN", arn)
	}
	if c := find(r.certificates, func(c *Certificate) bool { return c.ARN == arn && r.aws.visible(c.creation) }); c != nil {
		return c, nil
	}
	return nil, refuse("ResourceNotFoundException", "Could not find certificate %s.", arn)
}

// certificateForUse is the lookup of Elastic Load Balancing: it sees ACM's
// certificates late.
func (r *region) certificateForUse(arn string) (*Certificate, error) {
	missing := refuse("CertificateNotFound", "Server Certificate not found for the key: %s", arn)
	c := find(r.certificates, func(c *Certificate) bool { return c.ARN == arn })
	if c == nil || c.Status != "ISSUED" { // guess: a pending one is not found, rather than refused by another code
		return nil, missing
	}
	if c.refusedUses < r.aws.config.CertificateLag {
		c.refusedUses++
		return nil, missing
	}
	return c, nil
}

// classicCertificate is one that a Classic balancer takes: RSA keys of at most 2048 bits.
func (r *region) classicCertificate(arn string) error {
	c, err := r.certificateForUse(arn)
	if err != nil {
		return err
	}
	if c.Key != "RSA_2048" && c.Key != "RSA_1024" { // guess: the code
		return refuseAs(409, "InvalidConfigurationRequest", "A Classic load balancer takes no %s key from ACM", c.Key)
	}
	return nil
}

// usedBy lists the ARNs of the balancers with a listener that uses it.
func (r *region) usedBy(c *Certificate) []string {
	users := []string{}
	for _, b := range r.balancers {
		if slices.ContainsFunc(b.Listeners, func(l Listener) bool { return l.Certificate == c.ARN }) {
			users = append(users, r.arn(b))
		}
	}
	for _, b := range r.networks {
		if slices.ContainsFunc(b.Listeners, func(l NetworkListener) bool { return slices.Contains(l.Certificates, c.ARN) }) {
			users = append(users, b.ARN)
		}
	}
	if c.lateCalls > 0 && !slices.Contains(users, c.formerUser) {
		users = append(users, c.formerUser)
	}
	return users
}

// release records that a listener of a balancer, given by its ARN, no longer uses a
// certificate.
func (r *region) release(balancer, arn string) {
	if c := find(r.certificates, func(c *Certificate) bool { return c.ARN == arn }); c != nil {
		c.formerUser, c.lateCalls = balancer, r.aws.config.UseLag
	}
}

// cname is the validation record: always the same for a domain in an account, and
// for its wildcard.
func cname(domain string) (name, value string) {
	domain = strings.TrimPrefix(domain, "*.")
	sum := sha256.Sum256([]byte(Account + "/" + domain))
	text := hex.EncodeToString(sum[:])
	return "_" + text[:32] + "." + domain + ".", "_" + text[32:] + ".acm-validations.aws."
}

type certificateIn struct{ CertificateArn string }

// certificateView is a certificate as it is described.
type certificateView struct {
	*Certificate
	users   []string
	details bool // the CNAME is known
}

func (r *region) describeCertificate(in certificateIn) (certificateView, error) {
	c, err := r.certificate(in.CertificateArn)
	if err != nil {
		return certificateView{}, err
	}
	c.describeCalls++
	shown := c.describeCalls - r.aws.config.DetailsLag
	if after := r.aws.config.IssueAfter; after > 0 && shown > after && c.Status == "PENDING_VALIDATION" {
		r.issue(c)
	}
	d := certificateView{Certificate: c, users: r.usedBy(c), details: shown > 0}
	c.lateCalls = max(0, c.lateCalls-1)
	return d, nil
}

func (r *region) certificateTags(in certificateIn) (*Certificate, error) {
	return r.certificate(in.CertificateArn)
}

func (r *region) deleteCertificate(in certificateIn) (none, error) {
	c, err := r.certificate(in.CertificateArn)
	if err != nil {
		return none{}, err
	}
	users := r.usedBy(c)
	c.lateCalls = max(0, c.lateCalls-1)
	if len(users) > 0 {
		return none{}, refuse("ResourceInUseException", "Certificate %s in account %s is in use.", c.ARN, Account)
	}
	r.certificates = slices.DeleteFunc(r.certificates, func(o *Certificate) bool { return o == c })
	return none{}, nil
}

type listCertificates struct {
	CertificateStatuses []string
	Includes            struct {
		KeyTypes []string `json:"keyTypes"`
	}
	MaxItems  int32
	NextToken string
}

// listCertificates returns by default only RSA keys of at most 2048 bits (API
// reference).
func (r *region) listCertificates(in listCertificates) (page[certificateView], error) {
	keys := in.Includes.KeyTypes
	if len(keys) == 0 {
		keys = []string{"RSA_1024", "RSA_2048"}
	}
	var found []certificateView
	for _, c := range r.certificates {
		wanted := len(in.CertificateStatuses) == 0 || slices.Contains(in.CertificateStatuses, c.Status)
		if wanted && slices.Contains(keys, c.Key) && r.aws.visible(c.creation) {
			found = append(found, certificateView{Certificate: c, users: r.usedBy(c)})
		}
	}
	return paginate(r.aws, found, in.MaxItems, in.NextToken)
}
