// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alert

// EventName is the event name of a log record that is an alert. No other record has it.
const EventName = "vpc_flow.alert"

// Values that are the same in every alert.
const (
	// CloudProvider is the value of [AttrCloudProvider].
	CloudProvider = "aws"
	// Ruleset is the value of [AttrRuleset].
	Ruleset = "vpc_flow"
	// CustomRuleset is the value of [AttrRuleset] for rules of the configuration.
	CustomRuleset = "custom"
	// Framework is the value of [AttrFramework]. It defines the IDs of tactics and techniques.
	Framework = "MITRE ATT&CK"
)

// Resource attributes from the OpenTelemetry semantic conventions for cloud resources.
const (
	AttrCloudProvider = "cloud.provider"
	AttrCloudAccount  = "cloud.account.id"
	AttrCloudRegion   = "cloud.region"
)

// Attributes from the OpenTelemetry semantic conventions for log records, network addresses and hosts. AttrVPC is the name
// that the decoder of flow logs in collector-contrib uses.
const (
	AttrUID             = "log.record.uid"
	AttrSource          = "source.address"
	AttrSourcePort      = "source.port"
	AttrDestination     = "destination.address"
	AttrDestinationPort = "destination.port"
	AttrTransport       = "network.transport"
	AttrInterface       = "network.interface.name"
	AttrInstance        = "host.id"
	AttrVPC             = "aws.vpc.id"
)

// Attributes from the OpenTelemetry semantic conventions for security rules. AttrRule is the ID of the rule, which is stable
// and unique within the ruleset.
const (
	AttrRule           = "security_rule.uuid"
	AttrTitle          = "security_rule.name"
	AttrCategory       = "security_rule.category"
	AttrRuleset        = "security_rule.ruleset.name"
	AttrRulesetVersion = "security_rule.version"
)

// Attributes from the Elastic Common Schema for the location of an address.
const (
	AttrSourceCountry      = "source.geo.country_iso_code"
	AttrDestinationCountry = "destination.geo.country_iso_code"
)

// Attributes from the Elastic Common Schema for the autonomous system of an address.
const (
	AttrSourceASNumber            = "source.as.number"
	AttrSourceASOrganization      = "source.as.organization.name"
	AttrDestinationASNumber       = "destination.as.number"
	AttrDestinationASOrganization = "destination.as.organization.name"
)

// Attributes from the Elastic Common Schema for threats. AttrIndicatorEntry is the entry of the threat list that contains the
// address.
const (
	AttrFramework         = "threat.framework"
	AttrTacticID          = "threat.tactic.id"
	AttrTacticName        = "threat.tactic.name"
	AttrTechniqueID       = "threat.technique.id"
	AttrTechniqueName     = "threat.technique.name"
	AttrIndicator         = "threat.indicator.ip"
	AttrIndicatorEntry    = "threat.indicator.name"
	AttrIndicatorProvider = "threat.indicator.provider"
	AttrIndicatorCategory = "threat.indicator.description"
	AttrFeed              = "threat.feed.name"
)

// Attributes without a convention.
const (
	AttrStatus            = "vpc_flow.alert.status"
	AttrScope             = "vpc_flow.alert.scope"
	AttrRelatedTechniques = "vpc_flow.alert.related_techniques"
	AttrStages            = "vpc_flow.alert.stages"
	AttrRelated           = "vpc_flow.alert.related"
	AttrSources           = "vpc_flow.alert.sources"
	AttrDestinations      = "vpc_flow.alert.destinations"
	AttrDestinationPorts  = "vpc_flow.alert.destination_ports"
	AttrTruncated         = "vpc_flow.alert.truncated"
	AttrMeasure           = "vpc_flow.alert.measure"
	AttrThreshold         = "vpc_flow.alert.threshold"
	AttrUnit              = "vpc_flow.alert.unit"
	AttrWindow            = "vpc_flow.alert.window_seconds"
	AttrFirstSeen         = "vpc_flow.alert.first_seen"
	AttrLastSeen          = "vpc_flow.alert.last_seen"
	AttrFlows             = "vpc_flow.alert.flows"
	AttrPackets           = "vpc_flow.alert.packets"
	AttrBytes             = "vpc_flow.alert.bytes"
	AttrAcceptedFlows     = "vpc_flow.alert.accepted_flows"
	AttrRejectedFlows     = "vpc_flow.alert.rejected_flows"
	AttrAcceptedTargets   = "vpc_flow.alert.accepted_targets"
	AttrRoleEvidence      = "vpc_flow.alert.role_evidence"
	AttrSamples           = "vpc_flow.alert.sample"
	AttrImpact            = "vpc_flow.alert.impact"
	AttrMitigation        = "vpc_flow.alert.mitigation"
	AttrDryRun            = "vpc_flow.alert.dry_run"
)

// Attributes with totals over the whole episode. An alert that opens an episode has none of them.
const (
	AttrEpisodeMeasure = "vpc_flow.alert.episode.measure"
	AttrEpisodeFlows   = "vpc_flow.alert.episode.flows"
	AttrEpisodePackets = "vpc_flow.alert.episode.packets"
	AttrEpisodeBytes   = "vpc_flow.alert.episode.bytes"
	AttrEpisodeSeconds = "vpc_flow.alert.episode.seconds"
)

// Attributes of the machine that an internal address belongs to: one of these prefixes and one of these names.
const (
	PrefixSource      = "vpc_flow.alert.source."
	PrefixDestination = "vpc_flow.alert.destination."

	MachineInterface = "interface"
	MachineInstance  = "instance"
	MachineVPC       = "vpc"
	MachineSubnet    = "subnet"
	MachineZone      = "zone"
	MachineGroup     = "group"
	MachineName      = "name"
	MachineOwner     = "owner"
)
