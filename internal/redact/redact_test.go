// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package redact

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTextHasNoSecrets(t *testing.T) {
	var r Redactor
	for _, secret := range []string{"abcd", "abcdefgh", "a b&c", "https://hooks.example.com/services/T0/KEY?x=1", "xyz", ""} {
		r.Add(secret)
	}
	for text, want := range map[string]string{
		"":                                   "",
		"no secret, and xyz is too short":    "no secret, and xyz is too short",
		"key abcd refused":                   "key [REDACTED] refused",
		"key abcdefgh refused":               "key [REDACTED] refused", // not [REDACTED]efgh
		"a b&c, a+b%26c":                     "[REDACTED], [REDACTED]",
		"POST /services/T0/KEY?x=1: 404":     "POST [REDACTED]: 404",
		`Post "https://h:8/path/TOKEN": EOF`: `Post "https://h:8/[REDACTED]": EOF`,
		"http://user:SECRET@host/x?k=SECRET": "http://host/[REDACTED]",
		"see https://host":                   "see https://host/[REDACTED]",
	} {
		assert.Equal(t, want, r.Text(text), text)
	}
}

func TestLongestSecretGoesFirstInAnyOrder(t *testing.T) {
	for _, order := range [][]string{{"abcd", "abcdefgh"}, {"abcdefgh", "abcd"}} {
		var r Redactor
		for _, secret := range order {
			r.Add(secret)
		}
		assert.Equal(t, "[REDACTED]!", r.Text("abcdefgh!"))
	}
}

func TestErrorKeepsNothingOfTheOriginal(t *testing.T) {
	var r Redactor
	r.Add("SECRET")
	original := fmt.Errorf("key SECRET: %w", errors.New("refused"))
	got := r.Error(original)
	require.EqualError(t, got, "key [REDACTED]: refused")
	assert.NoError(t, errors.Unwrap(got))
	assert.NoError(t, r.Error(nil))
}

func TestURLIsShownWithoutItsSecrets(t *testing.T) {
	for text, want := range map[string]string{
		"":                                          "",
		"dashboard":                                 "dashboard",
		"localhost:9000":                            "localhost:9000",
		"ftp://localhost/a":                         "ftp://localhost/a",
		"http://dashboard:8765/x":                   "http://dashboard:8765/x",
		"http://user:SECRET@minio:9000:x":           "http://[REDACTED]@minio:9000:x",
		"https://SECRET@minio:9000:x":               "https://[REDACTED]@minio:9000:x",
		"http://user:SE/CR?ET@minio:x":              "http://[REDACTED]@minio:x",
		"http://user:SEC@RET@minio:x":               "http://[REDACTED]@minio:x",
		"http://u:p?s#s/@dashboard":                 "http://[REDACTED]@dashboard",
		"http://http://user:SECRET@minio":           "http://[REDACTED]@minio",
		"user:SECRET@minio:9000":                    "[REDACTED]@minio:9000",
		"ftp://user:SECRET@minio":                   "[REDACTED]@minio",
		"user:SECRET@minio?to=http://a":             "[REDACTED]@minio?[REDACTED]",
		"user:SE://CRET@minio":                      "[REDACTED]@minio",
		"http://minio:x/a?X-Amz-Signature=SECRET":   "http://minio:x/a?[REDACTED]",
		"http://minio:x/a#SECRET":                   "http://minio:x/a#[REDACTED]",
		"https://user:SECRET@minio:x/a?b=SECRET#c":  "https://[REDACTED]@minio:x/a?[REDACTED]",
		"http://minio:x/a?SECRET=1&to=b@example.co": "http://[REDACTED]@example.co",
	} {
		assert.Equal(t, want, URL(text), text)
	}
}

func TestHost(t *testing.T) {
	assert.Equal(t, "feeds.example.com:8080", Host("https://feeds.example.com:8080/lists?key=SECRET"))
	assert.Equal(t, "the URL", Host("https://feeds.example.com:SECRET/"))
	assert.Equal(t, "the URL", Host("SECRET"))
}

func TestCauseHasNoURL(t *testing.T) {
	err := &url.Error{Op: "Get", URL: "https://host/SECRET", Err: http.ErrHandlerTimeout}
	assert.Equal(t, http.ErrHandlerTimeout, Cause(err))
	assert.Equal(t, http.ErrHandlerTimeout, Cause(fmt.Errorf("fetch: %w", err)))
	assert.Equal(t, http.ErrHandlerTimeout, Cause(http.ErrHandlerTimeout))
	assert.NoError(t, Cause(nil))
}
