// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package ocsf converts alerts and flow log records to events of the Open Cybersecurity Schema Framework (OCSF) 1.6.
package ocsf

// Version is the release of the schema.
const Version = "1.6.0"

// Event is a Detection Finding or a Network Activity. Its JSON form is one event.
type Event struct {
	Metadata     metadata `json:"metadata"`
	CategoryUID  int      `json:"category_uid"`
	CategoryName string   `json:"category_name"`
	ClassUID     int      `json:"class_uid"`
	ClassName    string   `json:"class_name"`
	ActivityID   int      `json:"activity_id"`
	ActivityName string   `json:"activity_name"`
	TypeUID      int      `json:"type_uid"`
	TypeName     string   `json:"type_name"`
	SeverityID   int      `json:"severity_id"`
	Severity     string   `json:"severity"`
	// Times are in Unix milliseconds.
	Time       int64          `json:"time"`
	StartTime  int64          `json:"start_time,omitempty"`
	EndTime    int64          `json:"end_time,omitempty"`
	Count      int64          `json:"count,omitempty"`
	Message    string         `json:"message,omitempty"`
	StatusID   int            `json:"status_id,omitempty"`
	Status     string         `json:"status,omitempty"`
	StatusCode string         `json:"status_code,omitempty"`
	Cloud      *cloud         `json:"cloud,omitempty"`
	Unmapped   map[string]any `json:"unmapped,omitempty"`
	Observable []observable   `json:"observables,omitempty"`

	// A Detection Finding has these.
	FindingInfo  *findingInfo `json:"finding_info,omitempty"`
	IsAlert      *bool        `json:"is_alert,omitempty"`
	ConfidenceID int          `json:"confidence_id,omitempty"`
	Confidence   string       `json:"confidence,omitempty"`
	Evidences    []evidence   `json:"evidences,omitempty"`
	Resources    []resource   `json:"resources,omitempty"`
	Remediation  *remediation `json:"remediation,omitempty"`
	OSINT        []osint      `json:"osint,omitempty"`

	// A Network Activity has these.
	SrcEndpoint    *endpoint       `json:"src_endpoint,omitempty"`
	DstEndpoint    *endpoint       `json:"dst_endpoint,omitempty"`
	ConnectionInfo *connectionInfo `json:"connection_info,omitempty"`
	Traffic        *traffic        `json:"traffic,omitempty"`
	ActionID       int             `json:"action_id,omitempty"`
	Action         string          `json:"action,omitempty"`
	DispositionID  int             `json:"disposition_id,omitempty"`
	Disposition    string          `json:"disposition,omitempty"`
}

type metadata struct {
	Version   string   `json:"version"`
	Product   product  `json:"product"`
	Profiles  []string `json:"profiles,omitempty"`
	UID       string   `json:"uid,omitempty"`
	TenantUID string   `json:"tenant_uid,omitempty"`
}

type product struct {
	Name       string   `json:"name"`
	VendorName string   `json:"vendor_name,omitempty"`
	Version    string   `json:"version,omitempty"`
	Feature    *feature `json:"feature,omitempty"`
}

type feature struct {
	Name string `json:"name"`
}

type cloud struct {
	Provider string   `json:"provider"`
	Account  *account `json:"account,omitempty"`
	Region   string   `json:"region,omitempty"`
	Zone     string   `json:"zone,omitempty"`
}

type account struct {
	UID    string `json:"uid"`
	TypeID int    `json:"type_id"`
	Type   string `json:"type"`
}

type observable struct {
	Name   string `json:"name"`
	TypeID int    `json:"type_id"`
	Type   string `json:"type"`
	Value  string `json:"value"`
}

type findingInfo struct {
	UID           string         `json:"uid"`
	Title         string         `json:"title,omitempty"`
	Desc          string         `json:"desc,omitempty"`
	Types         []string       `json:"types,omitempty"`
	Analytic      *analytic      `json:"analytic,omitempty"`
	Attacks       []attack       `json:"attacks,omitempty"`
	FirstSeenTime int64          `json:"first_seen_time,omitempty"`
	LastSeenTime  int64          `json:"last_seen_time,omitempty"`
	CreatedTime   int64          `json:"created_time,omitempty"`
	ModifiedTime  int64          `json:"modified_time,omitempty"`
	DataSources   []string       `json:"data_sources,omitempty"`
	RelatedEvents []relatedEvent `json:"related_events,omitempty"`
}

type relatedEvent struct {
	UID string `json:"uid"`
}

type analytic struct {
	UID      string `json:"uid"`
	Name     string `json:"name,omitempty"`
	TypeID   int    `json:"type_id"`
	Type     string `json:"type"`
	StateID  int    `json:"state_id"`
	State    string `json:"state"`
	Category string `json:"category,omitempty"`
	Version  string `json:"version,omitempty"`
}

type attack struct {
	Tactic       *mitre `json:"tactic,omitempty"`
	Technique    *mitre `json:"technique,omitempty"`
	SubTechnique *mitre `json:"sub_technique,omitempty"`
}

type mitre struct {
	UID  string `json:"uid"`
	Name string `json:"name,omitempty"`
}

type evidence struct {
	Name           string          `json:"name,omitempty"`
	SrcEndpoint    *endpoint       `json:"src_endpoint,omitempty"`
	DstEndpoint    *endpoint       `json:"dst_endpoint,omitempty"`
	ConnectionInfo *connectionInfo `json:"connection_info,omitempty"`
	// Data has what the schema has no attribute for.
	Data map[string]any `json:"data,omitempty"`
}

type endpoint struct {
	IP               string            `json:"ip,omitempty"`
	Port             uint16            `json:"port,omitempty"`
	Name             string            `json:"name,omitempty"`
	InstanceUID      string            `json:"instance_uid,omitempty"`
	InterfaceUID     string            `json:"interface_uid,omitempty"`
	VPCUID           string            `json:"vpc_uid,omitempty"`
	SubnetUID        string            `json:"subnet_uid,omitempty"`
	Zone             string            `json:"zone,omitempty"`
	SvcName          string            `json:"svc_name,omitempty"`
	IntermediateIPs  []string          `json:"intermediate_ips,omitempty"`
	Owner            *named            `json:"owner,omitempty"`
	Location         *location         `json:"location,omitempty"`
	AutonomousSystem *autonomousSystem `json:"autonomous_system,omitempty"`
}

type named struct {
	Name string `json:"name"`
}

type location struct {
	Country string `json:"country"`
}

type autonomousSystem struct {
	Number uint32 `json:"number,omitempty"`
	Name   string `json:"name,omitempty"`
}

type connectionInfo struct {
	DirectionID  int    `json:"direction_id"`
	Direction    string `json:"direction"`
	ProtocolNum  *int   `json:"protocol_num,omitempty"`
	ProtocolName string `json:"protocol_name,omitempty"`
	TCPFlags     *int   `json:"tcp_flags,omitempty"`
}

type traffic struct {
	Packets uint64 `json:"packets"`
	Bytes   uint64 `json:"bytes"`
}

type resource struct {
	UID    string `json:"uid"`
	Type   string `json:"type"`
	Name   string `json:"name,omitempty"`
	IP     string `json:"ip,omitempty"`
	RoleID int    `json:"role_id"`
	Role   string `json:"role"`
	Owner  *named `json:"owner,omitempty"`
	Group  *named `json:"group,omitempty"`
	Region string `json:"region,omitempty"`
	Zone   string `json:"zone,omitempty"`
}

type remediation struct {
	Desc string `json:"desc"`
}

type osint struct {
	TypeID     int    `json:"type_id"`
	Type       string `json:"type"`
	Value      string `json:"value"`
	Name       string `json:"name,omitempty"`
	VendorName string `json:"vendor_name,omitempty"`
	Desc       string `json:"desc,omitempty"`
}

// cloudOf describes where something was logged.
func cloudOf(accountID, region string) *cloud {
	c := &cloud{Provider: "AWS", Region: region}
	if accountID != "" {
		c.Account = &account{accountID, 10, "AWS Account"}
	}
	return c
}

// directions are the names of direction_id.
var directions = [...]string{"Unknown", "Inbound", "Outbound", "Lateral"}

func connection(direction int) *connectionInfo {
	return &connectionInfo{DirectionID: direction, Direction: directions[direction]}
}
