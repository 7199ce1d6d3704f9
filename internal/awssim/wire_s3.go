package awssim

import (
	"encoding/xml"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// s3Operations are the calls of S3 that are simulated. A HEAD needs the IAM
// action of what it asks about, which is named otherwise.
var s3Operations = map[string]operation{
	"HeadBucket":          answers("s3:ListBucket", (*region).headBucket, encodeNone[*Bucket]),
	"CreateBucket":        answers("s3:CreateBucket", (*region).createBucket, encodeNone[*Bucket]).withTags("s3:TagResource"),
	"GetBucketTagging":    answers("s3:GetBucketTagging", (*region).bucketTags, encodeBucketTags),
	"PutBucketTagging":    answers("s3:PutBucketTagging", (*region).putTags, encodeNone[none]),
	"GetBucketPolicy":     answers("s3:GetBucketPolicy", (*region).bucketPolicy, encodePolicy),
	"PutBucketPolicy":     answers("s3:PutBucketPolicy", (*region).putPolicy, encodeNone[none]),
	"GetBucketEncryption": answers("s3:GetEncryptionConfiguration", (*region).headBucket, encodeEncryption),
	"DeleteObject":        answers("s3:DeleteObject", (*region).deleteObject, encodeNone[none]),
	"DeleteBucketPolicy":  answers("s3:DeleteBucketPolicy", (*region).deletePolicy, encodeNone[none]),
	"DeleteBucket":        answers("s3:DeleteBucket", (*region).deleteBucket, encodeNone[none]),
	"ListObjectsV2":       answers("s3:ListBucket", (*region).listObjects, encodeObjects),
	"GetObject":           answers("s3:GetObject", (*region).getObject, encodeObject),
	"HeadObject":          answers("s3:GetObject", (*region).headObject, encodeNone[string]),
}

func encodeNone[T any](T) any { return nil }

func encodePolicy(b *Bucket) any { return []byte(b.Policy) }

type xmlEncryption struct {
	XMLName   xml.Name `xml:"ServerSideEncryptionConfiguration"`
	Algorithm string   `xml:"Rule>ApplyServerSideEncryptionByDefault>SSEAlgorithm"`
}

// encodeEncryption: every bucket has a default encryption.
func encodeEncryption(b *Bucket) any {
	if b.KMS {
		return xmlEncryption{Algorithm: "aws:kms"}
	}
	return xmlEncryption{Algorithm: "AES256"}
}

type xmlBucketTags struct {
	XMLName xml.Name    `xml:"Tagging"`
	Tags    []xmlElbTag `xml:"TagSet>Tag"`
}

func encodeBucketTags(b *Bucket) any {
	var out xmlBucketTags
	for _, key := range slices.Sorted(maps.Keys(b.Tags)) {
		out.Tags = append(out.Tags, xmlElbTag{key, b.Tags[key]})
	}
	return out
}

// s3Dialect is S3's: the bucket and the key in the path, XML or JSON in the body.
type s3Dialect struct{}

func (s3Dialect) answer(a *AWS, s scope, r *http.Request, body []byte, w http.ResponseWriter) {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	name := s3Name(r.Method, r.URL.Query(), key)
	op, known := s3Operations[name]
	if !known || bucket == "" {
		refuseS3(w, r, refuseAs(501, "NotImplemented", "this call is not simulated"))
		return
	}
	params := map[string]string{"Bucket": bucket, "Key": key, "Body": string(body), "ExpectedBucketOwner": r.Header.Get("X-Amz-Expected-Bucket-Owner")}
	answer, err := a.call(Call{Service: "s3", Name: name, Region: s.region, Params: params}, op, func(into any) error {
		in := bucketIn{bucket, key, r.Header.Get("X-Amz-Expected-Bucket-Owner")}
		if list, is := into.(*listObjects); is {
			*list = listing(in, r.URL.Query())
			return nil
		}
		return decodeS3(in, body, into)
	})
	if err != nil {
		refuseS3(w, r, asServiceError(err))
		return
	}
	w.Header().Set("X-Amz-Bucket-Region", s.region)
	switch answer := answer.(type) {
	case nil:
	case []byte:
		_, _ = w.Write(answer)
	default:
		text, _ := xml.Marshal(answer) // of our own structs: it cannot fail
		w.Header().Set("Content-Type", "application/xml")
		_, _ = w.Write(append([]byte(xml.Header), text...))
	}
}

// s3Name is the operation's name, which S3 does not send; "": none of ours.
func s3Name(method string, query url.Values, key string) string {
	part := ""
	for _, known := range []string{"tagging", "policy", "encryption"} {
		if query.Has(known) {
			part = known
		}
	}
	switch {
	case key != "" && method == http.MethodHead:
		return "HeadObject"
	case key != "" && method == http.MethodDelete:
		return "DeleteObject"
	case key != "" && method == http.MethodGet:
		return "GetObject"
	case key != "":
		return ""
	case method == http.MethodGet && query.Get("list-type") == "2":
		return "ListObjectsV2"
	}
	return map[string]string{
		"HEAD ": "HeadBucket", "PUT ": "CreateBucket",
		"GET tagging": "GetBucketTagging", "PUT tagging": "PutBucketTagging",
		"DELETE ": "DeleteBucket", "DELETE policy": "DeleteBucketPolicy",
		"GET encryption": "GetBucketEncryption",
		"GET policy":     "GetBucketPolicy", "PUT policy": "PutBucketPolicy",
	}[method+" "+part]
}

func decodeS3(in bucketIn, body []byte, into any) error {
	switch to := into.(type) {
	case *bucketIn:
		*to = in
	case *putPolicy:
		*to = putPolicy{in, string(body)}
	case *putTags:
		var tags struct {
			Tags []tag `xml:"TagSet>Tag"`
		}
		if xml.Unmarshal(body, &tags) != nil {
			return malformedXML()
		}
		*to = putTags{in, tags.Tags}
	case *createBucket:
		var wanted struct {
			LocationConstraint string
			Tags               []tag `xml:"Tags>Tag"`
		}
		if len(body) > 0 && xml.Unmarshal(body, &wanted) != nil {
			return malformedXML()
		}
		*to = createBucket{in, wanted.LocationConstraint, wanted.Tags}
	}
	return nil
}

func malformedXML() *ServiceError {
	return refuse("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
}

// refuseS3 tells an error; to a HEAD only the status can be told.
func refuseS3(w http.ResponseWriter, r *http.Request, e *ServiceError) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(e.Status)
	if r.Method != http.MethodHead {
		text, _ := xml.Marshal(xmlError{Code: e.Code, Message: e.Message})
		_, _ = w.Write(append([]byte(xml.Header), text...))
	}
}
