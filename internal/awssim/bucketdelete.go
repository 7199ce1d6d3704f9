package awssim

import "slices"

// deletePolicy succeeds without a policy too.
func (r *region) deletePolicy(in bucketIn) (none, error) {
	b, err := r.bucket(in)
	if err != nil {
		return none{}, err
	}
	b.Policy = ""
	return none{}, nil
}

// deleteBucket refuses a bucket that is not empty.
func (r *region) deleteBucket(in bucketIn) (none, error) {
	b, err := r.bucket(in)
	if err != nil {
		return none{}, err
	}
	if len(b.Objects) > 0 {
		return none{}, refuseAs(409, "BucketNotEmpty", "The bucket you tried to delete is not empty")
	}
	r.aws.buckets = slices.DeleteFunc(r.aws.buckets, func(other *Bucket) bool { return other == b })
	return none{}, nil
}

// deleteObject succeeds for a missing object too.
func (r *region) deleteObject(in bucketIn) (none, error) {
	b, err := r.bucket(in)
	if err != nil {
		return none{}, err
	}
	b.Objects = slices.DeleteFunc(b.Objects, func(key string) bool { return key == in.Key })
	return none{}, nil
}
