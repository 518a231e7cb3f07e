// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	deployCommand = regexp.MustCompile(`aws cloudformation deploy --stack-name \S+ --template-file deploy/(\w+)\.yaml (.*)`)
	continuedLine = regexp.MustCompile(`\\\n\s*`)
	override      = regexp.MustCompile(`"([A-Z]\w+)=([^"]*)"|([A-Z]\w+)=("[^"]*"|[^"\s]+)`) // with and without quotes around both
	// placeholder is a value that the reader replaces, such as QUEUE, or a variable of the shell.
	placeholder = regexp.MustCompile(`^(\$\w+|[A-Z]+)$`)
)

// TestCommandsOfTheDocsSetParametersThatExist reads the commands that create or update stacks.
func TestCommandsOfTheDocsSetParametersThatExist(t *testing.T) {
	files, err := filepath.Glob("../docs/*.md")
	require.NoError(t, err)
	commands, templates := 0, map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, match := range deployCommand.FindAllStringSubmatch(continuedLine.ReplaceAllString(string(text), ""), -1) {
			commands++
			templates[match[1]] = true
			where := filepath.Base(file) + ": deploy/" + match[1] + ".yaml"
			before, rest, found := strings.Cut(match[2], "--parameter-overrides ")
			require.True(t, found, where)
			assert.Contains(t, before+rest, "--capabilities CAPABILITY_IAM", where)
			rest, _, _ = strings.Cut(rest, "  #")
			in := loadTemplate(t, "deploy/"+match[1]+".yaml")
			set := map[string]bool{}
			for _, pair := range override.FindAllStringSubmatch(rest, -1) {
				name, value := pair[1]+pair[3], pair[2]+strings.Trim(pair[4], `"`)
				p, ok := in.Parameters[name]
				require.True(t, ok, "%s has no %s", where, name)
				set[name] = true
				if pattern, ok := p["AllowedPattern"].(string); ok && !placeholder.MatchString(value) {
					assert.Regexp(t, "^(?:"+pattern+")$", value, "%s: %s", where, name)
				}
			}
			assert.NotEmpty(t, set, where)
			for name, p := range in.Parameters {
				_, hasDefault := p["Default"]
				assert.True(t, hasDefault || set[name] || set["Config"], "%s needs %s", where, name)
			}
		}
	}
	assert.GreaterOrEqual(t, commands, 12)
	for _, name := range []string{"s3", "ecs", "ec2", "eks", "firehose", "organization", "member"} {
		assert.True(t, templates[name], "no command deploys %s.yaml", name)
	}
}

var numberedStep = regexp.MustCompile(`(?m)^(\d+)\. `)

func TestInstallationsHaveAtMostTenSteps(t *testing.T) {
	for file, sections := range map[string][]string{
		"docs/install.md":      {"## Kubernetes", "## ECS on Fargate"},
		"docs/organization.md": {"## Set it up"},
	} {
		for _, section := range sections {
			_, text, found := strings.Cut(read(t, file), "\n"+section+"\n")
			require.True(t, found, section)
			text, _, _ = strings.Cut(text, "\n## ")
			steps := numberedStep.FindAllStringSubmatch(text, -1)
			assert.NotEmpty(t, steps, section)
			assert.LessOrEqual(t, len(steps), 10, section)
			for i, step := range steps {
				assert.Equal(t, fmt.Sprint(i+1), step[1], section)
			}
		}
	}
	assert.Contains(t, read(t, "docs/install.md"), "\n## 10. ")
	assert.NotContains(t, read(t, "docs/install.md"), "\n## 11. ")
}
