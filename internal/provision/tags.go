package provision

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
	elbv2types "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// tagged makes a service's list of tags: ours and the file's, sorted by key, so
// that equal requests are identical.
func tagged[T any](s *state, tag func(key, value *string) T) []T {
	return tagList(s.wantedTags(), tag)
}

// wantedTags are the tags of every resource of ours.
func (s *state) wantedTags() map[string]string {
	tags := map[string]string{}
	maps.Copy(tags, s.spec.Tags)
	tags[ownerTag], tags[versionTag] = s.identity.owner, layoutVersion
	return tags
}

// lackingTags are the wanted tags that a resource does not have, or has with another
// value. Tags that are not wanted are kept: nothing tells whose they are.
func (s *state) lackingTags(have map[string]string) map[string]string {
	lacking := s.wantedTags()
	maps.DeleteFunc(lacking, func(key, value string) bool { return hasTag(have, key, value) })
	return lacking
}

func hasTag(have map[string]string, key, value string) bool {
	is, ok := have[key]
	return ok && is == value
}

// tagsText formats tags, sorted by key.
func tagsText(tags map[string]string) string {
	return commaList(mapSlice(slices.Sorted(maps.Keys(tags)), func(key string) string { return key + "=" + tags[key] }))
}

func tagList[T any](tags map[string]string, tag func(key, value *string) T) []T {
	var list []T
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, tag(aws.String(key), aws.String(tags[key])))
	}
	return list
}

func ec2Tag(key, value *string) ec2types.Tag     { return ec2types.Tag{Key: key, Value: value} }
func elbTag(key, value *string) elbtypes.Tag     { return elbtypes.Tag{Key: key, Value: value} }
func elbv2Tag(key, value *string) elbv2types.Tag { return elbv2types.Tag{Key: key, Value: value} }
func acmTag(key, value *string) acmtypes.Tag     { return acmtypes.Tag{Key: key, Value: value} }
func s3Tag(key, value *string) s3types.Tag       { return s3types.Tag{Key: key, Value: value} }

// ec2Tags are the tags of a resource that EC2 creates.
func (s *state) ec2Tags(kind ec2types.ResourceType) []ec2types.TagSpecification {
	return []ec2types.TagSpecification{{ResourceType: kind, Tags: tagged(s, ec2Tag)}}
}

// ownsEC2 and its counterparts report whether ownerTag has our value.
func (s *state) ownsEC2(tags []ec2types.Tag) bool {
	return slices.ContainsFunc(tags, func(t ec2types.Tag) bool { return text(t.Key) == ownerTag && text(t.Value) == s.identity.owner })
}

// ownedBy reports it of tags by key.
func (s *state) ownedBy(tags map[string]string) bool { return tags[ownerTag] == s.identity.owner }

func (s *state) ownsELB(tags []elbtypes.Tag) bool {
	return slices.ContainsFunc(tags, func(t elbtypes.Tag) bool { return text(t.Key) == ownerTag && text(t.Value) == s.identity.owner })
}

func (s *state) ownsACM(tags []acmtypes.Tag) bool {
	return slices.ContainsFunc(tags, func(t acmtypes.Tag) bool { return text(t.Key) == ownerTag && text(t.Value) == s.identity.owner })
}

func (s *state) ownsS3(tags []s3types.Tag) bool {
	return slices.ContainsFunc(tags, func(t s3types.Tag) bool { return text(t.Key) == ownerTag && text(t.Value) == s.identity.owner })
}
