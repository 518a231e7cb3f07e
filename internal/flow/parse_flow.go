// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

// unknownTime marks a missing time while a line is being parsed.
const unknownTime = -1

// Flow parses a line into dst. It allocates memory only for percent-encoded tags; all other strings of dst alias the
// line. An error is always a *LineError, and dst is then unspecified.
func (f *Format) Flow(line string, dst *Flow) error {
	return f.FlowAt(line, 0, dst)
}

// FlowAt is like Flow, but sets the time of a line without a time to fallback, in Unix seconds.
func (f *Format) FlowAt(line string, fallback int64, dst *Flow) error {
	if err := f.parseFlow(line, fallback, dst); err != nil {
		return err
	}
	return nil
}

func (f *Format) parseFlow(line string, fallback int64, dst *Flow) *LineError {
	*dst = Flow{}
	line = Trim(line)
	if reason := checkText(line, false); reason != "" {
		return NewLineError(reason, "", line)
	}
	rest := line
	var (
		addrs      addresses
		start, end int64 = unknownTime, unknownTime
	)
	for i := range f.columns {
		column := &f.columns[i]
		value, after, n, reason := column.take(rest)
		rest = after
		if value == Absent {
			continue
		}
		switch column.Kind {
		case KindAddress:
			reason = addrs.set(column.slot, value)
		case KindStart:
			start = Seconds(n)
		case KindEnd:
			end = Seconds(n)
		case KindTag:
			value = UnescapeTag(value)
		}
		if reason != "" || value == "" {
			return f.lineError(line, reason, column.Name, value)
		}
		if column.Set != nil {
			column.Set(dst, value, n)
		}
	}
	if rest != "" {
		return f.lineError(line, TooManyFields, "", rest)
	}
	addrs.store(dst)
	f.MarkHop(dst)
	switch {
	case start != unknownTime:
		dst.Time = start
	case end != unknownTime:
		dst.Time = end
	default:
		dst.Time = fallback
	}
	return nil
}
