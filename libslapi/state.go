package main

import (
	"sync/atomic"

	"libslapi/server/plugin"
	"libslapi/server/schema"
)

// serverServices is what the running server gave the host; nil before a start.
var serverServices atomic.Pointer[plugin.Services]

// services returns the running server, or nil: a library without a server
// (a plug-in under test, a tool) still serves the object layer.
func services() plugin.Services {
	if p := serverServices.Load(); p != nil {
		return *p
	}
	return nil
}

var bareSchema atomic.Pointer[schema.Schema]

// activeSchema is the server's schema, or the built-in one without a server.
func activeSchema() *schema.Schema {
	if s := services(); s != nil {
		return s.Schema()
	}
	if s := bareSchema.Load(); s != nil {
		return s
	}
	bareSchema.CompareAndSwap(nil, schema.New())
	return bareSchema.Load()
}
