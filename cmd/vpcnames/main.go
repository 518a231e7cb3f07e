// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Vpcnames writes a names file for vpc_detection. It has one line for each private address in the given AWS accounts
// and regions, with the name, the owner and the tags of its instance or network interface. It needs the permissions
// ec2:DescribeNetworkInterfaces and ec2:DescribeInstances.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/aws/aws-sdk-go-v2/config"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return
	}
	fmt.Fprintln(os.Stderr, "vpcnames:", err)
	os.Exit(1)
}

// options are the command-line flags.
type options struct {
	regions, roles, tags       []string
	ownerTags, environmentTags []string
	externalID, output         string
	pageSize                   int32 // of AWS responses
}

func run(ctx context.Context, args []string, stdout io.Writer) error {
	o, err := parseFlags(args)
	if err != nil {
		return err
	}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return fmt.Errorf("load AWS configuration: %w", err)
	}
	if len(o.regions) == 0 {
		if cfg.Region == "" {
			return errors.New("no region: set -regions or AWS_REGION")
		}
		o.regions = []string{cfg.Region}
	}
	machines, err := collect(ctx, cfg, o)
	if err != nil {
		return err
	}
	if o.output == "" {
		return write(stdout, machines, o)
	}
	return writeFile(o.output, machines, o)
}

func parseFlags(args []string) (*options, error) {
	o := &options{pageSize: 1000}
	flags := flag.NewFlagSet("vpcnames", flag.ContinueOnError)
	list := func(into *[]string, name, value, usage string) {
		*into = split(value)
		flags.Func(name, usage, func(text string) error {
			*into = split(text)
			return nil
		})
	}
	list(&o.regions, "regions", "", "regions, separated by commas (default: the region of the AWS configuration)")
	list(&o.roles, "roles", "", "ARNs of roles to assume, one for each account, separated by commas (default: the current account)")
	list(&o.tags, "tags", "", "further tag keys to write as columns, separated by commas")
	list(&o.ownerTags, "owner-tags", "Owner,owner,Team,team", "tag keys that hold the owner, separated by commas; the first one found is used")
	list(&o.environmentTags, "environment-tags", "Environment,environment,Env,env,Stage,stage",
		"tag keys that hold the environment, separated by commas; the first one found is used")
	flags.StringVar(&o.externalID, "external-id", "", "external id for the roles")
	flags.StringVar(&o.output, "output", "", "file to write, replaced as a whole (default: standard output)")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	for _, role := range o.roles {
		if !strings.HasPrefix(role, "arn:") {
			return nil, fmt.Errorf("-roles: %q is not an ARN such as arn:aws:iam::123456789012:role/vpcnames", role)
		}
	}
	return o, nil
}

// split returns the parts of a list that is separated by commas.
func split(text string) (parts []string) {
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}
