// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/browsertest"
)

// maxImage is the largest size of a screenshot in bytes, because each is in the repository.
const maxImage = 300_000

// TestScreenshots checks that the screenshots in docs/images exist. With -update, it takes them again.
func TestScreenshots(t *testing.T) {
	t.Chdir("..")
	pictures := []struct {
		name, path, scheme string
		width, height      int64
	}{
		{"overview-light.png", "/?range=all", "light", 1280, 1000},
		{"overview-dark.png", "/?range=all", "dark", 1280, 1000},
		{"alerts.png", "/alerts?severity=high", "light", 1280, 800},
		{"alert.png", "/alerts/dbf36c2e60523b23f6474afc2acd4124", "dark", 1280, 1000},
		{"phone.png", "/?range=all", "light", 400, 860},
	}
	if *update {
		tab := browsertest.Open(t)
		url := startDemoDashboard(t)
		for _, p := range pictures {
			browsertest.Call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: p.scheme}},
			})
			tab.Do(chromedp.EmulateViewport(p.width, p.height), chromedp.Navigate(url+p.path))
			picture, err := chromedp.Run(tab, chromedp.CaptureScreenshot())
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join("docs/images", p.name), picture, 0o600))
		}
	}
	for _, p := range pictures {
		file, err := os.Stat(filepath.Join("docs/images", p.name))
		if assert.NoError(t, err, "go test ./e2e -run Screenshots -update") {
			assert.LessOrEqual(t, file.Size(), int64(maxImage), p.name)
		}
	}
}
