package lbfile

import (
	"embed"
	"errors"
	"strings"
)

//go:embed init/*.yaml
var initFiles embed.FS

// CheckCluster returns why a name cannot be a cluster's, as in lb.yaml.
func CheckCluster(name string) error {
	for _, c := range (Spec{Cluster: name, Kind: Classic, Scheme: Internal}).nameChecks() {
		if c.wrong && c.key == "cluster" {
			return errors.New("cluster: " + c.msg)
		}
	}
	return nil
}

// Init returns a commented lb.yaml to start from; recipe is the one with the
// 2017 recipe's own parameters. cluster replaces the example's name; "" keeps it.
func Init(recipe bool, cluster string) string {
	name, example := "lb", "prod1"
	if recipe {
		name, example = "recipe", "CLNAME"
	}
	src, _ := initFiles.ReadFile("init/" + name + ".yaml") // cannot fail: embedded
	text := string(src)
	if cluster != "" {
		text = strings.ReplaceAll(text, example, cluster)
		text = strings.ReplaceAll(text, "bucket: "+strings.ToLower(example), "bucket: "+strings.ToLower(cluster))
		text = strings.ReplaceAll(text, "impala."+cluster+".", "impala."+strings.ToLower(cluster)+".")
	}
	return text
}
