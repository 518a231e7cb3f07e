// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/logging"
	"go.uber.org/zap"
)

// metadataTimeout bounds how long the instance metadata is asked for the region: off EC2, nobody answers.
const metadataTimeout = 5 * time.Second

// loadAWS finds the region and the credentials as the AWS SDK does. Credentials are only asked for when they are needed.
// What the SDK has to say is for debugging: what matters of it comes back as an error.
func loadAWS(ctx context.Context, c *s3Config, logger *zap.Logger) (aws.Config, error) {
	options := []func(*config.LoadOptions) error{
		config.WithLogger(logging.LoggerFunc(func(_ logging.Classification, format string, args ...any) {
			logger.Debug("AWS SDK: " + fmt.Sprintf(format, args...))
		})),
		// Each worker keeps its connections from one object to the next.
		config.WithHTTPClient(awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
			t.MaxIdleConnsPerHost = max(t.MaxIdleConnsPerHost, c.MaxConcurrentObjects)
			t.MaxIdleConns = max(t.MaxIdleConns, 2*c.MaxConcurrentObjects)
		})),
	}
	if region := regionOf(c); region != "" {
		options = append(options, config.WithRegion(region))
	}
	if c.Profile != "" {
		options = append(options, config.WithSharedConfigProfile(c.Profile))
	}
	loaded, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return aws.Config{}, fmt.Errorf("s3: load the configuration of AWS: %w", err)
	}
	if loaded.Region == "" {
		ctx, cancel := context.WithTimeout(ctx, metadataTimeout)
		defer cancel()
		if loaded, err = config.LoadDefaultConfig(ctx, append(options, config.WithEC2IMDSRegion())...); err != nil {
			return aws.Config{}, fmt.Errorf("s3::region: must be given, as neither the queue nor the environment names one: %w", err)
		}
	}
	if c.RoleARN != "" {
		loaded.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(loaded), c.RoleARN,
			func(o *stscreds.AssumeRoleOptions) {
				if c.ExternalID != "" {
					o.ExternalID = &c.ExternalID
				}
			}))
	}
	return loaded, nil
}

// regionOf is the region that the configuration tells; empty where it tells none.
func regionOf(c *s3Config) string {
	if c.Region != "" {
		return c.Region
	}
	return queueRegion(c.SQSQueueURL)
}

// queueRegion is the region in the host of a queue's URL, such as sqs.eu-west-1.amazonaws.com, or that of a VPC endpoint;
// empty where there is none.
func queueRegion(queueURL string) string {
	u, err := url.Parse(queueURL)
	if err != nil || !isAmazon(u.Hostname()) {
		return ""
	}
	labels := strings.Split(u.Hostname(), ".")
	for i, label := range labels[:len(labels)-1] {
		if label == "sqs" || label == "sqs-fips" {
			if region := labels[i+1]; strings.Contains(region, "-") {
				return region
			}
		}
	}
	return ""
}

func isAmazon(host string) bool {
	return strings.HasSuffix(host, ".amazonaws.com") || strings.HasSuffix(host, ".amazonaws.com.cn")
}

// newS3 makes the client of S3. Checksums are only asked for where S3 demands it: they are of whole objects, and an object
// that is read by ranges, or of which the connection broke, has none. TLS, gzip and the ETag guard what is read.
func newS3(loaded aws.Config, c *s3Config) *s3.Client {
	return s3.NewFromConfig(loaded, func(o *s3.Options) {
		o.UsePathStyle = c.ForcePathStyle
		o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
		if c.Endpoint != "" {
			o.BaseEndpoint = &c.Endpoint
		}
	})
}

// newSQS makes the client of SQS. Requests go to the host of the queue's URL, whatever it is, and in its region.
func newSQS(loaded aws.Config, c *s3Config) *sqs.Client {
	return sqs.NewFromConfig(loaded, func(o *sqs.Options) {
		if region := queueRegion(c.SQSQueueURL); region != "" {
			o.Region = region
		}
		if u, err := url.Parse(c.SQSQueueURL); err == nil {
			o.BaseEndpoint = aws.String(u.Scheme + "://" + u.Host)
		}
	})
}
