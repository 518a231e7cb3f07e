// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package securityhub

import (
	"cmp"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// Limits of the AWS Security Finding Format, in characters. A value of a product field may have 2048.
const (
	maxTitle       = 256
	maxDescription = 1024
	maxGeneratorID = 512
	maxRemediation = 512
	maxValue       = 1024
)

// asff is a finding in the AWS Security Finding Format (ASFF).
type asff struct {
	SchemaVersion         string
	ID                    string `json:"Id"`
	ProductArn            string
	ProductName           string
	CompanyName           string
	GeneratorID           string `json:"GeneratorId"`
	AwsAccountID          string `json:"AwsAccountId"`
	Region                string
	Types                 []string
	FirstObservedAt       string `json:",omitempty"`
	LastObservedAt        string `json:",omitempty"`
	CreatedAt             string
	UpdatedAt             string
	Severity              severity
	FindingProviderFields providerFields
	Title                 string
	Description           string
	Remediation           *remediation `json:",omitempty"`
	SourceURL             string       `json:"SourceUrl,omitempty"`
	ProductFields         map[string]string
	Network               *network `json:",omitempty"`
	ThreatIntelIndicators []threat `json:",omitempty"`
	Resources             []resource
	Workflow              workflow
	RecordState           string
}

type severity struct {
	Label    string
	Original string
}

type providerFields struct {
	Severity severity
	Types    []string
}

type remediation struct {
	Recommendation struct{ Text string }
}

type network struct {
	Direction       string `json:",omitempty"`
	Protocol        string `json:",omitempty"`
	SourceIPV4      string `json:"SourceIpV4,omitempty"`
	SourceIPV6      string `json:"SourceIpV6,omitempty"`
	SourcePort      uint16 `json:",omitempty"`
	DestinationIPV4 string `json:"DestinationIpV4,omitempty"`
	DestinationIPV6 string `json:"DestinationIpV6,omitempty"`
	DestinationPort uint16 `json:",omitempty"`
}

type threat struct {
	Type   string
	Value  string
	Source string `json:",omitempty"`
}

type resource struct {
	Type      string
	ID        string `json:"Id"`
	Partition string
	Region    string
}

type workflow struct{ Status string }

// target is the Security Hub that receives a finding.
type target struct{ account, region string }

// partition returns the AWS partition of the region.
func (t target) partition() string {
	switch {
	case strings.HasPrefix(t.region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(t.region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

// findingOf converts an alert. All alerts of an episode have the same Id. Security Hub ignores a finding whose UpdatedAt
// is not after the stored one, so now is the time of the request. An ended episode is archived.
func findingOf(a *alert.Alert, to target, created, now time.Time, ended bool, externalURL string) *asff {
	level := severity{strings.ToUpper(a.Severity.String()), a.Severity.String()}
	if level.Label == "" {
		level.Label, level.Original = "INFORMATIONAL", "unknown"
	}
	types := []string{typeOf(a)}
	f := &asff{
		SchemaVersion: "2018-10-08",
		ID:            "otelcol-vpcflow/" + a.UID,
		ProductArn:    fmt.Sprintf("arn:%s:securityhub:%s:%s:product/%s/default", to.partition(), to.region, to.account, to.account),
		ProductName:   "otelcol-vpcflow", CompanyName: "otelcol-vpcflow",
		GeneratorID: shorten("otelcol-vpcflow/"+a.Rule, maxGeneratorID), AwsAccountID: to.account, Region: to.region, Types: types,
		FirstObservedAt: timestamp(a.FirstSeen), LastObservedAt: timestamp(a.LastSeen),
		CreatedAt: format(created), UpdatedAt: format(now),
		Severity: level, FindingProviderFields: providerFields{level, types},
		Title:       shorten(cmp.Or(a.Title, a.Rule, "Alert"), maxTitle),
		Description: shorten(cmp.Or(a.Body, a.Title, a.Rule, "Alert"), maxDescription),
		Network:     networkOf(a), Resources: resources(a, to), ProductFields: productFields(a),
		Workflow: workflow{"NEW"}, RecordState: "ACTIVE",
	}
	if ended {
		f.Workflow.Status, f.RecordState = "RESOLVED", "ARCHIVED"
	}
	if a.Mitigation != "" {
		f.Remediation = new(remediation)
		f.Remediation.Recommendation.Text = shorten(a.Mitigation, maxRemediation)
	}
	if externalURL != "" {
		f.SourceURL = externalURL + "/alerts/" + url.PathEscape(a.UID)
	}
	if a.Indicator.IsValid() {
		kind := "IPV4_ADDRESS"
		if a.Indicator.Is6() {
			kind = "IPV6_ADDRESS"
		}
		f.ThreatIntelIndicators = []threat{{kind, a.Indicator.String(), shorten(cmp.Or(a.IndicatorProvider, a.Feed), maxGeneratorID)}}
	}
	return f
}

// types are the finding types of Security Hub by the tactic of MITRE ATT&CK.
var types = map[string]string{
	"TA0001": "TTPs/Initial Access",
	"TA0006": "TTPs/Credential Access",
	"TA0007": "TTPs/Discovery",
	"TA0008": "TTPs/Lateral Movement",
	"TA0010": "Effects/Data Exfiltration",
	"TA0011": "TTPs/Command and Control",
	"TA0043": "TTPs/Discovery",
}

func typeOf(a *alert.Alert) string {
	return cmp.Or(types[a.Tactic.ID], "Unusual Behaviors/Network Flow")
}

// startOf returns when the episode began, as far as the alert says it: all its alerts give the same time.
func startOf(a *alert.Alert) time.Time {
	start := cmp.Or(a.FirstSeen, a.Time)
	if a.Episode.Seconds > 0 {
		start = a.Time - a.Episode.Seconds
	}
	return time.Unix(start, 0).UTC()
}

func timestamp(seconds int64) string {
	if seconds == 0 {
		return ""
	}
	return format(time.Unix(seconds, 0))
}

func format(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// shorten returns at most max characters of the text.
func shorten(text string, maxLen int) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if utf8.RuneCountInString(text) <= maxLen {
		return text
	}
	return string([]rune(text)[:maxLen-1]) + "…"
}

func networkOf(a *alert.Alert) *network {
	n := &network{Protocol: a.Transport, SourcePort: a.SourcePort, DestinationPort: a.DestinationPort}
	switch {
	case a.DestinationCountry != "" || a.DestinationAS.Number != 0:
		n.Direction = "OUT"
	case a.SourceCountry != "" || a.SourceAS.Number != 0:
		n.Direction = "IN"
	}
	n.SourceIPV4, n.SourceIPV6 = byFamily(a.Source)
	n.DestinationIPV4, n.DestinationIPV6 = byFamily(a.Destination)
	if *n == (network{}) {
		return nil
	}
	return n
}

func byFamily(address netip.Addr) (v4, v6 string) {
	switch {
	case !address.IsValid():
		return "", ""
	case address.Is4():
		return address.String(), ""
	}
	return "", address.String()
}

// resources lists the machines of the alert, or else its account. A finding must have a resource.
func resources(a *alert.Alert, to target) (list []resource) {
	account, region := cmp.Or(a.Account, to.account), cmp.Or(a.Region, to.region)
	partition := target{account, region}.partition()
	add := func(kind, path, id string) {
		if id == "" {
			return
		}
		r := resource{kind, shorten(fmt.Sprintf("arn:%s:ec2:%s:%s:%s/%s", partition, region, account, path, id), maxGeneratorID), partition, region}
		if !slices.Contains(list, r) {
			list = append(list, r)
		}
	}
	for _, m := range []alert.Machine{{Instance: a.Instance, Interface: a.Interface, VPC: a.VPC}, a.SourceMachine, a.DestinationMachine} {
		add("AwsEc2Instance", "instance", m.Instance)
		add("AwsEc2NetworkInterface", "network-interface", m.Interface)
		add("AwsEc2Vpc", "vpc", m.VPC)
	}
	if len(list) == 0 {
		list = []resource{{"AwsAccount", "AWS::::Account:" + account, partition, region}}
	}
	return list
}

// productFields has the values for which the format has no field. At most 50 are allowed.
func productFields(a *alert.Alert) map[string]string {
	fields := map[string]string{}
	put := func(name, value string) {
		if value != "" {
			fields["vpc_flow/"+name] = shorten(value, maxValue)
		}
	}
	number := func(name string, value int64) {
		if value != 0 {
			put(name, strconv.FormatInt(value, 10))
		}
	}
	put("rule", a.Rule)
	put("status", string(a.Status))
	put("scope", a.Scope)
	put("account", a.Account)
	put("region", a.Region)
	put("tactic", a.Tactic.ID)
	put("technique", a.Technique.ID)
	put("impact", a.Impact)
	put("unit", string(a.Unit))
	number("measure", a.Measure)
	number("threshold", a.Threshold)
	number("window_seconds", a.Window)
	number("flows", a.Flows)
	number("packets", a.Packets)
	number("bytes", a.Bytes)
	number("accepted_flows", a.AcceptedFlows)
	number("rejected_flows", a.RejectedFlows)
	put("sources", join(a.Sources))
	put("destinations", join(a.Destinations))
	put("destination_ports", join(a.DestinationPorts))
	put("accepted_targets", join(a.AcceptedTargets))
	put("source_country", a.SourceCountry)
	put("destination_country", a.DestinationCountry)
	put("threat_list", a.Feed)
	put("stages", join(a.Stages))
	put("related", join(a.Related))
	return fields
}

// join returns at most alert.MaxList values.
func join[T any](list []T) string {
	var texts []string
	for _, value := range list[:min(len(list), alert.MaxList)] {
		texts = append(texts, fmt.Sprint(value))
	}
	return strings.Join(texts, " ")
}
