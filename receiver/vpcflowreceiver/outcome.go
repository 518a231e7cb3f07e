// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"bytes"
	"context"
	"unicode/utf8"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// outcome is what came of reading a file up to its present end. It is the value of a metric's label.
type outcome string

const (
	outcomeRead        outcome = "read"
	outcomeEmpty       outcome = "empty"
	outcomeHeaderOnly  outcome = "header_only"
	outcomeUndecodable outcome = "undecodable"
	outcomeBinary      outcome = "binary"
	outcomeTruncated   outcome = "truncated"
	outcomeCorrupt     outcome = "corrupt"
	outcomeIncomplete  outcome = "incomplete"
)

// What else can come of an object of S3.
const (
	outcomeKnown      outcome = "known"
	outcomeMissing    outcome = "missing"
	outcomeDenied     outcome = "denied"
	outcomeChanged    outcome = "changed"
	outcomeUnreadable outcome = "unreadable"
)

// isGood says that nothing is left to do about an object.
func (o outcome) isGood() bool {
	switch o {
	case outcomeRead, outcomeEmpty, outcomeHeaderOnly, outcomeKnown:
		return true
	}
	return false
}

// outcomes says how each of them is told to people.
var outcomes = map[outcome]struct {
	level   zapcore.Level
	message string
}{
	outcomeRead:        {zapcore.DebugLevel, "The file is read to its end"},
	outcomeEmpty:       {zapcore.InfoLevel, "The file is empty"},
	outcomeHeaderOnly:  {zapcore.InfoLevel, "The file has a header and no records"},
	outcomeUndecodable: {zapcore.ErrorLevel, "The file has no line that can be decoded: is it a flow log, and has it a header or the configured format?"},
	outcomeBinary:      {zapcore.ErrorLevel, "The file is binary and is passed over: flow logs are text, gzip or Parquet"},
	outcomeTruncated:   {zapcore.WarnLevel, "The gzip file is cut off: what there is was read, the rest will be when it comes"},
	outcomeCorrupt:     {zapcore.ErrorLevel, "The file is corrupt: only what stands before the fault was read"},
	outcomeIncomplete:  {zapcore.InfoLevel, "The Parquet file is not complete: it will be read when it has a footer"},
}

// outcome is that of a file that was read to its end without a fault.
func (p *progress) outcome() outcome {
	switch {
	case p.Outcome == outcomeBinary:
		return outcomeBinary
	case p.Records > 0:
		return outcomeRead
	case p.Bad > 0:
		return outcomeUndecodable
	case p.Headers > 0:
		return outcomeHeaderOnly
	case p.Enveloped && p.Position > 0:
		return outcomeRead
	default:
		return outcomeEmpty
	}
}

// conclude reports what came of a file, unless that is what was last reported of it.
func (s *files) conclude(ctx context.Context, f *file, path string, o outcome, reason error) {
	if f.Outcome == o {
		return
	}
	f.Outcome = o
	add(ctx, s.intake.telemetry.files, 1, "outcome", string(o))
	told := outcomes[o]
	fields := []zap.Field{
		zap.String("file", path), zap.Int64("records", f.Records), zap.Int64("bad_lines", f.Bad), zap.Int64("position", f.Position),
	}
	if o == outcomeUndecodable && f.lastBad != nil {
		reason = f.lastBad
	}
	if reason != nil {
		fields = append(fields, zap.NamedError("reason", reason))
	}
	s.intake.logger.Log(told.level, told.message, fields...)
}

// sniffed is how much of a file is looked at to tell whether it is text, in bytes.
const sniffed = 512

// isBinary says that the beginning of a file is not text.
func isBinary(head []byte) bool {
	if len(head) > sniffed {
		// The last character may be cut in two.
		head = head[:sniffed]
		for range utf8.UTFMax - 1 {
			if r, _ := utf8.DecodeLastRune(head); r != utf8.RuneError {
				break
			}
			head = head[:len(head)-1]
		}
	}
	return bytes.IndexByte(head, 0) >= 0 || !utf8.Valid(head)
}
