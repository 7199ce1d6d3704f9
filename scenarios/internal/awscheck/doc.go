// Package awscheck holds the settings of a load balancer on AWS against what Impala
// needs: [scenarios.Audited] in, one finding a check out, always all of them, in the
// order of the table.
//
// A check is a row (table.go and the files of its groups): its id, why it is asked,
// the document that it rests on, and for each type of load balancer what is healthy,
// the calls that it needs, what would mend it, and a pure function. [Document] makes
// docs/audit.md of the same rows.
//
// A check whose calls failed is skipped and names the missing permission; so is one
// that needs to know what neither AWS nor Impala's pages said. There is no state
// between pass and fail: what is unwise passes, with a note.
//
// It reads nothing: internal/audit does.
package awscheck
