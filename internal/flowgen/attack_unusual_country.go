// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

var _ = registerAttacks("unusual_country", func(shop, platform *Site) []*Script {
	return []*Script{newCountry(shop), newCountryThroughNAT(platform)}
})

func newCountry(s *Site) *Script {
	source, target := s.addr("app-1"), addr("101.203.0.113")
	script := &Script{
		Name: "new-country", Site: s.Name, At: at(8, 15, 20),
		Summary: "an application host connects to a host in Japan, a country that nobody has used before",
		Alerts:  []Alert{{Rule: "unusual_country", Source: source, Destination: target, Country: "JP"}},
	}
	script.connect(0, source, target, https, fetch)
	return script
}

func newCountryThroughNAT(s *Site) *Script {
	source, target := s.addr("catalog-2"), addr("177.203.0.113")
	script := &Script{
		Name: "new-country-nat", Site: s.Name, At: at(8, 16, 40),
		Summary: "a service connects to a host in Brazil through the NAT gateway: one alert, " +
			"for the service, since the gateway's own records are not evaluated",
		Alerts: []Alert{{Rule: "unusual_country", Source: source, Destination: target, Country: "BR"}},
	}
	script.connect(0, source, target, https, fetch)
	return script
}
