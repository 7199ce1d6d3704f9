package awscheck

// Actions of IAM that checks need beyond that which finds the load balancer.
const (
	readAttributes = "elasticloadbalancing:DescribeLoadBalancerAttributes"
	readInstances  = "elasticloadbalancing:DescribeInstanceHealth"
	readPolicies   = "elasticloadbalancing:DescribeLoadBalancerPolicies"
	readListeners  = "elasticloadbalancing:DescribeListeners"
	readListener   = "elasticloadbalancing:DescribeListenerAttributes"
	readGroups     = "elasticloadbalancing:DescribeTargetGroups"
	readGroup      = "elasticloadbalancing:DescribeTargetGroupAttributes"
	readTargets    = "elasticloadbalancing:DescribeTargetHealth"
	readFirewall   = "ec2:DescribeSecurityGroups"
	readMachines   = "ec2:DescribeInstances"
)

// Documents.
const (
	classicGuide     = "https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/"
	networkGuide     = "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/"
	targetAttributes = networkGuide + "edit-target-group-attributes.html"
	impalaGuide      = "https://impala.apache.org/docs/build/html/topics/"
)

// What one check says in more than one place.
const (
	notOfClassic = "a Classic load balancer has no such setting"
	notOfNetwork = "a network load balancer has no such limit"
)
