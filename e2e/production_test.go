// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// requireMoto returns the path of moto's server. It skips the test if moto is not installed.
func requireMoto(t *testing.T) string {
	t.Helper()
	server := motoProgram(t, "moto_server")
	if _, err := os.Stat(server); errors.Is(err, os.ErrNotExist) && os.Getenv("CI") == "" {
		t.Skip("moto is not installed: make moto")
	}
	require.FileExists(t, server, "make moto")
	return server
}

// startMoto starts moto, an emulator of AWS, and returns its URL.
func startMoto(t *testing.T) string {
	t.Helper()
	server := requireMoto(t)
	port := freePort(t)
	start(t, server, "-H", "127.0.0.1", "-p", port)
	endpoint := "http://127.0.0.1:" + port
	require.Eventually(t, func() bool { return get(t, endpoint+"/moto-api/data.json", nil) == http.StatusOK }, time.Minute, 50*time.Millisecond)
	return endpoint
}

// slackAndFeed is a stand-in for Slack that also serves a threat list.
type slackAndFeed struct {
	mu       sync.Mutex
	messages []string
}

// ServeHTTP serves the list for GET, and keeps the message of a POST.
func (s *slackAndFeed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		_, _ = io.WriteString(w, `{"cidr": "198.51.100.0/24", "sblid": "SBL1"}`+"\n")
		return
	}
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = append(s.messages, string(body))
	_, _ = io.WriteString(w, "ok")
}

func (s *slackAndFeed) received(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.messages, func(message string) bool { return strings.Contains(message, text) })
}

// scanLog returns a compressed flow log with a port scan that has just happened.
func scanLog(t *testing.T, now time.Time) []byte {
	t.Helper()
	var text bytes.Buffer
	compressed := gzip.NewWriter(&text)
	_, err := io.WriteString(compressed, "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n")
	require.NoError(t, err)
	for port := range 25 {
		_, err := fmt.Fprintf(compressed, "2 123456789012 eni-0a1b2c3d 203.0.113.7 10.0.0.5 40000 %d 6 1 40 %d %d REJECT OK\n",
			3000+port, now.Unix()-120, now.Unix()-60)
		require.NoError(t, err)
	}
	require.NoError(t, compressed.Close())
	return text.Bytes()
}

func TestProductionConfigurationReportsAScanFromS3ToSlack(t *testing.T) {
	endpoint := startMoto(t)
	cloud := newCloud(endpoint)
	cloud.createExistingBucket(t)
	for name, parameters := range map[string]map[string]string{
		"new-bucket":       {"VpcId": cloud.vpc(t)},
		"own-key":          {"VpcId": cloud.vpc(t), "CreateKey": "true", "OrganizationId": "o-a1b2c3d4e5", "ExternalId": "secret"},
		"from-eventbridge": {"ExistingBucket": existingBucket},
		"with-prefix":      {"ExistingBucket": existingBucket, "ExistingPrefix": "central/"},
		"from-sns":         {"ExistingBucket": existingBucket, "SnsTopicArn": existingTopic, "AlarmTopicArn": existingTopic},
	} {
		t.Run(name, func(t *testing.T) {
			parameters["Name"] = name
			outputs := cloud.deploy(t, "s3.yaml", name, parameters)
			// The policy denies access without TLS, which moto does not have.
			_, err := cloud.s3.DeleteBucketPolicy(t.Context(), &s3.DeleteBucketPolicyInput{Bucket: aws.String(outputs["BucketName"])})
			require.NoError(t, err)
			// The output has the host of AWS.
			queue, err := url.Parse(outputs["QueueUrl"])
			require.NoError(t, err)
			reportsAScan(t, endpoint, cloud.s3, outputs["BucketName"], parameters["ExistingPrefix"], endpoint+queue.Path)
		})
	}
}

// reportsAScan runs the collector, puts a flow log into the bucket, and expects the alert in Slack and on the page. The arguments follow those of
// config/production.yaml.
func reportsAScan(t *testing.T, endpoint string, client *s3.Client, bucket, prefix, queue string, arguments ...string) {
	t.Helper()
	slack := &slackAndFeed{}
	server := httptest.NewServer(slack)
	defer server.Close()
	page, health := freePort(t), freePort(t)
	for name, value := range map[string]string{
		"STATE_DIR": t.TempDir(), "SQS_QUEUE_URL": queue, "SLACK_WEBHOOK_URL": server.URL + "/services/T0/B0/x", "THREAT_LIST_URL": server.URL + "/drop.json",
		"DASHBOARD_PASSWORD": "secret", "DASHBOARD_ENDPOINT": "localhost:" + page, "HEALTH_ENDPOINT": "localhost:" + health,
		"TMPDIR":     "/nonexistent", // as on Fargate, where the collector cannot write to /tmp
		"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
	} {
		t.Setenv(name, value)
	}
	metricsPort := freePort(t)
	arguments = append(arguments, "--config", "yaml:"+fmt.Sprintf(`
receivers: {vpc_flow: {s3: {endpoint: %q, force_path_style: true}}}
exporters: {vpc_dashboard: {metrics_endpoint: "http://localhost:%s/metrics"}}
service: {telemetry: {metrics: {readers: [{pull: {exporter: {prometheus: {host: localhost, port: %s}}}}]}}}`, endpoint, metricsPort, metricsPort))
	collector := launch(t, read(t, "config/production.yaml"), arguments...)
	eventually(t, func() bool { return get(t, "http://localhost:"+health, nil) == http.StatusOK })

	_, err := client.PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: &bucket,
		Key:    aws.String(prefix + "AWSLogs/123456789012/vpcflowlogs/eu-west-1/2026/03/01/123456789012_vpcflowlogs_eu-west-1_fl-1_20260301T0510Z_1.log.gz"),
		Body:   bytes.NewReader(scanLog(t, time.Now())), //nolint:forbidigo // the collector has the real time, too
	})
	require.NoError(t, err)
	eventually(t, func() bool { return slack.received("203.0.113.7") })
	assert.True(t, slack.received("external_port_scan"))

	assert.Equal(t, http.StatusUnauthorized, get(t, "http://localhost:"+page, nil))
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost:"+page+"/alerts", http.NoBody)
	require.NoError(t, err)
	request.SetBasicAuth("admin", "secret")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	assert.Contains(t, string(text), "203.0.113.7")

	measured := metrics(t, metricsPort)
	assert.Contains(t, measured, "vpc_flow_receiver_records 25\n")
	assert.Contains(t, measured, `vpc_flow_threat_list_entries{list="drop"} 1`)
	assert.Contains(t, measured, `vpc_flow_detection_delay_count{rule="external_port_scan"} 1`)
	collector.interrupt(t)
}
