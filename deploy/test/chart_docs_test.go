// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package deploytest

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	yamlBlock  = regexp.MustCompile("(?s)```yaml\n(.*?)```")
	indentLine = regexp.MustCompile(`(?m)^ {3}`)
	kubectl    = regexp.MustCompile(`kubectl [^\n]*?\b(statefulset|service)/([a-z0-9-]+)`)
)

func readDocs(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile("../../" + path)
	require.NoError(t, err)
	return string(text)
}

// TestChartAcceptsTheValuesOfTheDocs renders each example, after the values that it leaves out.
func TestChartAcceptsTheValuesOfTheDocs(t *testing.T) {
	_, install, found := strings.Cut(readDocs(t, "docs/install.md"), "\n## Kubernetes\n")
	require.True(t, found)
	install, _, _ = strings.Cut(install, "\n## ")
	examples := 0
	for _, text := range []string{install, readDocs(t, "deploy/helm/README.md")} {
		for _, match := range yamlBlock.FindAllStringSubmatch(text, -1) {
			examples++
			values := match[1]
			if text == install {
				values = indentLine.ReplaceAllString(values, "") // it belongs to a step
			}
			if !strings.Contains(values, "sqsQueueUrl:") {
				values = single + values
			}
			all := manifests(t, values)
			if text == install {
				// The commands of the steps name objects that exist.
				named := kubectl.FindAllStringSubmatch(text, -1)
				assert.Len(t, named, 3)
				for _, name := range named {
					kind := map[string]string{"statefulset": "StatefulSet", "service": "Service"}[name[1]]
					assert.Contains(t, all, kind+"/"+name[2])
				}
				assert.Contains(t, all, "ServiceAccount/vpcflow-otelcol-vpcflow", "the default of deploy/eks.yaml")
				assert.Contains(t, readDocs(t, "deploy/eks.yaml"), "Default: vpcflow-otelcol-vpcflow\n")
			}
		}
	}
	assert.Equal(t, 3, examples)
}
