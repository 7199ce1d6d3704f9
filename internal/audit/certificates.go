package audit

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// certificates reads those that listeners show: of Certificate Manager, or of IAM.
func (r *reader) certificates(ctx context.Context) {
	var all []string
	for _, l := range r.out.Listeners {
		all = append(all, l.Certificates...)
	}
	for _, id := range distinct(all) {
		shown := scenarios.AuditShown{ID: id}
		switch kind, path, _ := strings.Cut(id, "/"); kind {
		case "certificate":
			r.managed(ctx, &shown)
		case "server-certificate":
			r.uploaded(ctx, path[strings.LastIndex(path, "/")+1:], &shown)
		}
		r.out.Shown = append(r.out.Shown, shown)
	}
}

// managed reads one of Certificate Manager.
func (r *reader) managed(ctx context.Context, shown *scenarios.AuditShown) {
	arn := r.arns[shown.ID]
	out, err := r.acm.DescribeCertificate(ctx, &acm.DescribeCertificateInput{CertificateArn: &arn})
	if !r.note(err) || out.Certificate == nil {
		return
	}
	c := out.Certificate
	shown.Status, shown.NotAfter, shown.Imported = string(c.Status), aws.ToTime(c.NotAfter).UTC(), c.Type == "IMPORTED"
	shown.Eligibility = string(c.RenewalEligibility)
	if c.RenewalSummary != nil {
		shown.Renewal = string(c.RenewalSummary.RenewalStatus)
	}
}

// uploaded reads one of IAM, by its name. Somebody uploaded it, and AWS does not renew it.
func (r *reader) uploaded(ctx context.Context, name string, shown *scenarios.AuditShown) {
	out, err := r.iam.GetServerCertificate(ctx, &iam.GetServerCertificateInput{ServerCertificateName: &name})
	if !r.note(err) || out.ServerCertificate == nil || out.ServerCertificate.ServerCertificateMetadata == nil {
		return
	}
	at := out.ServerCertificate.ServerCertificateMetadata.Expiration
	if at == nil {
		return
	}
	shown.Status, shown.NotAfter, shown.Imported = "ISSUED", at.UTC(), true
}
