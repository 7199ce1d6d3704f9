package awssim

import (
	"maps"
	"strings"
)

// tagsAt are the tags of a load balancer, a listener or a target group.
func (r *region) tagsAt(arn string) (*map[string]string, error) {
	switch {
	case strings.Contains(arn, ":targetgroup/"):
		g, err := r.targetGroupOf(arn)
		if err != nil {
			return nil, err
		}
		return &g.Tags, nil
	case strings.Contains(arn, ":listener/"):
		_, l, err := r.listenerOf(arn)
		if err != nil {
			return nil, err
		}
		return &l.Tags, nil
	}
	b, err := r.network(arn)
	if err != nil {
		return nil, err
	}
	return &b.Tags, nil
}

type describeNetworkTags struct{ ResourceArns []string }

// taggedView is a resource's tags.
type taggedView struct {
	arn  string
	tags map[string]string
}

func (r *region) describeNetworkTags(in describeNetworkTags) ([]taggedView, error) {
	if n := len(in.ResourceArns); n == 0 || n > maxTagNames {
		return nil, refuse("ValidationError", "ResourceArns: 1 to %d", maxTagNames)
	}
	var out []taggedView
	for _, arn := range in.ResourceArns {
		tags, err := r.tagsAt(arn)
		if err != nil {
			return nil, err
		}
		out = append(out, taggedView{arn, *tags})
	}
	return out, nil
}

type addNetworkTags struct {
	ResourceArns []string
	Tags         []tag
}

func (r *region) addNetworkTags(in addNetworkTags) (none, error) {
	more, err := elbv2Tags.set(in.Tags)
	if err != nil {
		return none{}, err
	}
	for _, arn := range in.ResourceArns {
		tags, err := r.tagsAt(arn)
		if err != nil {
			return none{}, err
		}
		if *tags, err = elbv2Tags.add(*tags, more); err != nil {
			return none{}, err
		}
	}
	return none{}, nil
}

type removeNetworkTags struct {
	ResourceArns []string
	TagKeys      []string
}

// removeNetworkTags succeeds for keys that are not there.
func (r *region) removeNetworkTags(in removeNetworkTags) (none, error) {
	for _, arn := range in.ResourceArns {
		tags, err := r.tagsAt(arn)
		if err != nil {
			return none{}, err
		}
		left := maps.Clone(*tags)
		for _, key := range in.TagKeys {
			delete(left, key)
		}
		*tags = left
	}
	return none{}, nil
}
