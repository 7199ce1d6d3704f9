package audit

// Policy is the IAM policy of every call that [Read] may make. REGION and ACCOUNT stand
// for the reader's own. All of it is reading; Elastic Load Balancing and EC2 know no
// resource in these actions.
const Policy = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Look",
      "Effect": "Allow",
      "Action": [
        "ec2:DescribeInstances",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "elasticloadbalancing:DescribeInstanceHealth",
        "elasticloadbalancing:DescribeListenerAttributes",
        "elasticloadbalancing:DescribeListenerCertificates",
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeLoadBalancerAttributes",
        "elasticloadbalancing:DescribeLoadBalancerPolicies",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeSSLPolicies",
        "elasticloadbalancing:DescribeTags",
        "elasticloadbalancing:DescribeTargetGroupAttributes",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeTargetHealth"
      ],
      "Resource": ["*"],
      "Condition": {
        "StringEquals": {
          "aws:RequestedRegion": ["REGION"]
        }
      }
    },
    {
      "Sid": "LookAtCertificates",
      "Effect": "Allow",
      "Action": ["acm:DescribeCertificate"],
      "Resource": ["arn:aws:acm:REGION:ACCOUNT:certificate/*"]
    },
    {
      "Sid": "LookAtCertificatesOfIAM",
      "Effect": "Allow",
      "Action": ["iam:GetServerCertificate"],
      "Resource": ["arn:aws:iam::ACCOUNT:server-certificate/*"]
    }
  ]
}
`
