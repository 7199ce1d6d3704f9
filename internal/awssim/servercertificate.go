package awssim

import "time"

// ServerCertificate is a certificate of IAM, which a Classic load balancer's listener may
// show. It is of the account, and of no region.
type ServerCertificate struct {
	Name     string
	NotAfter time.Time
}

// AddServerCertificate adds one, and returns its ARN.
func (a *AWS) AddServerCertificate(c ServerCertificate) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.serverCertificates = append(a.serverCertificates, c)
	return c.arn()
}

func (c ServerCertificate) arn() string {
	return "arn:aws:iam::" + Account + ":server-certificate/" + c.Name
}

// iamOperations are the calls of IAM that are simulated.
var iamOperations = map[string]operation{
	"GetServerCertificate": answers("iam:GetServerCertificate", (*region).serverCertificate, encodeServerCertificate),
}

func iamSuccess(action string, answer any) []byte {
	return querySuccess("https://iam.amazonaws.com/doc/2010-05-08/", action, answer)
}

type getServerCertificate struct{ ServerCertificateName string }

func (r *region) serverCertificate(in getServerCertificate) (ServerCertificate, error) {
	for _, c := range r.aws.serverCertificates {
		if c.Name == in.ServerCertificateName {
			return c, nil
		}
	}
	return ServerCertificate{}, refuseAs(404, "NoSuchEntity", "The Server Certificate with name %s cannot be found.", in.ServerCertificateName)
}

type xmlServerCertificate struct {
	Metadata struct {
		Path       string `xml:"Path"`
		Name       string `xml:"ServerCertificateName"`
		ID         string `xml:"ServerCertificateId"`
		ARN        string `xml:"Arn"`
		Expiration string `xml:"Expiration"`
	} `xml:"ServerCertificateMetadata"`
	Body string `xml:"CertificateBody"`
}

func encodeServerCertificate(c ServerCertificate) any {
	var out xmlServerCertificate
	out.Metadata.Path, out.Metadata.Name, out.Metadata.ID, out.Metadata.ARN = "/", c.Name, "ASCAEXAMPLE", c.arn()
	out.Metadata.Expiration = c.NotAfter.UTC().Format(time.RFC3339)
	out.Body = "-----BEGIN CERTIFICATE-----"
	return element{"ServerCertificate", out}
}
