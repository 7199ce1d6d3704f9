//go:build linux

package main

import (
	"context"
	"fmt"
	"slices"
)

// auditProofs audit a load balancer of each kind in moto. Where moto differs from AWS
// the proof has it as what is found, and the command has no way round it.
func auditProofs(l *lab) []proof {
	prepare := func() { l.moto() }
	return []proof{
		{name: "audit.classic", prepare: prepare, run: l.proveAuditClassic},
		{name: "audit.network", prepare: prepare, run: l.proveAuditNetwork},
	}
}

// audited is a load balancer that is audited as it was built and then broken.
type audited struct {
	name, arn, host string
	healthy, broken expectation
	passes          []string // as built, and fail when broken or are noted
	skipped         []string // as built: moto does not say what they need
	noted           []string // when broken: they are not as they should be, and do not fail
	breaks          string   // a script; its arguments are the ARN and the name
}

// prove audits it by its name, its ARN and its host; then what is broken is found.
func (a audited) prove(ctx context.Context, l *lab, m *moto, name string) (evidence, error) {
	passed := 0
	for how, by := range map[string]string{"name": a.name, "arn": a.arn, "host": a.host} {
		r, err := l.check(ctx, toolRun{name: name + "." + how, env: m.env, args: []string{"audit", by}, want: a.healthy})
		if err != nil {
			return evidence{}, err
		}
		passed = len(r.findingIDs("pass"))
		for status, ids := range map[string][]string{"pass": a.passes, "skipped": a.skipped} {
			for _, id := range ids {
				if err := r.expectFinding(id, status); err != nil {
					return evidence{}, fmt.Errorf("by %s: %w", how, err)
				}
			}
		}
	}
	if err := m.boto(ctx, nil, a.breaks, a.arn, a.name); err != nil {
		return evidence{}, err
	}
	r, err := l.check(ctx, toolRun{name: name + ".broken", env: m.env, args: []string{"audit", a.name}, want: a.broken})
	if err != nil {
		return evidence{}, err
	}
	for _, id := range a.noted {
		if i := slices.IndexFunc(r.Findings, func(f finding) bool { return f.ID == id && f.Status == "pass" && f.Note != "" }); i < 0 {
			return evidence{}, fmt.Errorf("%s has no note", id)
		}
	}
	return evidence{numbers: fmt.Sprintf("by name, ARN and host %d checks pass as built; broken, %d fail and %d are noted", passed, len(a.broken.failed), len(a.noted))}, nil
}

// proveAuditClassic audits what provision built. In moto a Classic load balancer has
// subnets and no zones, so that every instance seems to be in one that is not enabled.
func (l *lab) proveAuditClassic(ctx context.Context) (evidence, error) {
	d, err := l.newDeployment(ctx, "audited")
	if err != nil {
		return evidence{}, err
	}
	if _, err := d.apply(ctx); err != nil {
		return evidence{}, err
	}
	name := "elb-impala-" + d.cluster
	b, err := d.describeLoadBalancer(ctx)
	if err != nil {
		return evidence{}, err
	}
	e, err := audited{
		name: name, host: b.DNSName, arn: "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/" + name,
		healthy: expectation{exit: 1, failed: []string{"audit.zone.disabled"}},
		passes:  []string{"audit.drain.delay", "audit.health.any", "audit.idle.limit", "audit.proxy.protocol", "audit.sg.egress", "audit.sg.open", "audit.targets.port"},
		breaks:  breakClassic,
		broken: expectation{exit: 1, failed: []string{
			"audit.health.any", "audit.idle.limit", "audit.proxy.protocol", "audit.sg.egress", "audit.sg.open", "audit.zone.disabled",
		}},
		noted: []string{"audit.drain.delay", "audit.health.blind", "audit.health.slow", "audit.targets.port"},
	}.prove(ctx, l, d.moto, "audit.classic")
	if err != nil {
		return e, err
	}
	e.numbers += "; moto names no zone of a Classic load balancer: audit.zone.disabled fails there, and zones are NOT PROVEN"
	_, err = d.provision(ctx, 0, "destroy", "--yes", d.cluster)
	return e, err
}

// breakClassic stops the coordinators, opens the group to everybody and lets nothing
// out, sends the PROXY header, cuts idle connections, and adds a listener for Hue.
const breakClassic = `
name = sys.argv[2]
elb, ec2 = boto3.client("elb"), boto3.client("ec2")
elb.modify_load_balancer_attributes(LoadBalancerName=name, LoadBalancerAttributes={
    "ConnectionSettings": {"IdleTimeout": 60}, "ConnectionDraining": {"Enabled": False, "Timeout": 300}})
elb.create_load_balancer_listeners(LoadBalancerName=name, Listeners=[{"Protocol": "TCP", "LoadBalancerPort": 443, "InstanceProtocol": "TCP", "InstancePort": 8888}])
elb.create_load_balancer_policy(LoadBalancerName=name, PolicyName="proxy", PolicyTypeName="ProxyProtocolPolicyType", PolicyAttributes=[{"AttributeName": "ProxyProtocol", "AttributeValue": "true"}])
elb.set_load_balancer_policies_for_backend_server(LoadBalancerName=name, InstancePort=21050, PolicyNames=["proxy"])
b = elb.describe_load_balancers(LoadBalancerNames=[name])["LoadBalancerDescriptions"][0]
group = b["SecurityGroups"][0]
everybody = [{"CidrIp": "0.0.0.0/0"}]
ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[{"IpProtocol": "tcp", "FromPort": 21050, "ToPort": 21050, "IpRanges": everybody}])
ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[{"IpProtocol": "-1", "IpRanges": everybody}])
ec2.stop_instances(InstanceIds=[i["InstanceId"] for i in b["Instances"]])
`

// proveAuditNetwork audits a network load balancer as an AWS engineer would make it.
// moto's has no client_routing_policy, no proxy_protocol_v2.enabled and no zonal shift to
// tell, its ARN is that of an application load balancer, and a stopped instance stays
// healthy: one is taken out of the target group instead.
func (l *lab) proveAuditNetwork(ctx context.Context) (evidence, error) {
	m, err := l.moto()
	if err != nil {
		return evidence{}, err
	}
	g, err := m.createResources(ctx, "network")
	if err != nil {
		return evidence{}, err
	}
	var made struct{ ARN, Host string }
	if err := m.boto(ctx, &made, createNetwork, slices.Concat([]string{g.vpc}, g.coordinators)...); err != nil {
		return evidence{}, err
	}
	e, err := audited{
		name: "impala-network", arn: made.ARN, host: made.Host,
		passes: []string{
			"audit.drain.delay", "audit.drain.unhealthy", "audit.hairpin", "audit.health.any", "audit.health.blind", "audit.idle.limit",
			"audit.sg.egress", "audit.sg.open", "audit.sticky", "audit.zone.cross", "audit.zone.disabled", "audit.zone.empty",
		},
		skipped: []string{"audit.proxy.protocol", "audit.zone.affinity", "audit.zone.shift"},
		breaks:  breakNetwork,
		broken: expectation{exit: 1, failed: []string{
			"audit.idle.limit", "audit.proxy.protocol", "audit.sg.open", "audit.sticky", "audit.tls.cert", "audit.zone.empty",
		}},
		noted: []string{"audit.drain.delay", "audit.drain.unhealthy", "audit.listener.clear", "audit.tls.policy", "audit.zone.affinity"},
	}.prove(ctx, l, m, "audit.network")
	e.numbers += "; moto tells no PROXY header, no affinity and no zonal shift of a new one: they are skipped, and a zonal shift, health and interfaces are NOT PROVEN"
	return e, err
}

// createNetwork makes a network load balancer; its arguments are the VPC and the targets.
const createNetwork = `
n, ec2 = boto3.client("elbv2"), boto3.client("ec2")
vpc, ids = sys.argv[1], sys.argv[2:]
machines = [i for r in ec2.describe_instances(InstanceIds=ids)["Reservations"] for i in r["Instances"]]
front = ec2.create_security_group(GroupName="network front", Description="clients", VpcId=vpc)["GroupId"]
back = ec2.create_security_group(GroupName="network back", Description="coordinators", VpcId=vpc)["GroupId"]
def opens(port, source): return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **source}
ec2.authorize_security_group_ingress(GroupId=front, IpPermissions=[opens(21050, {"IpRanges": [{"CidrIp": "10.0.0.0/8"}]})])
ec2.authorize_security_group_ingress(GroupId=back, IpPermissions=[opens(p, {"UserIdGroupPairs": [{"GroupId": front}]}) for p in (21050, 25000)])
for i in machines:
    ec2.modify_instance_attribute(InstanceId=i["InstanceId"], Groups=[back])
pool = n.create_target_group(Name="impala-network", Protocol="TCP", Port=21050, VpcId=vpc, TargetType="instance",
    HealthCheckProtocol="HTTP", HealthCheckPort="25000", HealthCheckPath="/healthz", HealthCheckIntervalSeconds=10, HealthyThresholdCount=2, UnhealthyThresholdCount=2)["TargetGroups"][0]["TargetGroupArn"]
def attributes(**all): return [{"Key": k.replace("__", "."), "Value": v} for k, v in all.items()]
n.modify_target_group_attributes(TargetGroupArn=pool, Attributes=attributes(preserve_client_ip__enabled="false",
    target_health_state__unhealthy__connection_termination__enabled="false", target_health_state__unhealthy__draining_interval_seconds="300"))
n.register_targets(TargetGroupArn=pool, Targets=[{"Id": i} for i in ids])
b = n.create_load_balancer(Name="impala-network", Type="network", Scheme="internal", SecurityGroups=[front], Subnets=sorted({i["SubnetId"] for i in machines}))["LoadBalancers"][0]
arn = b["LoadBalancerArn"]
n.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=attributes(load_balancing__cross_zone__enabled="true"))
l = n.create_listener(LoadBalancerArn=arn, Protocol="TCP", Port=21050, DefaultActions=[{"Type": "forward", "TargetGroupArn": pool}])["Listeners"][0]
n.modify_listener_attributes(ListenerArn=l["ListenerArn"], Attributes=attributes(tcp__idle_timeout__seconds="3600"))
print(json.dumps({"ARN": arn, "Host": b["DNSName"]}))
`

// breakNetwork does what is done to such a load balancer by hand, and adds a listener
// for TLS whose certificate ends in three days.
const breakNetwork = `
arn = sys.argv[1]
n, ec2 = boto3.client("elbv2"), boto3.client("ec2")
def attributes(**all): return [{"Key": k.replace("__", "."), "Value": v} for k, v in all.items()]
b = n.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]
pool = n.describe_target_groups(LoadBalancerArn=arn)["TargetGroups"][0]["TargetGroupArn"]
l = n.describe_listeners(LoadBalancerArn=arn)["Listeners"][0]["ListenerArn"]
n.modify_listener_attributes(ListenerArn=l, Attributes=attributes(tcp__idle_timeout__seconds="60"))
n.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=attributes(load_balancing__cross_zone__enabled="false", dns_record__client_routing_policy="availability_zone_affinity"))
n.modify_target_group_attributes(TargetGroupArn=pool, Attributes=attributes(proxy_protocol_v2__enabled="true", stickiness__enabled="true",
    deregistration_delay__timeout_seconds="0", target_health_state__unhealthy__connection_termination__enabled="true"))
zone = b["AvailabilityZones"][0]["SubnetId"]
there = ec2.describe_instances(Filters=[{"Name": "subnet-id", "Values": [zone]}])["Reservations"]
n.deregister_targets(TargetGroupArn=pool, Targets=[{"Id": i["InstanceId"]} for r in there for i in r["Instances"] if any(t["Key"] == "type" and t["Value"] == "coordinator" for t in i["Tags"])])
ec2.authorize_security_group_ingress(GroupId=b["SecurityGroups"][0], IpPermissions=[{"IpProtocol": "tcp", "FromPort": 21050, "ToPort": 21050, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization as s
from cryptography.hazmat.primitives.asymmetric import rsa
from datetime import datetime, timedelta
key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "impala-network.example.com")])
soon = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1).not_valid_before(datetime.now() - timedelta(days=9)).not_valid_after(datetime.now() + timedelta(days=3)).sign(key, hashes.SHA256())
ends = boto3.client("acm").import_certificate(Certificate=soon.public_bytes(s.Encoding.PEM), PrivateKey=key.private_bytes(s.Encoding.PEM, s.PrivateFormat.TraditionalOpenSSL, s.NoEncryption()))["CertificateArn"]
n.create_listener(LoadBalancerArn=arn, Protocol="TLS", Port=21051, DefaultActions=[{"Type": "forward", "TargetGroupArn": pool}], Certificates=[{"CertificateArn": ends}], SslPolicy="ELBSecurityPolicy-2016-08")
`
