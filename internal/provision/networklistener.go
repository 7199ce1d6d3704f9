package provision

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// idleAttribute is the only attribute of a TCP listener. One for TLS has none: its idle
// timeout cannot be changed.
const idleAttribute = "tcp.idle_timeout.seconds"

var listenerDefaults = attributes{idleAttribute: "350"}

// netListener is a listener of a network load balancer.
type netListener struct {
	types.Listener
	attributes attributes
}

func (l netListener) port() uint16 { return uint16(aws.ToInt32(l.Port)) }

// forwardsTo lists the target groups of its actions.
func (l netListener) forwardsTo() []string {
	var arns []string
	for _, a := range l.DefaultActions {
		if arn := text(a.TargetGroupArn); arn != "" {
			arns = append(arns, arn)
		}
		if a.ForwardConfig != nil {
			arns = append(arns, mapSlice(a.ForwardConfig.TargetGroups, func(g types.TargetGroupTuple) string { return text(g.TargetGroupArn) })...)
		}
	}
	slices.Sort(arns)
	return slices.Compact(arns)
}

func (l netListener) certificate() string {
	if len(l.Certificates) == 0 {
		return ""
	}
	return text(l.Certificates[0].CertificateArn)
}

func (s netKind) readListeners(ctx context.Context, balancer string) ([]netListener, error) {
	var list []netListener
	pages := elbv2.NewDescribeListenersPaginator(s.cloud.ELBv2, &elbv2.DescribeListenersInput{LoadBalancerArn: aws.String(balancer)})
	err := EachPage(ctx, pages, func(page *elbv2.DescribeListenersOutput) {
		for _, l := range page.Listeners {
			list = append(list, netListener{Listener: l})
		}
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b netListener) int { return int(a.port()) - int(b.port()) })
	for i, l := range list {
		if l.Protocol != types.ProtocolEnumTcp {
			continue
		}
		out, err := s.cloud.ELBv2.DescribeListenerAttributes(ctx, &elbv2.DescribeListenerAttributesInput{ListenerArn: l.ListenerArn})
		if err != nil {
			return nil, err
		}
		list[i].attributes = attributes{}
		for _, a := range out.Attributes {
			list[i].attributes[text(a.Key)] = text(a.Value)
		}
	}
	return list, nil
}

func (s netKind) listener(port uint16) (netListener, bool) {
	i := slices.IndexFunc(s.net.listeners, func(l netListener) bool { return l.port() == port })
	if i < 0 {
		return netListener{}, false
	}
	return s.net.listeners[i], true
}

// wanted is the listener that lb.yaml describes.
func (s netKind) wanted(port uint16) netListener {
	front, _ := s.spec.Protocols()
	l := netListener{Listener: types.Listener{
		Port: aws.Int32(int32(port)), Protocol: types.ProtocolEnum(front),
		DefaultActions: []types.Action{{Type: types.ActionTypeEnumForward, TargetGroupArn: aws.String(s.targetGroupARN(port))}},
	}}
	if s.spec.Secure() {
		l.SslPolicy, l.Certificates = aws.String(s.spec.TLS.Policy), []types.Certificate{{CertificateArn: aws.String(s.certificateARN())}}
		return l
	}
	l.attributes = attributes{idleAttribute: fmt.Sprint(s.spec.IdleTimeout.Seconds())}
	return l
}

// same compares two listeners without their attributes.
func (l netListener) same(want netListener) bool {
	secure := want.Protocol == types.ProtocolEnumTls
	return l.Protocol == want.Protocol && slices.Equal(l.forwardsTo(), want.forwardsTo()) &&
		(!secure || text(l.SslPolicy) == text(want.SslPolicy) && l.certificate() == want.certificate())
}

func (s netKind) describe(l netListener) string {
	line := fmt.Sprintf("%s %d to %s", l.Protocol, l.port(), commaList(mapSlice(l.forwardsTo(), s.targetGroupName)))
	if l.Protocol == types.ProtocolEnumTls {
		line += ", " + text(l.SslPolicy) + ", " + l.certificate()
	}
	return line
}

// listenerChanges changes a listener in place, its protocol too: no port is closed.
func (s netKind) listenerChanges() []Change {
	var changes []Change
	for _, have := range s.net.listeners {
		if !slices.Contains(s.spec.Listeners, have.port()) {
			c := Change{Resource: "listener", Name: fmt.Sprint(have.port()), Action: Delete, Before: s.describe(have), Why: "not in lb.yaml"}
			changes = append(changes, writes(c, s.cloud.ELBv2.DeleteListener, &elbv2.DeleteListenerInput{ListenerArn: have.ListenerArn}))
		}
	}
	for _, port := range s.spec.Listeners {
		changes = append(changes, s.portChanges(port)...)
	}
	return changes
}

func (s netKind) portChanges(port uint16) []Change {
	want := s.wanted(port)
	have, there := s.listener(port)
	c := noChange("listener", fmt.Sprint(port), s.describe(want))
	switch {
	case !there:
		c.Action, c.Before = Create, ""
		c = writes(c, s.cloud.ELBv2.CreateListener, &elbv2.CreateListenerInput{
			LoadBalancerArn: aws.String(s.net.arn()), Port: want.Port, Protocol: want.Protocol,
			DefaultActions: want.DefaultActions, SslPolicy: want.SslPolicy, Certificates: want.Certificates,
		}).storedIn(variableName(listenerVar(port)), "Listeners[0].ListenerArn")
	case !have.same(want):
		c.Action, c.Before = Update, s.describe(have)
		c = writes(c, s.cloud.ELBv2.ModifyListener, &elbv2.ModifyListenerInput{
			ListenerArn: have.ListenerArn, Protocol: want.Protocol,
			DefaultActions: want.DefaultActions, SslPolicy: want.SslPolicy, Certificates: want.Certificates,
		})
	}
	return append([]Change{c}, s.idleChanges(port, want)...)
}

// idleChanges sets the idle timeout of a TCP listener, for which creation has no
// parameter.
func (s netKind) idleChanges(port uint16, want netListener) []Change {
	have, there := s.listener(port)
	if s.spec.Secure() || len(want.attributes.lacking(have.attributes, listenerDefaults)) == 0 {
		return nil
	}
	arn := text(have.ListenerArn)
	if !there {
		arn = listenerVar(port)
	}
	c := Change{Resource: "listener's idle timeout", Name: fmt.Sprint(port), Action: Update, Before: want.attributes.text(have.attributes, listenerDefaults), After: tagsText(want.attributes)}
	return []Change{writes(c, s.cloud.ELBv2.ModifyListenerAttributes, &elbv2.ModifyListenerAttributesInput{
		ListenerArn: aws.String(arn), Attributes: []types.ListenerAttribute{{Key: aws.String(idleAttribute), Value: aws.String(want.attributes[idleAttribute])}},
	})}
}

func (s netKind) matching() []uint16 {
	return slices.DeleteFunc(slices.Clone(s.spec.Listeners), func(port uint16) bool {
		have, there := s.listener(port)
		return !there || !have.same(s.wanted(port))
	})
}
