// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

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

// metadataTimeout bounds the request for the region in the instance metadata, which gets no response outside EC2.
const metadataTimeout = 5 * time.Second

// loadAWSConfig finds the region and the credentials as the AWS SDK does. Credentials are requested when first needed.
// Messages of the SDK are logged at debug level, because it returns all important ones as errors.
func loadAWSConfig(ctx context.Context, c *Config, logger *zap.Logger) (aws.Config, error) {
	options := []func(*config.LoadOptions) error{
		config.WithLogger(logging.LoggerFunc(func(_ logging.Classification, format string, args ...any) {
			logger.Debug("AWS SDK: " + fmt.Sprintf(format, args...))
		})),
		// Each worker reuses its connections for the next object.
		config.WithHTTPClient(awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
			t.MaxIdleConnsPerHost = max(t.MaxIdleConnsPerHost, c.MaxConcurrentObjects)
			t.MaxIdleConns = max(t.MaxIdleConns, 2*c.MaxConcurrentObjects)
		})),
	}
	if region := configuredRegion(c); region != "" {
		options = append(options, config.WithRegion(region))
	}
	if c.Profile != "" {
		options = append(options, config.WithSharedConfigProfile(c.Profile))
	}
	loaded, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return aws.Config{}, fmt.Errorf("s3: load AWS configuration: %w", err)
	}
	if loaded.Region == "" {
		ctx, cancel := context.WithTimeout(ctx, metadataTimeout)
		defer cancel()
		if loaded, err = config.LoadDefaultConfig(ctx, append(options, config.WithEC2IMDSRegion())...); err != nil {
			return aws.Config{}, fmt.Errorf("s3::region: must be given: neither the queue nor the environment names a region: %w", err)
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

// configuredRegion returns the region of the bucket or the queue; empty if neither is configured.
func configuredRegion(c *Config) string {
	if c.Region != "" {
		return c.Region
	}
	return queueRegion(c.SQSQueueURL)
}

// queueRegion returns the region in the host of a queue URL, such as sqs.eu-west-1.amazonaws.com or the host of a VPC
// endpoint. It is empty if there is none.
func queueRegion(queueURL string) string {
	u, err := url.Parse(queueURL)
	if err != nil || !isAmazonHost(u.Hostname()) {
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

func isAmazonHost(host string) bool {
	return strings.HasSuffix(host, ".amazonaws.com") || strings.HasSuffix(host, ".amazonaws.com.cn")
}

// newS3Client returns a client that validates checksums only where S3 requires it. Checksums cover whole objects, so reads
// of ranges and resumed reads have none. TLS, gzip and the ETag protect the content.
func newS3Client(loaded aws.Config, c *Config) *s3.Client {
	return s3.NewFromConfig(loaded, func(o *s3.Options) {
		o.UsePathStyle = c.ForcePathStyle
		o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
		if c.Endpoint != "" {
			o.BaseEndpoint = &c.Endpoint
		}
	})
}

// newSQSClient returns a client that sends requests to the host in the queue URL, in the region of the queue.
func newSQSClient(loaded aws.Config, c *Config) *sqs.Client {
	return sqs.NewFromConfig(loaded, func(o *sqs.Options) {
		if region := queueRegion(c.SQSQueueURL); region != "" {
			o.Region = region
		}
		if u, err := url.Parse(c.SQSQueueURL); err == nil {
			o.BaseEndpoint = aws.String(u.Scheme + "://" + u.Host)
		}
	})
}
