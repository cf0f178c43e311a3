package filter

import "errors"

// Limits on a filter that a client sends.
const (
	// MaxDepth is how deeply and, or and not may be nested. Beyond OpenLDAP's
	// 1000 no real filter goes.
	MaxDepth = 500
	// MaxNodes is how many items and sets a filter may have.
	MaxNodes = 1 << 16
)

// ErrTooDeep and ErrTooLarge refuse a filter beyond MaxDepth or MaxNodes.
var (
	ErrTooDeep  = errors.New("filter: nested too deeply")
	ErrTooLarge = errors.New("filter: too many items")
)
