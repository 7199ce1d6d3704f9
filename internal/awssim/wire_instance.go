package awssim

import "strings"

type xmlReservation struct {
	ID        string             `xml:"reservationId"`
	Owner     string             `xml:"ownerId"`
	Instances items[xmlInstance] `xml:"instancesSet"`
}

type xmlInstance struct {
	ID      string              `xml:"instanceId"`
	State   xmlState            `xml:"instanceState"`
	VPC     string              `xml:"vpcId"`
	Subnet  string              `xml:"subnetId"`
	Zone    string              `xml:"placement>availabilityZone"`
	Address string              `xml:"privateIpAddress,omitempty"`
	DNS     string              `xml:"privateDnsName"`
	Groups  items[xmlGroupID]   `xml:"groupSet"`
	Cards   items[xmlInterface] `xml:"networkInterfaceSet"`
	Tags    items[xmlTag]       `xml:"tagSet"`
}

type xmlState struct {
	Code int    `xml:"code"`
	Name string `xml:"name"`
}

// stateCodes are the numbers that EC2 gives its states.
var stateCodes = map[string]int{"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}

type xmlGroupID struct {
	ID   string `xml:"groupId"`
	Name string `xml:"groupName"`
}

type xmlInterface struct {
	ID          string            `xml:"networkInterfaceId"`
	Description string            `xml:"description"`
	Owner       string            `xml:"ownerId"`
	Requester   string            `xml:"requesterId,omitempty"`
	Managed     bool              `xml:"requesterManaged"`
	Status      string            `xml:"status"`
	VPC         string            `xml:"vpcId"`
	Subnet      string            `xml:"subnetId"`
	Zone        string            `xml:"availabilityZone,omitempty"`
	Address     string            `xml:"privateIpAddress"`
	DNS         string            `xml:"privateDnsName,omitempty"`
	Groups      items[xmlGroupID] `xml:"groupSet"`
	Attachment  xmlAttachment     `xml:"attachment"`
}

type xmlAttachment struct {
	ID       string `xml:"attachmentId"`
	Instance string `xml:"instanceId,omitempty"`
	Owner    string `xml:"instanceOwnerId,omitempty"`
	Index    int    `xml:"deviceIndex"`
	Status   string `xml:"status"`
}

func encodeInstances(p page[instanceView]) any {
	return paged("reservationSet", p, func(m instanceView) xmlReservation {
		return xmlReservation{"r-" + m.ID[2:], Account, items[xmlInstance]{Item: []xmlInstance{encodeInstance(m)}}}
	})
}

func encodeInstance(m instanceView) xmlInstance {
	out := xmlInstance{
		ID: m.ID, State: xmlState{stateCodes[m.State], m.State}, VPC: m.vpc, Subnet: m.Subnet, Zone: m.zone, Tags: encodeTags(m.Tags),
		Cards: set(m.interfaces, func(e *Interface) xmlInterface {
			return encodeInterface(interfaceView{Interface: e, vpc: m.vpc, groups: m.groups})
		}),
	}
	for i, e := range m.interfaces {
		if e.Index == 0 {
			out.Address, out.Groups = e.Address, out.Cards.Item[i].Groups
			if out.DNS = m.DNS; out.DNS == "" {
				out.DNS = privateDNS(e.Address, m.zone)
			}
		}
	}
	return out
}

func encodeInterfaces(p page[interfaceView]) any {
	return paged("networkInterfaceSet", p, encodeInterface)
}

func encodeInterface(c interfaceView) xmlInterface {
	return xmlInterface{
		ID: c.ID, Description: c.Description, Owner: Account, Requester: c.requester(), Managed: c.balancer != "", Status: "in-use",
		VPC: c.vpc, Subnet: c.Subnet, Zone: c.zone, Address: c.Address, DNS: privateDNS(c.Address, c.zone),
		Groups:     set(c.Groups, func(id string) xmlGroupID { return xmlGroupID{id, c.groups[id]} }),
		Attachment: xmlAttachment{"eni-attach-" + c.ID[4:], c.Instance, c.Owner, c.Index, "attached"},
	}
}

// privateDNS is the name that AWS makes of an address in a zone's region.
func privateDNS(address, zone string) string {
	if address == "" || zone == "" {
		return ""
	}
	return "ip-" + strings.ReplaceAll(address, ".", "-") + "." + strings.TrimRight(zone, "abcdef") + ".compute.internal"
}
