// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import "fmt"

// Versions are the flow log versions there is a site for, in path order of
// their accounts.
func Versions() []int { return []int{2, 5} }

// recordsPerDay is about how many records each site logs on a working day at
// rate 1; a test holds it to the truth.
var recordsPerDay = map[int]float64{2: 8500, 5: 7700}

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

func (l *Log) models() []model {
	if l.Version == 2 {
		return shopModels(l.Site)
	}
	return platformModels(l.Site)
}
