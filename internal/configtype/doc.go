// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package configtype contains types of configuration values that decode themselves from text, and helps Validate methods
// to collect errors. It does not import the Collector. Package configdecode decodes into these types.
//
// The errors of all UnmarshalText methods begin with the text in quotes, as in "x" is not a date such as 2027-06-30.
package configtype
