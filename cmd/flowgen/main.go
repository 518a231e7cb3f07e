// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Command flowgen writes VPC flow logs in the format of AWS. They contain attacks. A file lists the alerts that the
// attacks must cause.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/vpcflow/otelcol-vpcflow/internal/flowgen"
)

func main() {
	err := run(os.Args[1:], os.Stdout)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "flowgen:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	c, err := parse(args, out)
	if err != nil {
		return err
	}
	if c.list {
		return list(out)
	}
	written, err := write(c)
	if err != nil {
		return err
	}
	for _, s := range written {
		_, err := fmt.Fprintf(out, "account %s, version %d: %d records in %d files, %d bytes\n",
			s.Account, s.Version, s.Records, s.Files, s.Bytes)
		if err != nil {
			return err
		}
	}
	return nil
}

func write(c command) ([]flowgen.Summary, error) {
	if c.spread == nil {
		return flowgen.Write(c.options, c.files)
	}
	sum, err := c.spread.Write(c.files.Dir)
	return []flowgen.Summary{sum}, err
}

// list prints the names that -attacks accepts.
func list(out io.Writer) error {
	for _, s := range flowgen.Scripts() {
		kind := "attack"
		if s.Decoy() {
			kind = "decoy"
		}
		if _, err := fmt.Fprintf(out, "%-6s  %-9s %-24s %s\n", kind, s.Site, s.Name, s.Summary); err != nil {
			return err
		}
	}
	return nil
}
