package awssim

import "maps"

// createTags is EC2's call to tag resources that exist; only groups are simulated.
type createTags struct {
	dryRun
	ResourceId []string
	Tag        []tag
}

func (r *region) createTags(in createTags) (none, error) {
	tags, err := ec2Tags.set(in.Tag)
	if err != nil {
		return none{}, err
	}
	for _, id := range in.ResourceId {
		g := r.group(id)
		if g == nil {
			return none{}, groupMissing(id)
		}
		if g.Tags, err = ec2Tags.add(g.Tags, tags); err != nil {
			return none{}, err
		}
	}
	return none{}, nil
}

type addBalancerTags struct {
	LoadBalancerNames []string
	Tags              []tag
}

// addBalancerTags takes one name only (API reference).
func (r *region) addBalancerTags(in addBalancerTags) (none, error) {
	if len(in.LoadBalancerNames) != 1 {
		return none{}, refuse("ValidationError", "LoadBalancerNames: one load balancer only")
	}
	tags, err := elbTags.set(in.Tags)
	if err != nil {
		return none{}, err
	}
	b, err := r.balancer(in.LoadBalancerNames[0])
	if err != nil {
		return none{}, err
	}
	b.Tags, err = elbTags.add(b.Tags, tags)
	return none{}, err
}

type addCertificateTags struct {
	CertificateArn string
	Tags           []tag
}

func (r *region) addCertificateTags(in addCertificateTags) (none, error) {
	tags, err := acmTags.set(in.Tags)
	if err != nil {
		return none{}, err
	}
	c, err := r.certificate(in.CertificateArn)
	if err != nil {
		return none{}, err
	}
	c.Tags, err = acmTags.add(c.Tags, tags)
	return none{}, err
}

// add returns the old tags with the new ones, which replace values; with too many it
// returns the old ones and an error.
func (t tagRules) add(have, more map[string]string) (map[string]string, error) {
	all := map[string]string{}
	maps.Copy(all, have)
	maps.Copy(all, more)
	if len(all) > t.max {
		return have, refuse(t.tooMany, "at most %d tags", t.max)
	}
	return all, nil
}
