// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
)

func TestQueueRegion(t *testing.T) {
	for url, want := range map[string]string{
		"https://sqs.eu-west-1.amazonaws.com/123456789012/q":                       "eu-west-1",
		"https://sqs.cn-north-1.amazonaws.com.cn/123456789012/q":                   "cn-north-1",
		"https://sqs-fips.us-gov-west-1.amazonaws.com/123456789012/q":              "us-gov-west-1",
		"https://vpce-0abc-def.sqs.eu-central-1.vpce.amazonaws.com/123456789012/q": "eu-central-1",
		"https://sqs.amazonaws.com/123456789012/q":                                 "",
		"http://localhost:4100/123456789012/q":                                     "",
		"https://sqs.eu-west-1.example.com/123456789012/q":                         "",
		"https://sqs.eu-west-1.amazonaws.com.example.com/123456789012/q":           "",
		"%": "",
		"":  "",
	} {
		assert.Equal(t, want, queueRegion(url), url)
	}
}

func TestSourcesOfTheRegion(t *testing.T) {
	const queueURL = "https://sqs.eu-west-1.amazonaws.com/123456789012/q"
	file := filepath.Join(t.TempDir(), "config")
	require.NoError(t, os.WriteFile(file, []byte("[profile here]\nregion = eu-north-1\n"), 0o600))
	for name, test := range map[string]struct {
		config  Config
		env     map[string]string
		s3, sqs string
		want    string
	}{
		"configured region":         {config: Config{Region: "us-east-1", SQSQueueURL: queueURL}, s3: "us-east-1", sqs: "eu-west-1"},
		"region of the queue":       {config: Config{SQSQueueURL: queueURL}, env: map[string]string{"AWS_REGION": "us-west-1"}, s3: "eu-west-1", sqs: "eu-west-1"},
		"region of the environment": {config: Config{}, env: map[string]string{"AWS_REGION": "us-west-1"}, s3: "us-west-1", sqs: "us-west-1"},
		"region of the profile":     {config: Config{Profile: "here"}, env: map[string]string{"AWS_CONFIG_FILE": file}, s3: "eu-north-1", sqs: "eu-north-1"},
		"no region":                 {config: Config{}, want: "s3::region: must be given"},
		"unknown profile":           {config: Config{Profile: "there"}, want: "s3: load AWS configuration"},
	} {
		t.Run(name, func(t *testing.T) {
			anonymousAWS(t)
			for key, value := range test.env {
				t.Setenv(key, value)
			}
			loaded, err := loadAWSConfig(t.Context(), &test.config, zap.NewNop())
			if test.want != "" {
				require.ErrorContains(t, err, test.want)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, test.s3, newS3Client(loaded, &test.config).Options().Region)
			assert.Equal(t, test.sqs, newSQSClient(loaded, &test.config).Options().Region)
		})
	}
}

// The role is assumed with the credentials that the SDK finds, and used for S3 and SQS.
func TestRoleIsAssumed(t *testing.T) {
	anonymousAWS(t)
	var requested, tokens []string
	sts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requested = append(requested, r.FormValue("Action"), r.FormValue("RoleArn"), r.FormValue("ExternalId"))
		fmt.Fprint(w, `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
			<SessionToken>t</SessionToken><Expiration>2126-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`)
	}))
	defer sts.Close()
	t.Setenv("AWS_ENDPOINT_URL_STS", sts.URL)
	service := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		tokens = append(tokens, r.Header.Get("X-Amz-Security-Token"))
	}))
	defer service.Close()
	c := Config{
		Region: "eu-west-1", RoleARN: "arn:aws:iam::123456789012:role/reader", ExternalID: "x", Endpoint: service.URL, ForcePathStyle: true,
		SQSQueueURL: service.URL + "/123456789012/q",
	}
	loaded, err := loadAWSConfig(t.Context(), &c, zap.NewNop())
	require.NoError(t, err)
	assert.Empty(t, requested, "STS is not called before credentials are needed")
	_, _ = newS3Client(loaded, &c).ListBuckets(t.Context(), &s3.ListBucketsInput{})
	_, _ = newSQSClient(loaded, &c).ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &c.SQSQueueURL})
	assert.Equal(t, []string{"AssumeRole", c.RoleARN, "x"}, requested)
	assert.Equal(t, []string{"t", "t"}, tokens)
}

func TestStartFailsWithoutARegion(t *testing.T) {
	anonymousAWS(t)
	r := newFixture(t)
	*r.config = Config{SQSQueueURL: "http://localhost/1/q", MaxConcurrentObjects: 1}
	r.build()
	require.ErrorContains(t, r.source.Start(t.Context(), nil, nil), "s3::region: must be given")
}
