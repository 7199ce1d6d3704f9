package awssim

import (
	"encoding/xml"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// listObjects holds the parameters of ListObjectsV2.
type listObjects struct {
	bucketIn
	Prefix, Token string
	MaxKeys       int
}

// objectList is a page of a bucket's objects.
type objectList struct {
	bucket *Bucket
	keys   []string
	next   string
}

// maxKeys is how many keys S3 lists at once.
const maxKeys = 1000

// listObjects lists keys in their order, a page at a time; the token is the last key.
func (r *region) listObjects(in listObjects) (objectList, error) {
	b, err := r.bucket(in.bucketIn)
	if err != nil {
		return objectList{}, err
	}
	size := maxKeys
	if in.MaxKeys > 0 {
		size = min(size, in.MaxKeys)
	}
	if r.aws.config.PageSize > 0 {
		size = min(size, r.aws.config.PageSize)
	}
	out := objectList{bucket: b}
	for _, key := range slices.Sorted(slices.Values(b.Objects)) {
		switch {
		case !strings.HasPrefix(key, in.Prefix) || in.Token != "" && key <= in.Token:
		case len(out.keys) == size:
			out.next = out.keys[size-1]
			return out, nil
		default:
			out.keys = append(out.keys, key)
		}
	}
	return out, nil
}

func (r *region) getObject(in bucketIn) ([]byte, error) {
	b, err := r.bucket(in)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(b.Objects, in.Key) {
		return nil, refuseAs(404, "NoSuchKey", "The specified key does not exist.")
	}
	return append([]byte{}, b.Contents[in.Key]...), nil
}

type xmlObjects struct {
	XMLName   xml.Name    `xml:"ListBucketResult"`
	Name      string      `xml:"Name"`
	Truncated bool        `xml:"IsTruncated"`
	Next      string      `xml:"NextContinuationToken,omitempty"`
	Count     int         `xml:"KeyCount"`
	Contents  []xmlObject `xml:"Contents"`
}

type xmlObject struct {
	Key      string `xml:"Key"`
	Modified string `xml:"LastModified"`
	Size     int    `xml:"Size"`
}

func encodeObjects(l objectList) any {
	out := xmlObjects{Name: l.bucket.Name, Truncated: l.next != "", Next: l.next, Count: len(l.keys)}
	for _, key := range l.keys {
		out.Contents = append(out.Contents, xmlObject{key, l.bucket.Modified[key].UTC().Format(time.RFC3339), len(l.bucket.Contents[key])})
	}
	return out
}

func encodeObject(b []byte) any { return b }

// listing are the parameters of a request that lists.
func listing(in bucketIn, query url.Values) listObjects {
	n, _ := strconv.Atoi(query.Get("max-keys"))
	return listObjects{in, query.Get("prefix"), query.Get("continuation-token"), n}
}
