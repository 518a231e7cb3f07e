// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import "fmt"

// Versions returns the flow log versions that have a site, in the order of the paths of their accounts.
func Versions() []int { return []int{2, 5} }

// recordsPerDay is the approximate number of records per day of each site without scripts. TestRecordsPerDay checks it.
var recordsPerDay = map[int]struct {
	scaled float64 // at rate 1; proportional to the rate
	fixed  float64
}{2: {7750, 290}, 5: {8640, 180}}

func siteOfVersion(version int) (*Site, error) {
	switch version {
	case 2:
		return newShop(), nil
	case 5:
		return newPlatform(), nil
	default:
		return nil, fmt.Errorf("version %d: the versions are 2 (default format) and 5 (custom format)", version)
	}
}

// modelsOf returns the ordinary traffic of a site.
func modelsOf(s *Site) []model {
	if s.Version == 2 {
		return shopModels(s)
	}
	return platformModels(s)
}
