// Package audit reads what AWS says of a load balancer: any Classic or network load
// balancer of an account, by its name, its ARN or its host. It writes nothing, and has
// no opinion: scenarios/judge does.
//
//	found, err := audit.Read(ctx, "impala-prod", audit.Options{Access: provision.Access{Region: "eu-west-1"}})
//
// A call that fails, because a permission is missing or for another reason, is noted in
// [scenarios.Audited.Unread], and the rest is read. [Policy] is the IAM policy of all
// calls. Every call has the limits of internal/provision, lists are read to their end or
// to [maxPages], and all of it ends with the context.
//
// What Impala alone knows comes from the web pages of the targets, where the caller
// gives a function that reads them.
//
// What is not read: prefix lists, network ACLs, DNS but for the
// host that was asked for.
package audit
