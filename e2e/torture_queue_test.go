// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
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

// awaitEmptyQueue waits until the collector has deleted all messages, which it does after the state contains their objects.
func (r *rig) awaitEmptyQueue() error {
	if r.queue == nil {
		return nil
	}
	counts := []types.QueueAttributeName{
		types.QueueAttributeNameApproximateNumberOfMessages, types.QueueAttributeNameApproximateNumberOfMessagesNotVisible,
	}
	for end := time.Now().Add(tortureWait); ; { //nolint:forbidigo // The collector runs in real time.
		got, err := r.queue.client.GetQueueAttributes(r.t.Context(), &sqs.GetQueueAttributesInput{
			QueueUrl: aws.String(r.queue.url), AttributeNames: counts,
		})
		if err != nil {
			return fmt.Errorf("get the number of messages: %w", err)
		}
		visible, hidden := got.Attributes[string(counts[0])], got.Attributes[string(counts[1])]
		if visible == "0" && hidden == "0" {
			return nil
		}
		if time.Now().After(end) { //nolint:forbidigo // see above
			return fmt.Errorf("the queue still has %s visible and %s hidden messages", visible, hidden)
		}
		<-time.After(50 * time.Millisecond)
	}
}
