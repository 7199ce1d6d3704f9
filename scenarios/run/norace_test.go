//go:build !race

package run

const (
	raced     = false
	shardStep = 6 // between the numbers of shards that are tried
)
