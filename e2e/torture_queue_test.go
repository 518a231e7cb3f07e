// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/stretchr/testify/require"
)

// queuedBucket has the objects that a queue announces.
const queuedBucket = "queued-flow-logs"

// startMotoIfInstalled starts moto, and returns "" if it is not installed. If CI is set, the test then fails.
func startMotoIfInstalled(t *testing.T) string {
	t.Helper()
	if _, err := os.Stat(filepath.Join(root(t), "_build/moto/bin/moto_server")); err != nil && os.Getenv("CI") == "" {
		t.Log("moto is not installed, so the queue is left out: make moto")
		return ""
	}
	return startMoto(t)
}

// queue is a queue that announces objects.
type queue struct {
	client *sqs.Client
	url    string
}

func newQueue(t *testing.T, address, name string) *queue {
	t.Helper()
	client := sqs.New(sqs.Options{
		Region: "eu-west-1", BaseEndpoint: aws.String(address),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "secret"}, nil
		}),
	})
	created, err := client.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String(name)})
	require.NoError(t, err)
	return &queue{client, *created.QueueUrl}
}

// announce sends a notification of an object, as S3 does.
func (q *queue) announce(t *testing.T, key string, size int) {
	t.Helper()
	text, err := json.Marshal(map[string]any{"Records": []any{map[string]any{
		"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "eventTime": "2026-01-02T03:04:05.000Z",
		"s3": map[string]any{"bucket": map[string]any{"name": queuedBucket}, "object": map[string]any{"key": key, "size": size}},
	}}})
	require.NoError(t, err)
	_, err = q.client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: aws.String(q.url), MessageBody: aws.String(string(text))})
	require.NoError(t, err)
}
