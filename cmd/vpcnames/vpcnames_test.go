// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/inventory"
)

// startMoto starts moto, an emulator of AWS, and points the AWS SDK to it.
func startMoto(t *testing.T) {
	t.Helper()
	program, err := filepath.Abs("../../_build/moto/bin/moto_server")
	require.NoError(t, err)
	if _, err := os.Stat(program); err != nil {
		if os.Getenv("CI") == "" {
			t.Skip("moto is not installed: make moto")
		}
		require.NoError(t, err, "make moto")
	}
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := listener.Addr().(*net.TCPAddr).Port
	require.NoError(t, listener.Close())
	server := exec.CommandContext(t.Context(), program, "-H", "127.0.0.1", "-p", fmt.Sprint(port))
	require.NoError(t, server.Start())
	t.Cleanup(func() { _ = server.Process.Kill(); _ = server.Wait() })
	endpoint := fmt.Sprintf("http://127.0.0.1:%d", port)
	require.Eventually(t, func() bool {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, endpoint+"/moto-api/data.json", http.NoBody)
		require.NoError(t, err)
		response, err := http.DefaultClient.Do(request)
		return err == nil && response.Body.Close() == nil
	}, time.Minute, 100*time.Millisecond)
	t.Setenv("AWS_ENDPOINT_URL", endpoint)
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	t.Setenv("AWS_REGION", "eu-west-1")
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(t.TempDir(), "none"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(t.TempDir(), "none"))
}

// network creates a VPC with one named instance and a number of other interfaces in the current account.
func network(t *testing.T, client *ec2.Client, instanceName string, interfaces int) {
	t.Helper()
	ctx := t.Context()
	vpc, err := client.CreateVpc(ctx, &ec2.CreateVpcInput{CidrBlock: aws.String("10.9.0.0/16")})
	require.NoError(t, err)
	subnet, err := client.CreateSubnet(ctx, &ec2.CreateSubnetInput{VpcId: vpc.Vpc.VpcId, CidrBlock: aws.String("10.9.0.0/20")})
	require.NoError(t, err)
	_, err = client.RunInstances(ctx, &ec2.RunInstancesInput{
		ImageId: aws.String("ami-12c6146b"), MinCount: aws.Int32(1), MaxCount: aws.Int32(1),
		SubnetId: subnet.Subnet.SubnetId, PrivateIpAddress: aws.String("10.9.0.10"),
		TagSpecifications: []types.TagSpecification{{ResourceType: types.ResourceTypeInstance, Tags: []types.Tag{
			{Key: aws.String("Name"), Value: aws.String(instanceName)},
			{Key: aws.String("team"), Value: aws.String("shop, web")},
			{Key: aws.String("Environment"), Value: aws.String("production")},
			{Key: aws.String("app"), Value: aws.String("cart")},
		}}},
	})
	require.NoError(t, err)
	for i := range interfaces {
		_, err := client.CreateNetworkInterface(ctx, &ec2.CreateNetworkInterfaceInput{
			SubnetId: subnet.Subnet.SubnetId, Description: aws.String(fmt.Sprintf("ELB app/shop/%d", i)),
		})
		require.NoError(t, err)
	}
}

func TestNamesOfAnAccount(t *testing.T) {
	startMoto(t)
	cfg, err := config.LoadDefaultConfig(t.Context())
	require.NoError(t, err)
	network(t, ec2.NewFromConfig(cfg), "web-1", 3)

	path := filepath.Join(t.TempDir(), "names.csv")
	require.NoError(t, run(t.Context(), []string{"-tags", "app", "-output", path}, nil))
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	entries, bad, err := inventory.ParseNames(content, path)
	require.NoError(t, err)
	require.Empty(t, bad)
	byAddress, descriptions := map[string]inventory.NameEntry{}, 0
	for _, e := range entries {
		byAddress[e.Prefix.Addr().String()] = e
		if len(e.Name.Name) > 4 && e.Name.Name[:4] == "ELB " {
			descriptions++
		}
	}
	web := byAddress["10.9.0.10"]
	assert.Equal(t, inventory.Name{Name: "web-1", Owner: "shop, web", Environment: "production", Tags: map[string]string{"app": "cart"}}, web.Name)
	assert.NotEmpty(t, web.Interface)
	assert.NotEmpty(t, web.Instance)
	assert.NotEmpty(t, web.VPC)
	assert.Equal(t, "123456789012", web.Account)
	assert.Equal(t, 3, descriptions, "interfaces without a name have their description")
}

func TestNamesOfSeveralAccounts(t *testing.T) {
	startMoto(t)
	cfg, err := config.LoadDefaultConfig(t.Context())
	require.NoError(t, err)
	o := &options{roles: []string{"arn:aws:iam::111111111111:role/vpcnames", "arn:aws:iam::222222222222:role/vpcnames"}, regions: []string{"eu-west-1"}, pageSize: 1000}
	for i, account := range accounts(cfg, o) {
		network(t, ec2.NewFromConfig(account.config), fmt.Sprintf("web-%d", i), 1)
	}
	machines, err := collect(t.Context(), cfg, o)
	require.NoError(t, err)
	count := map[string]int{}
	for _, m := range machines {
		count[m.account]++
	}
	assert.Equal(t, map[string]int{"111111111111": 2, "222222222222": 2}, count)
}

// moto returns everything in one page, so this test has its own server.
func TestNamesOfAllPages(t *testing.T) {
	const (
		instances  = `<reservationSet><item><instancesSet><item><instanceId>i-%[1]s</instanceId><tagSet><item><key>Name</key><value>web-%[1]s</value></item></tagSet></item></instancesSet></item></reservationSet>`
		interfaces = `<networkInterfaceSet><item><networkInterfaceId>eni-%[1]s</networkInterfaceId><attachment><instanceId>i-%[1]s</instanceId></attachment>` +
			`<privateIpAddressesSet><item><privateIpAddress>10.0.0.%[1]s</privateIpAddress></item></privateIpAddressesSet></item></networkInterfaceSet>`
	)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, page, next := instances, "1", "<nextToken>more</nextToken>"
		if r.FormValue("Action") == "DescribeNetworkInterfaces" {
			body = interfaces
		}
		if r.FormValue("NextToken") == "more" {
			page, next = "2", ""
		}
		fmt.Fprintf(w, "<Response>"+body+"%[2]s</Response>", page, next)
	}))
	defer server.Close()
	cfg := aws.Config{BaseEndpoint: aws.String(server.URL), Credentials: aws.AnonymousCredentials{}}
	machines, err := collect(t.Context(), cfg, &options{regions: []string{"eu-west-1"}, pageSize: 5})
	require.NoError(t, err)
	var got []string
	for _, m := range machines {
		got = append(got, m.address+" "+m.name)
	}
	assert.Equal(t, []string{"10.0.0.1 web-1", "10.0.0.2 web-2"}, got)
}

func TestFlags(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"a role that is not an ARN", []string{"-roles", "vpcnames"}, `-roles: "vpcnames" is not an ARN such as arn:aws:iam::123456789012:role/vpcnames`},
		{"an argument", []string{"eu-west-1"}, `unexpected argument "eu-west-1"`},
		{"an unknown flag", []string{"-region", "x"}, "flag provided but not defined: -region"},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.EqualError(t, run(t.Context(), c.args, &bytes.Buffer{}), c.want)
		})
	}
}

func TestMachinesWithoutNameOrTagsAreLeftOut(t *testing.T) {
	var out bytes.Buffer
	o := &options{tags: []string{"app"}, ownerTags: []string{"Owner"}}
	require.NoError(t, write(&out, []machine{
		{address: "10.0.0.1", account: "111111111111"},
		{address: "10.0.0.2", account: "111111111111", tags: map[string]string{"Owner": "a"}},
	}, o))
	assert.Equal(t, "address,interface,instance,vpc,account,name,owner,environment,app\n10.0.0.2,,,,111111111111,,a,,\n", out.String())
}
