// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"math/rand/v2"
	"net/netip"
	"slices"
)

// homes are the address blocks of visitors. Each belongs to a large access provider in one country.
var homes = prefixes(
	"84.128.0.0/10",  // DE
	"86.128.0.0/11",  // GB
	"84.24.0.0/13",   // NL
	"86.40.0.0/13",   // IE
	"73.0.0.0/9",     // US
	"88.0.0.0/12",    // ES
	"79.0.0.0/12",    // IT
	"83.0.0.0/12",    // PL
	"1.120.0.0/13",   // AU
	"117.192.0.0/11", // IN
)

// noise are the address blocks of the scanners.
var noise = prefixes(
	"114.224.0.0/12", // CN
	"95.24.0.0/13",   // RU
	"14.160.0.0/11",  // VN
	"121.128.0.0/12", // KR
	"114.32.0.0/13",  // TW
	"36.64.0.0/12",   // ID
	"24.0.0.0/12",    // US
	"98.192.0.0/11",  // US
)

// webs are the address blocks of web servers.
var webs = prefixes(
	"104.16.0.0/12",   // US
	"151.101.0.0/16",  // US
	"23.32.0.0/11",    // US
	"185.60.216.0/22", // IE
	"46.4.0.0/16",     // DE
	"51.15.0.0/16",    // FR
)

// Addresses on the Internet that the two accounts use. The name ends with the country.
var (
	mirrorGB    = addrs("91.189.91.81", "91.189.91.82")                  // Linux packages
	timeGB      = addrs("185.125.190.56", "185.125.190.57")              // NTP
	timeNL      = addrs("94.198.159.10", "94.198.159.14")                // NTP
	gitUS       = addrs("140.82.121.4", "140.82.121.6")                  // source code
	paymentsUS  = addrs("54.187.174.169", "54.187.205.235")              // card payments
	objectsIE   = addrs("52.218.28.10", "52.218.60.76")                  // object storage
	objectsDE   = addrs("52.219.170.14", "52.219.171.50")                // object storage
	vaultFR     = addrs("213.186.33.20")                                 // off-site backups
	mailDE      = addrs("88.198.20.33", "88.198.91.7")                   // partners' mail
	secondaryGB = addrs("91.189.91.139")                                 // copies the zone of the shop's name server
	mailGB      = addrs("91.189.91.200")                                 // a customer's mail
	officeDE    = addrs("84.190.7.20")                                   // the office's Internet connection
	partnerNL   = addrs("145.97.20.12")                                  // fetches files by SFTP
	uptimeIE    = addrs("86.40.9.99")                                    // sends echo requests
	chatUS      = addrs("52.112.0.20", "52.112.0.21")                    // messages of the office
	mediaNL     = addrs("52.114.60.10", "52.114.60.11", "52.114.60.12")  // video calls
	resolversUS = addrs("8.8.8.8", "1.1.1.1")                            // DNS
	telemetryUS = addrs("3.233.144.10", "3.233.144.11")                  // metrics of other companies' agents
	syslogUS    = addrs("169.46.82.160")                                 // log lines over UDP
	registryUS  = addrs("34.205.13.154", "44.219.3.189", "3.216.34.172") // images of containers
	remoteDE    = addrs("84.140.3.8", "84.151.77.140", "87.138.4.61")    // employees at home
)

// awsService returns the value of pkt-src-aws-service or pkt-dst-aws-service.
func awsService(a netip.Addr) string {
	if slices.Contains(objectsDE, a) {
		return "S3"
	}
	return "-"
}

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

func addrs(all ...string) []netip.Addr {
	out := make([]netip.Addr, len(all))
	for i, s := range all {
		out[i] = addr(s)
	}
	return out
}

func prefixes(all ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(all))
	for i, s := range all {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// randomAddr returns a random IPv4 address in one of the blocks.
func randomAddr(rng *rand.Rand, blocks []netip.Prefix) netip.Addr {
	block := blocks[rng.IntN(len(blocks))]
	b := block.Addr().As4()
	n := rng.Uint32N(1 << (32 - block.Bits()))
	for i := range b {
		b[i] |= byte(n >> (24 - 8*i))
	}
	return netip.AddrFrom4(b)
}
