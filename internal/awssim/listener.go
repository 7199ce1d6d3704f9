package awssim

import (
	"cmp"
	"slices"
	"strings"
)

// Listener is a port of a balancer and its back end.
type Listener struct {
	Protocol         string // TCP, SSL, HTTP, HTTPS
	Port             int32
	InstanceProtocol string
	InstancePort     int32
	Certificate      string   // ARN; "" of TCP and HTTP
	Policies         []string // names
}

// same compares two listeners without their policies.
func (l Listener) same(o Listener) bool {
	return l.Protocol == o.Protocol && l.Port == o.Port && l.InstanceProtocol == o.InstanceProtocol &&
		l.InstancePort == o.InstancePort && l.Certificate == o.Certificate
}

func secure(protocol string) bool { return protocol == "SSL" || protocol == "HTTPS" }

func (b *Balancer) sortedListeners() []Listener {
	return slices.SortedFunc(slices.Values(b.Listeners), func(x, y Listener) int { return cmp.Compare(x.Port, y.Port) })
}

// listener finds the listener on a port; nil: none.
func (b *Balancer) listener(port int32) *Listener {
	for i := range b.Listeners {
		if b.Listeners[i].Port == port {
			return &b.Listeners[i]
		}
	}
	return nil
}

type listenerIn struct {
	Protocol         string
	LoadBalancerPort int32
	InstanceProtocol string
	InstancePort     int32
	SSLCertificateId string
}

// listen adds a listener; an equal one is kept.
func (r *region) listen(b *Balancer, in listenerIn) error {
	l, err := in.valid()
	if err != nil {
		return err
	}
	if there := b.listener(l.Port); there != nil {
		if there.same(l) {
			return nil
		}
		return refuse("DuplicateListener", "A listener already exists for '%s' with LoadBalancerPort '%d', but with a different InstancePort, Protocol, or SSLCertificateId", b.Name, l.Port)
	}
	for _, o := range b.Listeners {
		if o.InstancePort == l.InstancePort && secure(o.InstanceProtocol) != secure(l.InstanceProtocol) { // guess: the code; the rule is documented
			return refuseAs(409, "InvalidConfigurationRequest", "Listeners with the same instance port %d must be all secure or all insecure", l.InstancePort)
		}
	}
	if secure(l.Protocol) {
		if err := r.classicCertificate(l.Certificate); err != nil {
			return err
		}
		l.Policies = []string{defaultPolicy}
		b.know(defaultPolicy)
	}
	b.Listeners = append(b.Listeners, l)
	return nil
}

func (in listenerIn) valid() (Listener, error) {
	l := Listener{
		Protocol: strings.ToUpper(in.Protocol), Port: in.LoadBalancerPort,
		InstanceProtocol: strings.ToUpper(in.InstanceProtocol), InstancePort: in.InstancePort, Certificate: in.SSLCertificateId,
	}
	if l.InstanceProtocol == "" { // guess: as in the CLI's examples, TCP behind TCP and SSL, HTTP behind HTTP and HTTPS
		l.InstanceProtocol = map[string]string{"TCP": "TCP", "SSL": "TCP", "HTTP": "HTTP", "HTTPS": "HTTP"}[l.Protocol]
	}
	layer4 := []string{"TCP", "SSL"}
	layer7 := []string{"HTTP", "HTTPS"}
	switch {
	case !slices.Contains(append(layer4, layer7...), l.Protocol):
		return l, refuse("UnsupportedProtocol", "Invalid protocol '%s'", in.Protocol)
	case slices.Contains(layer4, l.Protocol) != slices.Contains(layer4, l.InstanceProtocol):
		return l, refuse("ValidationError", "Listener protocol %s and instance protocol %s must be of the same layer", l.Protocol, l.InstanceProtocol)
	case l.Port < 1 || l.Port > 65535 || l.InstancePort < 1 || l.InstancePort > 65535:
		return l, refuse("ValidationError", "Listener port must be between 1 and 65535 inclusive")
	case secure(l.Protocol) && l.Certificate == "":
		return l, refuse("ValidationError", "Secure Listeners need to specify a SSLCertificateId")
	case !secure(l.Protocol) && l.Certificate != "": // guess: the code
		return l, refuse("ValidationError", "Only secure listeners have an SSLCertificateId")
	}
	return l, nil
}

type createListeners struct {
	LoadBalancerName string
	Listeners        []listenerIn
}

func (r *region) createListeners(in createListeners) (none, error) {
	b, err := r.balancer(in.LoadBalancerName)
	if err != nil {
		return none{}, err
	}
	changed := b.clone()
	for _, l := range in.Listeners {
		if err := r.listen(&changed, l); err != nil {
			return none{}, err
		}
	}
	b.Listeners, b.Policies = changed.Listeners, changed.Policies
	return none{}, nil
}

type deleteListeners struct {
	LoadBalancerName  string
	LoadBalancerPorts []int32
}

// deleteListeners succeeds for a port without a listener.
func (r *region) deleteListeners(in deleteListeners) (none, error) {
	b, err := r.balancer(in.LoadBalancerName)
	if err != nil {
		return none{}, err
	}
	b.Listeners = slices.DeleteFunc(b.Listeners, func(l Listener) bool {
		if !slices.Contains(in.LoadBalancerPorts, l.Port) {
			return false
		}
		r.release(r.arn(b), l.Certificate)
		return true
	})
	return none{}, nil
}

type setCertificate struct {
	LoadBalancerName string
	LoadBalancerPort int32
	SSLCertificateId string
}

func (r *region) setCertificate(in setCertificate) (none, error) {
	b, err := r.balancer(in.LoadBalancerName)
	if err != nil {
		return none{}, err
	}
	l := b.listener(in.LoadBalancerPort)
	if l == nil {
		return none{}, listenerMissing(b, in.LoadBalancerPort)
	}
	if !secure(l.Protocol) {
		return none{}, refuseAs(409, "InvalidConfigurationRequest", "The listener on port %d has no certificate: it is %s", l.Port, l.Protocol)
	}
	if err := r.classicCertificate(in.SSLCertificateId); err != nil {
		return none{}, err
	}
	r.release(r.arn(b), l.Certificate)
	l.Certificate = in.SSLCertificateId
	return none{}, nil
}

func listenerMissing(b *Balancer, port int32) *ServiceError {
	return refuse("ListenerNotFound", "There is no listener for '%s' on port %d", b.Name, port)
}
