package provision

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
)

// answered is a call that was answered.
type answered struct {
	service, operation string
	done               bool // the answer says that it was done
}

// s3Roots are the documents that S3 answers; others have no body.
var s3Roots = map[string]string{
	"ListObjectsV2": "ListBucketResult", "GetBucketTagging": "Tagging", "GetBucketEncryption": "ServerSideEncryptionConfiguration",
}

// jsonMembers are what an answer in JSON has in any case, of the calls from whose answers
// something follows. The others may have no body.
var jsonMembers = map[string]string{
	"ListCertificates": "CertificateSummaryList", "DescribeCertificate": "Certificate", "ListTagsForCertificate": "Tags",
	"RequestCertificate": "CertificateArn", "GetServiceQuota": "Quota", "GetBucketPolicy": "Statement",
}

// answerDocument is an answer while it is read.
type answerDocument struct {
	wants   string // the root of XML or the member of an object of JSON that it has to have; "": it may be anything
	entries int    // of its lists, so far
	most    int    // entries that are counted
	depth   int
	roots   int
	has     bool // wants was seen
}

// check reads an answer to its end, or to one entry more than it may have, and returns the
// number of them. An answer of a source of credentials is no document of a known kind.
func (a answered) check(body []byte, most int) (entries int, err error) {
	d := answerDocument{most: most}
	var next func() error
	switch a.service {
	case "EC2", "Elastic Load Balancing", "Elastic Load Balancing v2", "STS", "IAM":
		d.wants, next = a.operation+"Response", d.xml(body)
	case "S3":
		if d.wants, next = s3Roots[a.operation], d.xml(body); a.operation == "GetBucketPolicy" && a.done {
			d.wants, next = jsonMembers[a.operation], d.json(body)
		}
	case "ACM", "Service Quotas":
		d.wants, next = jsonMembers[a.operation], d.json(body)
	default:
		return 0, nil
	}
	for err == nil && d.entries <= most {
		if err = next(); d.depth > maxDepth {
			err = fmt.Errorf("it is nested more than %d times", maxDepth)
		}
	}
	switch {
	case d.entries > most || !a.done || d.wants == "": // a refusal, and what has no body, says nothing more if it is not whole
		return d.entries, nil
	case errors.Is(err, io.EOF) && d.depth == 0 && d.has:
		return d.entries, nil
	case len(body) == 0:
		err = errors.New("it is empty")
	case errors.Is(err, io.EOF) && d.depth > 0:
		err = errors.New("it breaks off")
	case errors.Is(err, io.EOF):
		err = fmt.Errorf("it has no %s", d.wants)
	}
	return d.entries, &answerError{fmt.Sprintf("the answer is none of this call: %v", err)}
}

// errRoots is of what goes on after its end.
var errRoots = errors.New("it goes on after its end")

// xml reads a document token by token. AWS calls the entries of its lists item or member,
// and S3 by their kind, below the root.
func (d *answerDocument) xml(body []byte) func() error {
	decoder := xml.NewDecoder(bytes.NewReader(body))
	return func() error {
		token, err := decoder.Token()
		switch is := token.(type) {
		case xml.StartElement:
			name := is.Name.Local
			if d.depth == 0 {
				d.roots++
				d.has = d.has || name == d.wants
			}
			switch {
			case d.roots > 1:
				return errRoots
			case !d.has && d.wants != "":
				return fmt.Errorf("<%.40s> stands where <%s> belongs", name, d.wants)
			case d.depth == 1 || name == "item" || name == "member":
				d.entries++
			}
			d.depth++
		case xml.EndElement:
			d.depth--
		}
		return err
	}
}

// json reads an object token by token.
func (d *answerDocument) json(body []byte) func() error {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber() // one that is out of range is the SDK's to refuse
	return func() error {
		token, err := decoder.Token()
		if err == nil && d.depth == 0 {
			if d.roots++; d.roots > 1 {
				return errRoots
			}
			if token != json.Delim('{') {
				return errors.New("it is no object of JSON")
			}
		}
		switch token {
		case json.Delim('{'):
			d.entries++
			d.depth++
		case json.Delim('['):
			d.depth++
		case json.Delim('}'), json.Delim(']'):
			d.depth--
		}
		name, isText := token.(string)
		d.has = d.has || isText && d.depth == 1 && name == d.wants
		return err
	}
}
