package awssim

import (
	"cmp"
	"strconv"
)

// Quotas are those of the account; 0 is AWS's default.
type Quotas struct {
	RulesPerGroup      int // inbound ones, of IPv4 and of IPv6 each: 60
	GroupsPerInterface int // 5
	Balancers          int // Classic ones in a region: 20
	Listeners          int // of a balancer: 100
	Instances          int // of a balancer: 1000
	NetworkBalancers   int // in a region: 50
	NetworkListeners   int // of a network load balancer: 50
	TargetGroups       int // in a region: 3000
	Targets            int // of a target group: 1000
	ZoneTargets        int // of a network load balancer in a zone, or in all with cross-zone: 500; told, not enforced
}

func (q Quotas) rules() int     { return cmp.Or(q.RulesPerGroup, 60) }
func (q Quotas) groups() int    { return cmp.Or(q.GroupsPerInterface, 5) }
func (q Quotas) balancers() int { return cmp.Or(q.Balancers, 20) }
func (q Quotas) listeners() int { return cmp.Or(q.Listeners, 100) }
func (q Quotas) instances() int { return cmp.Or(q.Instances, 1000) }

func (q Quotas) networkBalancers() int { return cmp.Or(q.NetworkBalancers, 50) }
func (q Quotas) networkListeners() int { return cmp.Or(q.NetworkListeners, 50) }
func (q Quotas) targetGroups() int     { return cmp.Or(q.TargetGroups, 3000) }
func (q Quotas) targets() int          { return cmp.Or(q.Targets, 1000) }

// SetQuotas changes the account's quotas.
func (a *AWS) SetQuotas(q Quotas) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.quotas = q
}

// tooManyRules counts as VPC does: IPv4 and IPv6 apart, a group in both.
func (a *AWS) tooManyRules(rules []Rule) bool {
	v4, v6 := 0, 0
	for _, r := range rules {
		if r.Group != "" || r.CIDR.Addr().Is4() {
			v4++
		}
		if r.Group != "" || r.CIDR.Addr().Is6() {
			v6++
		}
	}
	return max(v4, v6) > a.quotas.rules()
}

type accountAttributes struct {
	dryRun
	AttributeName []string
}

type xmlAccountAttribute struct {
	Name   string                  `xml:"attributeName"`
	Values items[xmlAttributeItem] `xml:"attributeValueSet"`
}

type xmlAttributeItem struct {
	Value string `xml:"attributeValue"`
}

// groupsPerInterfaceName is the only account attribute that is simulated.
const groupsPerInterfaceName = "vpc-max-security-groups-per-interface"

func (r *region) accountAttributes(in accountAttributes) (int, error) {
	for _, name := range in.AttributeName {
		if name != groupsPerInterfaceName {
			return 0, notSimulated("the account attribute " + name)
		}
	}
	return r.aws.quotas.groups(), nil
}

func encodeAccountAttributes(groups int) any {
	return element{"accountAttributeSet", items[xmlAccountAttribute]{Item: []xmlAccountAttribute{
		{groupsPerInterfaceName, items[xmlAttributeItem]{Item: []xmlAttributeItem{{strconv.Itoa(groups)}}}},
	}}}
}

type accountLimits struct {
	Marker   string
	PageSize int32
}

type xmlLimit struct {
	Name string
	Max  string
}

func (r *region) accountLimits(accountLimits) ([]xmlLimit, error) {
	q := r.aws.quotas
	return []xmlLimit{
		{"classic-load-balancers", strconv.Itoa(q.balancers())},
		{"classic-listeners", strconv.Itoa(q.listeners())},
		{"classic-registered-instances", strconv.Itoa(q.instances())},
	}, nil
}

// networkLimits are those of the API of 2015-12-01. Only the first three are enforced.
func (r *region) networkLimits(accountLimits) ([]xmlLimit, error) {
	q := r.aws.quotas
	return []xmlLimit{
		{"network-load-balancers", strconv.Itoa(q.networkBalancers())},
		{"listeners-per-network-load-balancer", strconv.Itoa(q.networkListeners())},
		{"target-groups", strconv.Itoa(q.targetGroups())},
		{"targets-per-network-load-balancer", "3000"},
		{"targets-per-availability-zone-per-network-load-balancer", strconv.Itoa(cmp.Or(q.ZoneTargets, 500))},
	}, nil
}

func encodeLimits(limits []xmlLimit) any {
	return element{"Limits", list(limits, func(l xmlLimit) xmlLimit { return l })}
}

// quotaOperations are the calls of Service Quotas that are simulated.
var quotaOperations = map[string]operation{
	"GetServiceQuota": answers("servicequotas:GetServiceQuota", (*region).serviceQuota, func(q jsonQuota) any { return map[string]any{"Quota": q} }),
}

type serviceQuota struct{ ServiceCode, QuotaCode, ContextId string }

type jsonQuota struct {
	ServiceCode, QuotaCode, QuotaName string
	Value                             float64
	Adjustable                        bool
}

// rulesPerGroupCode is the code of the only service quota that is simulated.
const rulesPerGroupCode = "L-0EA8095F"

func (r *region) serviceQuota(in serviceQuota) (jsonQuota, error) {
	if in.ServiceCode != "vpc" || in.QuotaCode != rulesPerGroupCode {
		return jsonQuota{}, refuse("NoSuchResourceException", "The request failed because the specified quota does not exist.")
	}
	return jsonQuota{in.ServiceCode, in.QuotaCode, "Inbound or outbound rules per security group", float64(r.aws.quotas.rules()), true}, nil
}
