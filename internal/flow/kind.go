// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

// Kind says how the value of a field is parsed and which attributes it becomes.
type Kind uint8

// The kinds.
const (
	// KindText is text, kept as it is.
	KindText Kind = iota
	// KindLowercase is text that is stored in lower case.
	KindLowercase
	// KindTag is percent-encoded text.
	KindTag
	// KindAccount and KindRegion are text that becomes an attribute of the resource.
	KindAccount
	KindRegion
	// KindNumber is a number from zero to Field.Max.
	KindNumber
	// KindDigits is a number whose attribute is text.
	KindDigits
	// KindProtocol is an IANA protocol number, which also becomes a protocol name.
	KindProtocol
	// KindStart and KindEnd are Unix times in seconds or milliseconds.
	KindStart
	KindEnd
	// KindWord is one of Field.Words.
	KindWord
	// KindAddress is an IP address.
	KindAddress
)
