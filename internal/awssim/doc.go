// Package awssim is as much of AWS as a Classic load balancer before Impala
// needs, or a network one, in one process: EC2, Elastic Load Balancing (2012-06-01, and
// of 2015-12-01 what is about network load balancers with TCP and TLS listeners),
// Certificate Manager, S3, Service Quotas and STS, as one endpoint for the SDK's clients. It refuses what AWS refuses, with the codes of its API references, and shows changes
// with AWS's delays.
//
//	sim, err := awssim.Start(awssim.Config{HealthLag: 2})
//	defer sim.Close()
//	vpc := sim.AddVPC(awssim.VPC{Tags: map[string]string{"Name": "impala"}})
//	client := elasticloadbalancing.New(elasticloadbalancing.Options{BaseEndpoint: aws.String(sim.URL()), ...})
//
// AddVPC and its like add what a provisioning run finds; SetGroup and its
// like are manual changes; LoadBalancers, Groups, ENIs, Certificates and
// Buckets return copies of the current state; Calls returns the requests, with the
// IAM actions they need. Deny withdraws one. The service and the region of a
// request are those of its signature's scope; signatures are not checked. There is
// no clock: delays are counted in calls ([Config]).
//
// # What is validated
//
//   - EC2: names of groups (letters, length, sg-, equal but for case), their VPC,
//     networks put into canonical form, ports, equal rules in a group or in a
//     call, quotas of rules a group and groups an interface (SetQuotas), deletion of a group
//     that an interface, a balancer or another group's rule has, tags at creation
//     and of what they are, filters (an unknown name is refused), DryRun.
//   - Elastic Load Balancing: names, scheme, subnets (they exist, one VPC, one a
//     zone, eight free addresses, an internet gateway where it is needed), groups, listeners (protocols of one layer, ports, certificates,
//     secure and plain on one instance port), equal and different creation,
//     number and names of tags, ranges of attributes and health checks, the
//     bucket and the policy of an access log, instances (they exist, VPC,
//     running), policies, the names at most that DescribeTags takes.
//   - Network load balancers: names, scheme, subnets and their addresses, groups (at
//     creation or never), attributes (name and value), listeners (protocol, port,
//     certificate and policy, the target group's protocol, VPC and other users),
//     target groups (ranges of the health check), targets (instances as above;
//     addresses of the VPC, or private ones for all zones), equal and different
//     creation, tags, quotas, deletion protection, a target group in use.
//   - Health: the instance runs, its zone has a subnet of the balancer, a process
//     listens (Instance.Ports) on the health check's port, the balancer's groups let
//     it out, and those of the primary interface let it in.
//   - Certificate Manager: names and their number, the token, tags, use by a
//     balancer, the keys that a list shows.
//   - S3: names, location constraints, ownership, region, the syntax of a policy,
//     that it is not public (as for new buckets), and, for an access log, that it
//     allows the region's writer to put objects under the prefix.
//   - A parameter or an operation that is not listed in the wire files is refused
//     as NotSimulated, never ignored; but of S3's headers only the expected owner
//     is read.
//
// # What is a guess
//
// No AWS was asked. These are neither in an API reference nor in a report that
// we know of; the code has "guess" at each.
//
//   - AuthorizeSecurityGroupIngress adds all rules of a call or none.
//   - DryRun is answered once the parameters are read and permission is there,
//     before anything is looked up.
//   - Creating a balancer that exists compares scheme, subnets, groups, listeners
//     and tags with what it has now.
//   - The codes, not the limits, of: a second subnet in a zone, too many groups of
//     a balancer, mixed listeners on one instance port, a certificate on a plain
//     listener, an emit interval other than 5 and 60, a draining timeout while
//     draining is off, a reserved policy name, an unknown reference policy, an
//     elliptic key from Certificate Manager, a domain over 64 letters, a balancer's
//     interface modified by its user.
//   - A certificate that is not issued is CertificateNotFound for a listener.
//   - A stopped instance cannot be registered; one that exists and is not
//     registered can be deregistered.
//   - A name of amazonaws.com gives a certificate that has FAILED, for
//     ADDITIONAL_VERIFICATION_REQUIRED.
//   - A listener without an instance protocol has TCP or HTTP there.
//   - An Allow with a condition allows nothing, a Deny with one denies everything.
//   - A public policy is refused in buckets of AddBucket too.
//   - Messages only resemble AWS's. Tests should compare code and type.
//   - A network load balancer's target that is an address of no instance is healthy.
//   - Creating a network load balancer, a target group or a listener that exists
//     compares neither tags nor attributes: whoever asks again may get a stranger's.
//   - Deleting a target group that does not exist succeeds; the last security group of
//     a network load balancer cannot be taken away.
//
// # What is not simulated
//
// Signatures, IAM beyond Deny, DNS, traffic, draining by a Classic balancer, elastic
// addresses of a network one, UDP, QUIC and ALPN, quotas besides those above, the default VPC, EC2-Classic, peering, IPv6 of subnets,
// other policies than SSL negotiation with a reference policy, availability zones
// given by name, the regions' hosted zone ids (all have us-east-1's), the age of
// idempotency tokens (ForgetTokens ages them), renewal by itself, buckets' encryption beyond
// KMS, partitions other than aws. A late creation is late for its group, balancer
// or certificate, not for rules, tags or attributes.
package awssim
