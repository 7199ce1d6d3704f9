package audit

import (
	"fmt"
	"net"
	"regexp"
	"strings"
)

// place is what the user named: one of arn, host and label is set.
type place struct {
	arn    string
	host   string // without a port
	label  string // a load balancer's name
	v2     bool   // of an ARN: it is none of a Classic load balancer
	region string // that an ARN or a host of AWS names; "": none
}

var (
	arnForm   = regexp.MustCompile(`^arn:aws[a-z-]*:elasticloadbalancing:([a-z0-9-]+):[0-9]{12}:loadbalancer/((net|app|gwy)/)?([A-Za-z0-9-]{1,32})(/[0-9a-f]+)?$`)
	labelForm = regexp.MustCompile(`^[A-Za-z0-9-]{1,32}$`)
	// A network load balancer's host has elb before the region, others after it.
	hostForm = regexp.MustCompile(`\.(?:elb\.([a-z0-9-]+)|([a-z0-9-]+)\.elb)\.amazonaws\.com(?:\.cn)?$`)
)

// parse reads NAME, ARN or HOST, which may have a port.
func parse(asked string) (place, error) {
	if strings.HasPrefix(asked, "arn:") {
		m := arnForm.FindStringSubmatch(asked)
		if m == nil {
			return place{}, &NotFoundError{fmt.Sprintf("%.200q is not the ARN of a load balancer", asked)}
		}
		return place{arn: asked, label: m[4], v2: m[2] != "", region: m[1]}, nil
	}
	host := asked
	if h, _, err := net.SplitHostPort(asked); err == nil {
		host = h
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if strings.ContainsAny(host, ".:") {
		p := place{host: host}
		if m := hostForm.FindStringSubmatch(host); m != nil {
			p.region = m[1] + m[2]
		}
		return p, nil
	}
	if !labelForm.MatchString(asked) {
		return place{}, &NotFoundError{fmt.Sprintf("%.200q is no name of a load balancer, no ARN and no host", asked)}
	}
	return place{label: asked}, nil
}

// name is what it is called as long as AWS has not said its name.
func (p place) name() string {
	if p.label != "" {
		return p.label
	}
	return p.host
}
