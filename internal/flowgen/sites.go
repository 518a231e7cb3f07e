// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import "fmt"

// Versions are the flow log versions there is a site for, in path order of
// their accounts.
func Versions() []int { return []int{2, 5} }

// pace is about how many records a site logs on a day without scripts: at rate
// 1, those that grow with the rate, and those that do not. A test holds it to
// the truth.
type pace struct{ growing, fixed float64 }

var paces = map[int]pace{2: {7750, 290}, 5: {8640, 180}}

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
