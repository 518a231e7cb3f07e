// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// machine is one private address with its data from AWS.
type machine struct {
	address, networkInterface, instance, vpc, account string
	name                                              string
	tags                                              map[string]string
}

// collect lists the addresses of all accounts and regions, ordered by account, VPC and address.
func collect(ctx context.Context, cfg aws.Config, o *options) ([]machine, error) {
	var machines []machine
	for _, account := range accounts(cfg, o) {
		for _, region := range o.regions {
			client := ec2.NewFromConfig(account.config, func(e *ec2.Options) { e.Region = region })
			found, err := collectRegion(ctx, client, aws.Int32(o.pageSize))
			if err != nil {
				return nil, fmt.Errorf("%s%s: %w", account.label, region, err)
			}
			machines = append(machines, found...)
		}
	}
	slices.SortFunc(machines, func(a, b machine) int {
		return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.vpc, b.vpc), cmp.Compare(a.address, b.address))
	})
	return machines, nil
}

// account is the configuration with the credentials of one account. The label starts its error messages.
type account struct {
	label  string
	config aws.Config
}

// accounts returns the current account or, with -roles, one account for each role.
func accounts(cfg aws.Config, o *options) []account {
	if len(o.roles) == 0 {
		return []account{{config: cfg}}
	}
	var list []account
	for _, role := range o.roles {
		assumed := cfg.Copy()
		assumed.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(cfg), role,
			func(p *stscreds.AssumeRoleOptions) {
				p.RoleSessionName = "vpcnames"
				if o.externalID != "" {
					p.ExternalID = aws.String(o.externalID)
				}
			}))
		list = append(list, account{label: role + ": ", config: assumed})
	}
	return list
}

// collectRegion lists the addresses of one account and region.
func collectRegion(ctx context.Context, client *ec2.Client, pageSize *int32) ([]machine, error) {
	instances, err := instanceTags(ctx, client, pageSize)
	if err != nil {
		return nil, err
	}
	var machines []machine
	pages := ec2.NewDescribeNetworkInterfacesPaginator(client, &ec2.DescribeNetworkInterfacesInput{MaxResults: pageSize})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("describe network interfaces: %w", err)
		}
		for i := range page.NetworkInterfaces {
			machines = append(machines, addresses(&page.NetworkInterfaces[i], instances)...)
		}
	}
	return machines, nil
}

// instanceTags returns the tags of each instance by its id.
func instanceTags(ctx context.Context, client *ec2.Client, pageSize *int32) (map[string]map[string]string, error) {
	instances := map[string]map[string]string{}
	pages := ec2.NewDescribeInstancesPaginator(client, &ec2.DescribeInstancesInput{MaxResults: pageSize})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("describe instances: %w", err)
		}
		for _, reservation := range page.Reservations {
			for i := range reservation.Instances {
				instance := &reservation.Instances[i]
				instances[aws.ToString(instance.InstanceId)] = tagMap(instance.Tags)
			}
		}
	}
	return instances, nil
}

// addresses returns a machine for each private address of an interface. The tags of the interface override the tags of
// its instance. Without a Name tag, the interface's description is the name; AWS services set it.
func addresses(eni *types.NetworkInterface, instances map[string]map[string]string) []machine {
	m := machine{
		networkInterface: aws.ToString(eni.NetworkInterfaceId),
		vpc:              aws.ToString(eni.VpcId),
		account:          aws.ToString(eni.OwnerId),
		tags:             map[string]string{},
	}
	if eni.Attachment != nil {
		m.instance = aws.ToString(eni.Attachment.InstanceId)
	}
	for _, tags := range []map[string]string{instances[m.instance], tagMap(eni.TagSet)} {
		maps.Copy(m.tags, tags)
	}
	m.name = cmp.Or(m.tags["Name"], aws.ToString(eni.Description))
	var machines []machine
	for i := range eni.PrivateIpAddresses {
		m.address = aws.ToString(eni.PrivateIpAddresses[i].PrivateIpAddress)
		machines = append(machines, m)
	}
	for i := range eni.Ipv6Addresses {
		m.address = aws.ToString(eni.Ipv6Addresses[i].Ipv6Address)
		machines = append(machines, m)
	}
	return machines
}

func tagMap(tags []types.Tag) map[string]string {
	m := map[string]string{}
	for _, tag := range tags {
		m[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return m
}
