package awssim

import "strings"

// tag is a tag in a request.
type tag struct {
	Key   string
	Value string
}

// tagRules are a service's rules for tags.
type tagRules struct {
	max                          int
	tooMany, duplicate, reserved string // error codes
}

// The limits of each service's API reference.
var (
	ec2Tags = tagRules{max: 50, tooMany: "TagLimitExceeded", duplicate: "InvalidParameterValue", reserved: "InvalidParameterValue"}
	elbTags = tagRules{max: 10, tooMany: "TooManyTags", duplicate: "DuplicateTagKeys", reserved: "ValidationError"}
	// elbv2Tags are those of the API of 2015-12-01.
	elbv2Tags = tagRules{max: 50, tooMany: "TooManyTags", duplicate: "DuplicateTagKeys", reserved: "ValidationError"}
	acmTags   = tagRules{max: 50, tooMany: "TooManyTagsException", duplicate: "InvalidTagException", reserved: "InvalidTagException"}
	s3Tags    = tagRules{max: 50, tooMany: "BadRequest", duplicate: "InvalidTag", reserved: "InvalidTag"}
)

// set converts a list of tags to a map.
func (t tagRules) set(tags []tag) (map[string]string, error) {
	out := map[string]string{}
	for _, one := range tags {
		if _, twice := out[one.Key]; twice {
			return nil, refuse(t.duplicate, "Tag key %q is there more than once", one.Key)
		}
		if strings.HasPrefix(strings.ToLower(one.Key), "aws:") {
			return nil, refuse(t.reserved, "Tag keys starting with 'aws:' are reserved for internal use")
		}
		if one.Key == "" || len(one.Key) > 128 || len(one.Value) > 256 {
			return nil, refuse(t.reserved, "Tag key has 1 to 128 letters, its value at most 256")
		}
		out[one.Key] = one.Value
	}
	if len(out) > t.max {
		return nil, refuse(t.tooMany, "at most %d tags", t.max)
	}
	return out, nil
}

// tagSpecification is EC2's tags at creation.
type tagSpecification struct {
	ResourceType string
	Tag          []tag
}

func creationTags(specs []tagSpecification, kind string) (map[string]string, error) {
	var tags []tag
	for _, s := range specs {
		if s.ResourceType != kind {
			return nil, refuse("InvalidParameterValue", "'%s' is not a valid taggable resource type for this operation.", s.ResourceType)
		}
		tags = append(tags, s.Tag...)
	}
	return ec2Tags.set(tags)
}
