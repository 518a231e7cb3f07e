// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
)

// pagesBy returns pages from a function.
type pagesBy func(*s3.ListObjectsV2Input) *s3.ListObjectsV2Output

func (l pagesBy) ListObjectsV2(_ context.Context, in *s3.ListObjectsV2Input, _ ...func(*s3.Options)) (*s3.ListObjectsV2Output, error) {
	return l(in), nil
}

func TestMissingFieldsOfAPageAreTolerated(t *testing.T) {
	p := pageLister{logger: zap.NewNop(), client: pagesBy(func(*s3.ListObjectsV2Input) *s3.ListObjectsV2Output {
		return &s3.ListObjectsV2Output{
			CommonPrefixes: []types.CommonPrefix{{}, {Prefix: aws.String("AWSLogs/")}},
			Contents:       []types.Object{{}, {Key: aws.String("a.log")}, {LastModified: aws.Time(time.Unix(1, 0))}},
		}
	})}
	for page, err := range p.pages(t.Context(), "", "") {
		require.NoError(t, err)
		require.Len(t, page.CommonPrefixes, 1)
		require.Len(t, page.Contents, 1)
		assert.Equal(t, "a.log", *page.Contents[0].Key)
		assert.Zero(t, *page.Contents[0].LastModified)
	}
}

func TestPageWithoutASuccessorIsRetriedWithBackoff(t *testing.T) {
	for name, next := range map[string]*string{"without a token": nil, "with the token of the page itself": aws.String("same")} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
				defer cancel()
				requested := 0
				p := pageLister{logger: zap.NewNop(), client: pagesBy(func(*s3.ListObjectsV2Input) *s3.ListObjectsV2Output {
					requested++
					return &s3.ListObjectsV2Output{IsTruncated: aws.Bool(true), NextContinuationToken: next}
				})}
				given := 0
				for _, err := range p.pages(ctx, "", "") {
					if err == nil {
						given++
					}
				}
				assert.LessOrEqual(t, given, 1)
				assert.Less(t, requested, 50)
			})
		})
	}
}
