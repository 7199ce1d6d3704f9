package awssim

type describeGateways struct {
	dryRun
	paging
	Filter            []filter
	InternetGatewayId []string
}

// gateway is the internet gateway of a VPC.
type gateway struct{ id, vpc string }

func (r *region) describeGateways(in describeGateways) (page[*gateway], error) {
	var all []*gateway
	for _, v := range r.vpcs {
		if v.Internet {
			all = append(all, &gateway{"igw-" + v.ID[len("vpc-"):], v.ID})
		}
	}
	found, err := selected(all, in.InternetGatewayId, func(g *gateway) string { return g.id },
		func(id string) error {
			return refuse("InvalidInternetGatewayID.NotFound", "The internetGateway ID '%s' does not exist", id)
		},
		func(g *gateway) (bool, error) {
			return matches(in.Filter, nil, func(name string) ([]string, bool) {
				switch name {
				case "attachment.vpc-id":
					return []string{g.vpc}, true
				case "internet-gateway-id":
					return []string{g.id}, true
				}
				return nil, false
			})
		})
	if err != nil {
		return page[*gateway]{}, err
	}
	return paginate(r.aws, found, in.MaxResults, in.NextToken)
}

type xmlGateway struct {
	ID          string                      `xml:"internetGatewayId"`
	Attachments items[xmlGatewayAttachment] `xml:"attachmentSet"`
}

type xmlGatewayAttachment struct {
	VPC   string `xml:"vpcId"`
	State string `xml:"state"`
}

func encodeGateways(p page[*gateway]) any {
	return paged("internetGatewaySet", p, func(g *gateway) xmlGateway {
		return xmlGateway{g.id, items[xmlGatewayAttachment]{Item: []xmlGatewayAttachment{{g.vpc, "available"}}}}
	})
}
