package awssim

// sslProtocols has the security policies that are simulated, a few of AWS's (guide of
// network load balancers), and what each allows.
var sslProtocols = map[string][]string{
	"ELBSecurityPolicy-2016-08":           {"TLSv1", "TLSv1.1", "TLSv1.2"},
	"ELBSecurityPolicy-TLS-1-2-2017-01":   {"TLSv1.2"},
	"ELBSecurityPolicy-TLS13-1-2-2021-06": {"TLSv1.2", "TLSv1.3"},
	"ELBSecurityPolicy-TLS13-1-0-2021-06": {"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"},
}

type describeSSLPolicies struct {
	Names    []string
	Marker   string
	PageSize int32
}

// describeSSLPolicies takes names alone.
func (r *region) describeSSLPolicies(in describeSSLPolicies) ([]string, error) {
	if len(in.Names) == 0 {
		return nil, notSimulated("DescribeSSLPolicies without names")
	}
	for _, name := range in.Names {
		if sslProtocols[name] == nil {
			return nil, refuse("SSLPolicyNotFound", "One or more SSL policies not found")
		}
	}
	return in.Names, nil
}
