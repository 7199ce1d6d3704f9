//go:build race

package run

const (
	raced     = true
	shardStep = 15 // between the numbers of shards that are tried
)
