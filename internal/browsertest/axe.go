// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package browsertest

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"
)

// The release of axe-core, and the integrity hash of its package: npm view axe-core@VERSION dist.integrity. The script runs
// in a browser, so it must be exactly the one that was reviewed. axe-core is under the Mozilla Public License, and is
// fetched instead of distributed.
const (
	axeVersion   = "4.14.1"
	axeIntegrity = "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
)

// axeScript returns the script of axe-core from the package in the build folder. It fetches the package if it is missing.
func axeScript(t *testing.T) string {
	t.Helper()
	path := filepath.Join(moduleRoot(t), "_build", axeFile)
	content, err := os.ReadFile(path)
	missing := errors.Is(err, os.ErrNotExist)
	if missing {
		if _, err := exec.LookPath("npm"); err != nil && os.Getenv("CI") == "" {
			t.Skipf("neither npm nor %s exists, but accessibility checks need axe-core: apt-get install npm", path)
		}
		content, err = fetchAxe(t.Context(), t.TempDir())
	}
	require.NoError(t, err)
	require.NoError(t, verifyIntegrity(content, axeIntegrity), path)
	if missing {
		require.NoError(t, writeAtomically(path, content))
	}
	script, err := extractAxe(content)
	require.NoError(t, err)
	return string(script)
}

// axeFile is the name that npm gives the package.
const axeFile = "axe-core-" + axeVersion + ".tgz"

// fetchAxe fetches the package with npm.
func fetchAxe(ctx context.Context, folder string) ([]byte, error) {
	pack := exec.CommandContext(ctx, "npm", "pack", "--silent", "axe-core@"+axeVersion)
	pack.Dir = folder
	if out, err := pack.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("npm pack axe-core@%s: %w: %s", axeVersion, err, out)
	}
	return os.ReadFile(filepath.Join(folder, axeFile))
}

// verifyIntegrity compares the SHA-512 hash of a package with its integrity value in npm's form.
func verifyIntegrity(content []byte, integrity string) error {
	sum := sha512.Sum512(content)
	if got := "sha512-" + base64.StdEncoding.EncodeToString(sum[:]); got != integrity {
		return fmt.Errorf("verify %s: integrity is %s, want %s", axeFile, got, integrity)
	}
	return nil
}

// extractAxe returns the script in the package.
func extractAxe(content []byte) ([]byte, error) {
	unzipped, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("unzip %s: %w", axeFile, err)
	}
	for files := tar.NewReader(unzipped); ; {
		header, err := files.Next()
		if err != nil {
			return nil, fmt.Errorf("find axe.min.js in %s: %w", axeFile, err)
		}
		if header.Name == "package/axe.min.js" {
			return io.ReadAll(files)
		}
	}
}

// writeAtomically writes a file that tests of other packages may read at the same time.
func writeAtomically(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // build output is public
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), axeFile+".*")
	if err != nil {
		return err
	}
	_, err = temporary.Write(content)
	if err := errors.Join(err, temporary.Close()); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), path)
}

// moduleRoot returns the folder of go.mod.
func moduleRoot(t *testing.T) string {
	t.Helper()
	folder, err := os.Getwd()
	require.NoError(t, err)
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder
		}
		parent := filepath.Dir(folder)
		require.NotEqual(t, folder, parent, "no go.mod in any parent folder")
		folder = parent
	}
}
