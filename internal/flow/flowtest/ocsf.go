// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowtest

import (
	"strconv"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// The events have the attributes that Amazon Security Lake stores for VPC Flow Logs, as JSON and as Parquet. Security Lake
// writes `-` for some absent values.

// OCSFEndpoint is a side of an event.
type OCSFEndpoint struct {
	Port         *int32   `json:"port" parquet:"port,optional"`
	SvcName      *string  `json:"svc_name" parquet:"svc_name,optional"`
	IP           *string  `json:"ip" parquet:"ip,optional"`
	Intermediate []string `json:"intermediate_ips,omitempty" parquet:"intermediate_ips,list"`
	InterfaceUID *string  `json:"interface_uid" parquet:"interface_uid,optional"`
	VPCUID       *string  `json:"vpc_uid" parquet:"vpc_uid,optional"`
	InstanceUID  *string  `json:"instance_uid" parquet:"instance_uid,optional"`
	SubnetUID    *string  `json:"subnet_uid" parquet:"subnet_uid,optional"`
}

// OCSFCommon are the attributes that all releases have.
type OCSFCommon struct {
	Src        OCSFEndpoint      `json:"src_endpoint" parquet:"src_endpoint"`
	Dst        OCSFEndpoint      `json:"dst_endpoint" parquet:"dst_endpoint"`
	Connection OCSFConnection    `json:"connection_info" parquet:"connection_info"`
	Traffic    OCSFTraffic       `json:"traffic" parquet:"traffic"`
	Time       int64             `json:"time" parquet:"time"`
	StartTime  int64             `json:"start_time" parquet:"start_time"`
	EndTime    int64             `json:"end_time" parquet:"end_time"`
	StatusCode string            `json:"status_code" parquet:"status_code"`
	ClassUID   int32             `json:"class_uid" parquet:"class_uid"`
	ActivityID int32             `json:"activity_id" parquet:"activity_id"`
	Unmapped   map[string]string `json:"unmapped" parquet:"unmapped"`
}

// OCSFConnection has the protocol and the direction.
type OCSFConnection struct {
	ProtocolNum *int32 `json:"protocol_num" parquet:"protocol_num,optional"`
	TCPFlags    *int32 `json:"tcp_flags" parquet:"tcp_flags,optional"`
	ProtocolVer string `json:"protocol_ver" parquet:"protocol_ver"`
	BoundaryID  int32  `json:"boundary_id" parquet:"boundary_id"`
	DirectionID int32  `json:"direction_id" parquet:"direction_id"`
}

// OCSFTraffic has the amounts.
type OCSFTraffic struct {
	Packets *int64 `json:"packets" parquet:"packets,optional"`
	Bytes   *int64 `json:"bytes" parquet:"bytes,optional"`
}

// OCSFMetadata says which release an event follows.
type OCSFMetadata struct {
	Product struct {
		Version string `json:"version" parquet:"version"`
		Name    string `json:"name" parquet:"name"`
	} `json:"product" parquet:"product"`
	Profiles []string `json:"profiles" parquet:"profiles,list"`
	Version  string   `json:"version" parquet:"version"`
}

// OCSF10 is an event of OCSF 1.0.0-rc.2.
type OCSF10 struct {
	Metadata OCSFMetadata `json:"metadata" parquet:"metadata"`
	Cloud    struct {
		AccountUID string `json:"account_uid" parquet:"account_uid"`
		Region     string `json:"region" parquet:"region"`
		Zone       string `json:"zone" parquet:"zone"`
	} `json:"cloud" parquet:"cloud"`
	OCSFCommon
	Disposition   string `json:"disposition,omitempty" parquet:"disposition"`
	DispositionID int32  `json:"disposition_id,omitempty" parquet:"disposition_id"`
}

// OCSF11 is an event of OCSF 1.1.0.
type OCSF11 struct {
	Metadata OCSFMetadata `json:"metadata" parquet:"metadata"`
	Cloud    struct {
		Account struct {
			UID string `json:"uid" parquet:"uid"`
		} `json:"account" parquet:"account"`
		Region string `json:"region" parquet:"region"`
		Zone   string `json:"zone" parquet:"zone"`
	} `json:"cloud" parquet:"cloud"`
	OCSFCommon
	ActionID  int32  `json:"action_id,omitempty" parquet:"action_id"`
	AccountID string `json:"accountid" parquet:"accountid"`
}

// ToOCSF converts the values of a line, by field, to events of both releases.
func ToOCSF(values map[string]string) (OCSF10, OCSF11) {
	get := func(name string) string {
		if value, ok := values[name]; ok {
			return value
		}
		return flow.Absent
	}
	text := func(name string) *string {
		if value := get(name); value != flow.Absent {
			return &value
		}
		return nil
	}
	number := func(name string) int64 {
		n, _ := strconv.ParseInt(get(name), 10, 64) // Absent values are zero.
		return n
	}
	int32Of := func(name string) *int32 {
		if get(name) == flow.Absent {
			return nil
		}
		return new(int32(number(name)))
	}
	int64Of := func(name string) *int64 {
		if get(name) == flow.Absent {
			return nil
		}
		return new(number(name))
	}
	c := OCSFCommon{
		Src:        OCSFEndpoint{Port: int32Of("srcport"), SvcName: new("-"), IP: text("srcaddr")},
		Dst:        OCSFEndpoint{Port: int32Of("dstport"), SvcName: new("-"), IP: text("dstaddr")},
		Connection: OCSFConnection{ProtocolNum: int32Of("protocol"), TCPFlags: int32Of("tcp-flags"), BoundaryID: 99},
		Traffic:    OCSFTraffic{int64Of("packets"), int64Of("bytes")},
		Time:       number("start") * 1000, StartTime: number("start") * 1000, EndTime: number("end") * 1000, StatusCode: get("log-status"),
		ClassUID: 4001, ActivityID: 6, Unmapped: map[string]string{"sublocation_id": "-"},
	}
	for side, prefix := range map[*OCSFEndpoint]string{&c.Src: "src", &c.Dst: "dst"} {
		iface, packet := get(prefix+"addr"), text("pkt-"+prefix+"addr")
		if packet == nil {
			continue
		}
		if side.IP = packet; iface != *packet && iface != flow.Absent {
			side.Intermediate = []string{iface, "192.0.2.1"}
		}
	}
	own := &c.Dst
	switch get("flow-direction") {
	case "ingress":
		c.Connection.DirectionID = 1
	case "egress":
		c.Connection.DirectionID, own = 2, &c.Src
	}
	own.InterfaceUID, own.VPCUID, own.InstanceUID, own.SubnetUID = text("interface-id"), text("vpc-id"), text("instance-id"), text("subnet-id")
	var (
		v10 = OCSF10{OCSFCommon: c}
		v11 = OCSF11{OCSFCommon: c, AccountID: get("account-id")}
	)
	v10.Cloud.AccountUID, v11.Cloud.Account.UID = get("account-id"), get("account-id")
	v10.Cloud.Region, v11.Cloud.Region, v10.Cloud.Zone, v11.Cloud.Zone = get("region"), get("region"), get("az-id"), get("az-id")
	v10.Metadata.Version, v11.Metadata.Version = "1.0.0-rc.2", "1.1.0"
	v10.Metadata.Product.Version, v11.Metadata.Product.Version = get("version"), get("version")
	v10.Metadata.Profiles, v11.Metadata.Profiles = []string{"cloud", "security_control"}, []string{"cloud", "security_control", "datetime"}
	switch get("action") {
	case "ACCEPT":
		v10.Disposition, v10.DispositionID, v11.ActionID = "Allowed", 1, 1
	case "REJECT":
		v10.Disposition, v10.DispositionID, v11.ActionID = "Blocked", 2, 2
	default:
		v10.ActivityID, v11.ActivityID = 0, 0
	}
	return v10, v11
}
