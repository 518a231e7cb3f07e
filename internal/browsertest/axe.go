// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package browsertest

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// axe is the release of axe-core, which finds faults that keep people from using a page. It is under the Mozilla Public
// License and no part of what we build: npm fetches it into the folder of what is built, once.
const axe = "axe-core-4.14.1"

// Fault is a rule of axe-core that a page breaks.
type Fault struct {
	// ID is the rule's, Impact is minor, moderate, serious or critical.
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Help   string `json:"help"`
	// Nodes are the elements that break it.
	Nodes []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// String writes the fault for a test's message.
func (f Fault) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s (%s): %s", f.ID, f.Impact, f.Help)
	for _, n := range f.Nodes {
		fmt.Fprintf(&text, "\n\t%s\n\t%s", n.HTML, n.Summary)
	}
	return text.String()
}

// Accessibility returns what axe-core finds wrong with the page. A machine without npm that has no copy either skips the
// test, unless CI is set. The root is that of the repository.
func (tab *Tab) Accessibility(root string) []Fault {
	tab.t.Helper()
	Value[bool](tab, axeSource(tab.t, filepath.Join(root, "_build", axe+".js"))+"; true")
	return Value[[]Fault](tab, `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations)`)
}

func axeSource(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		if _, err := exec.LookPath("npm"); err != nil && os.Getenv("CI") == "" {
			t.Skipf("neither npm nor %s is there to check accessibility with axe-core: apt-get install npm", path)
		}
		content, err = fetchAxe(t.Context(), t.TempDir())
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755)) //nolint:gosec // what is built may be read by all
		require.NoError(t, os.WriteFile(path, content, 0o600))
		return string(content)
	}
	require.NoError(t, err)
	return string(content)
}

// fetchAxe has npm fetch the package and takes the script out of it.
func fetchAxe(ctx context.Context, folder string) ([]byte, error) {
	name := axe[:len("axe-core")] + "@" + axe[len("axe-core-"):]
	pack := exec.CommandContext(ctx, "npm", "pack", "--silent", name)
	pack.Dir = folder
	if out, err := pack.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("npm pack %s: %w: %s", name, err, out)
	}
	file, err := os.Open(filepath.Join(folder, axe+".tgz"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	for files := tar.NewReader(unzipped); ; {
		header, err := files.Next()
		if err != nil {
			return nil, fmt.Errorf("%s.tgz has no axe.min.js: %w", axe, err)
		}
		if header.Name == "package/axe.min.js" {
			return io.ReadAll(files)
		}
	}
}
