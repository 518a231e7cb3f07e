// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package securityhub

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go"
	"go.opentelemetry.io/collector/consumer/consumererror"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/cleantext"
)

// The AWS SDK's client for Security Hub has a type for each kind of resource, which would make the Collector larger by
// several megabytes. This file makes the one request that is needed.

const (
	// maxResponse bounds a response in bytes. A failed finding has at most about 4 kB in it.
	maxResponse = 1 << 20
	// maxMessage bounds the part of a response that an error includes, in bytes.
	maxMessage = 1024
)

// response is the response to BatchImportFindings.
type response struct {
	FailedFindings []failedFinding
}

type failedFinding struct {
	ID           string `json:"Id"`
	ErrorCode    string
	ErrorMessage string
}

func (f failedFinding) err() error {
	return errors.New(cleantext.Line(f.ErrorCode + ": " + f.ErrorMessage[:min(len(f.ErrorMessage), maxMessage)]))
}

// retryable reports whether the finding may be imported later. Invalid findings, and those of an account without
// Security Hub, are not.
func (f failedFinding) retryable() bool { return !slices.Contains(permanentCodes, f.ErrorCode) }

var permanentCodes = []string{
	"InvalidInput", "InvalidInputException", "InvalidAccess", "InvalidAccessException", "AccessDenied", "AccessDeniedException",
}

// temporaryCodes are errors with status 400 or 403 after which a retry helps: the request was too early, or its
// signature has expired.
var temporaryCodes = []string{
	"ThrottlingException", "Throttling", "TooManyRequestsException", "LimitExceededException", "RequestLimitExceeded", "ExpiredTokenException",
	"ExpiredToken", "RequestExpired", "InvalidSignatureException",
}

// post sends a signed request. A permanent error means that a retry would fail, too.
func (c *Client) post(ctx context.Context, to target, body []byte) (*response, error) {
	credentials, err := c.credentialsOf(to).Retrieve(ctx)
	if err != nil {
		err = fmt.Errorf("get AWS credentials: %w", err)
		if api, ok := errors.AsType[smithy.APIError](err); ok && slices.Contains(permanentCodes, api.ErrorCode()) {
			err = consumererror.NewPermanent(err)
		}
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint(to)+"/findings/import", bytes.NewReader(body))
	if err != nil {
		return nil, consumererror.NewPermanent(err)
	}
	request.Header.Set("Content-Type", "application/json")
	hash := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(ctx, credentials, request, hex.EncodeToString(hash[:]), "securityhub", to.region, c.Now()); err != nil {
		return nil, fmt.Errorf("sign request: %w", err)
	}
	got, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer got.Body.Close()
	text, err := io.ReadAll(io.LimitReader(got.Body, maxResponse))
	if err != nil {
		return nil, fmt.Errorf("read response: %w", err)
	}
	if got.StatusCode/100 != 2 {
		return nil, classify(got, text)
	}
	var answer response
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, fmt.Errorf("response of Security Hub is not JSON: %w", err)
	}
	return &answer, nil
}

// classify converts a response with an error status. Redirects and client errors are permanent, except timeouts, throttling
// and expired credentials.
func classify(got *http.Response, text []byte) error {
	code, _, _ := strings.Cut(got.Header.Get("X-Amzn-Errortype"), ":")
	if code == "" {
		var fields struct {
			Type string `json:"__type"`
			Code string
		}
		_ = json.Unmarshal(text, &fields) // without it, the status is enough
		_, code, _ = strings.Cut("#"+fields.Type, "#")
		if _, after, ok := strings.Cut(code, "#"); ok {
			code = after
		}
		if code == "" {
			code = fields.Code
		}
	}
	err := fmt.Errorf("response of Security Hub is %s: %s", got.Status, cleantext.Line(code+" "+string(text[:min(len(text), maxMessage)])))
	status := got.StatusCode
	if status/100 == 5 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout || slices.Contains(temporaryCodes, code) {
		return err
	}
	return consumererror.NewPermanent(err)
}

// endpoint returns the URL of the API without a path.
func (c *Client) endpoint(to target) string {
	switch {
	case c.Endpoint != "":
		return strings.TrimSuffix(c.Endpoint, "/")
	case to.partition() == "aws-cn":
		return "https://securityhub." + to.region + ".amazonaws.com.cn"
	}
	return "https://securityhub." + to.region + ".amazonaws.com"
}
