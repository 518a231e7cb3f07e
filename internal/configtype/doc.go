// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package configtype has the types of configuration values that decode themselves from text, and what the Validate
// methods of configurations share. It knows nothing of the Collector: package configdecode decodes into these types.
//
// The errors of all UnmarshalText methods begin with the text in quotes, as in "x" is not a date such as 2027-06-30.
package configtype
