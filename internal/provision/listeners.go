package provision

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
)

func listener(port uint16, front, back, certificate string) types.Listener {
	l := types.Listener{
		Protocol: aws.String(front), LoadBalancerPort: int32(port),
		InstanceProtocol: aws.String(back), InstancePort: aws.Int32(int32(port)),
	}
	if certificate != "" {
		l.SSLCertificateId = aws.String(certificate)
	}
	return l
}

// listenerChanges reconciles the listeners, one port after the other. Changing a
// protocol means deleting and creating, and the port is closed in between, so it
// is only done with an issued certificate. Unwanted listeners are deleted first:
// one may bind an instance's port to another protocol.
func (s *state) listenerChanges() []Change {
	var changes []Change
	for _, have := range s.listeners() {
		if !slices.Contains(s.spec.Listeners, uint16(have.LoadBalancerPort)) {
			changes = append(changes, s.deleteListener(have, "not in lb.yaml"))
		}
	}
	for _, port := range s.spec.Listeners {
		changes = append(changes, s.portChanges(port)...)
	}
	return append(changes, s.backendPolicyChanges()...)
}

func (s *state) listeners() []types.Listener {
	if s.balancer.description == nil {
		return nil
	}
	var list []types.Listener
	for _, d := range s.balancer.description.ListenerDescriptions {
		if d.Listener != nil {
			list = append(list, *d.Listener)
		}
	}
	slices.SortFunc(list, func(a, b types.Listener) int { return int(a.LoadBalancerPort - b.LoadBalancerPort) })
	return list
}

// matchingListeners lists the ports of lb.yaml that have the listener it describes.
func (s *state) matchingListeners() []uint16 {
	return slices.DeleteFunc(slices.Clone(s.spec.Listeners), func(port uint16) bool {
		return !slices.ContainsFunc(s.listeners(), func(have types.Listener) bool {
			want := s.wantedListener(port)
			return have.LoadBalancerPort == want.LoadBalancerPort && sameRoute(have, want) && text(have.SSLCertificateId) == text(want.SSLCertificateId)
		})
	})
}

func (s *state) wantedListener(port uint16) types.Listener {
	front, back := s.spec.Protocols()
	if !s.spec.Secure() {
		return listener(port, front, back, "")
	}
	return listener(port, front, back, s.certificateARN())
}

func (s *state) portChanges(port uint16) []Change {
	want := s.wantedListener(port)
	i := slices.IndexFunc(s.listeners(), func(l types.Listener) bool { return l.LoadBalancerPort == int32(port) })
	if i < 0 {
		if s.balancer.description == nil { // it is created with them, as TCP
			if !s.spec.Secure() {
				return []Change{s.createdListener(port)}
			}
			return s.recreate(listener(port, "TCP", "TCP", ""), want)
		}
		return []Change{s.createListener(want)}
	}
	have := s.listeners()[i]
	switch {
	case !sameRoute(have, want):
		return s.recreate(have, want)
	case text(have.SSLCertificateId) != text(want.SSLCertificateId):
		c := Change{Resource: "listener's certificate", Name: fmt.Sprint(port), Action: Update, Before: text(have.SSLCertificateId), After: text(want.SSLCertificateId)}
		return []Change{writes(c, s.cloud.ELB.SetLoadBalancerListenerSSLCertificate,
			&elb.SetLoadBalancerListenerSSLCertificateInput{LoadBalancerName: s.balancerName(), LoadBalancerPort: int32(port), SSLCertificateId: want.SSLCertificateId})}
	}
	return []Change{noChange("listener", fmt.Sprint(port), listenerText(have))}
}

// recreate changes a listener's protocol, for which AWS has no call. Without an
// issued certificate it deletes nothing.
func (s *state) recreate(have, want types.Listener) []Change {
	del := s.deleteListener(have, "a protocol cannot be changed")
	del.paired = true
	if s.spec.Secure() && !s.issued() {
		del.Why += "; once the certificate is issued"
		del.apply = func(context.Context) error {
			return fmt.Errorf("listener %d is not changed: its certificate is not issued", have.LoadBalancerPort)
		}
	}
	return []Change{del, s.createListener(want)}
}

// createdListener is a listener that is created with the balancer.
func (s *state) createdListener(port uint16) Change {
	c := noChange("listener", fmt.Sprint(port), listenerText(s.wantedListener(port)))
	c.Before, c.Why = "", "created with the load balancer"
	return c
}

// sameRoute compares two listeners without their certificates. AWS ignores the case
// of a protocol.
func sameRoute(a, b types.Listener) bool {
	return strings.EqualFold(text(a.Protocol), text(b.Protocol)) && strings.EqualFold(text(a.InstanceProtocol), text(b.InstanceProtocol)) &&
		aws.ToInt32(a.InstancePort) == aws.ToInt32(b.InstancePort)
}

func listenerText(l types.Listener) string {
	return fmt.Sprintf("%s %d to %s %d", strings.ToUpper(text(l.Protocol)), l.LoadBalancerPort, strings.ToUpper(text(l.InstanceProtocol)), aws.ToInt32(l.InstancePort))
}

// deleteListener deletes one listener a call, so that the other ports stay open.
func (s *state) deleteListener(l types.Listener, why string) Change {
	c := Change{Resource: "listener", Name: fmt.Sprint(l.LoadBalancerPort), Action: Delete, Before: listenerText(l), Why: why}
	return writes(c, s.cloud.ELB.DeleteLoadBalancerListeners,
		&elb.DeleteLoadBalancerListenersInput{LoadBalancerName: s.balancerName(), LoadBalancerPorts: []int32{l.LoadBalancerPort}})
}

func (s *state) createListener(l types.Listener) Change {
	c := Change{Resource: "listener", Name: fmt.Sprint(l.LoadBalancerPort), Action: Create, After: listenerText(l)}
	return writes(c, s.cloud.ELB.CreateLoadBalancerListeners,
		&elb.CreateLoadBalancerListenersInput{LoadBalancerName: s.balancerName(), Listeners: []types.Listener{l}})
}
