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

// Page is a commented lb.yaml to start from.
type Page string

// The pages.
const (
	ClassicPage Page = "classic"
	NetworkPage Page = "network"
	RecipePage  Page = "recipe" // with the 2017 recipe's own parameters
)

// Init returns a page. cluster replaces the example's name; "" keeps it.
func Init(page Page, cluster string) string {
	example := "prod1"
	if page == RecipePage {
		example = "CLNAME"
	}
	src, _ := initFiles.ReadFile("init/" + string(page) + ".yaml") // cannot fail: embedded
	text := string(src)
	if cluster != "" {
		text = strings.ReplaceAll(text, example, cluster)
		text = strings.ReplaceAll(text, "bucket: "+strings.ToLower(example), "bucket: "+strings.ToLower(cluster))
		text = strings.ReplaceAll(text, "impala."+cluster+".", "impala."+strings.ToLower(cluster)+".")
	}
	return text
}
