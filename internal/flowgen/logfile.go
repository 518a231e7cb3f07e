// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

// write writes the log to files. A record belongs to the file of the period in which it arrives.
func (l *Log) write(f FileOptions) (Summary, error) {
	sum := Summary{Account: l.Account, Version: l.Version}
	period := int64(f.Period.Seconds())
	hashes := rand.New(rand.NewPCG(l.opts.Seed, identity(l.FlowLog)))
	var out *logFile
	var current int64 // start of the file's period
	var line []byte
	for r := range l.Records() {
		if start := r.arrival - r.arrival%period; out == nil || start != current && !f.Single {
			if err := out.close(&sum); err != nil {
				return sum, err
			}
			var err error
			if out, err = createLogFile(l.path(f.Dir, start, hashes.Uint32())); err != nil {
				return sum, err
			}
			current = start
			out.writeLine([]byte(l.Header()))
			sum.Files++
		}
		line = l.AppendLine(line[:0], r)
		out.writeLine(line)
		sum.Records++
	}
	err := out.close(&sum)
	return sum, err
}

// path returns the path of a file with the object key that AWS would use.
func (s *Site) path(dir string, start int64, hash uint32) string {
	t := time.Unix(start, 0).UTC()
	name := fmt.Sprintf("%s_vpcflowlogs_%s_%s_%s_%08x.log.gz",
		s.Account, s.Region, s.FlowLog, t.Format("20060102T1504Z"), hash)
	return filepath.Join(dir, "AWSLogs", s.Account, "vpcflowlogs", s.Region, t.Format("2006/01/02"), name)
}

// logFile is one gzip file. Its close method returns the first error of all writes, which bufio and gzip keep.
type logFile struct {
	file *os.File
	zip  *gzip.Writer
	buf  *bufio.Writer
}

func createLogFile(path string) (*logFile, error) {
	//nolint:gosec // 0755: a collector that runs as another user must be able to read samples
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	zip, err := gzip.NewWriterLevel(file, gzip.BestCompression)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &logFile{file: file, zip: zip, buf: bufio.NewWriter(zip)}, nil
}

func (f *logFile) writeLine(text []byte) {
	_, _ = f.buf.Write(text)
	_ = f.buf.WriteByte('\n')
}

// close closes the file and adds its size to the summary. It does nothing if f is nil.
func (f *logFile) close(sum *Summary) error {
	if f == nil {
		return nil
	}
	err := errors.Join(f.buf.Flush(), f.zip.Close())
	if info, statErr := f.file.Stat(); statErr == nil {
		sum.Bytes += info.Size()
	}
	return errors.Join(err, f.file.Close())
}
